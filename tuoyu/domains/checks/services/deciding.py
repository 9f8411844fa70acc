"""核查：the county asks, the institution answers with evidence, the county decides and says why."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.services import store
from tuoyu.domains.checks.models import Finding
from tuoyu.domains.checks.selectors.findings import access_case, access_finding
from tuoyu.domains.checks.states import ASKED, DECIDE, DOUBT, OPEN

_LATE = "late_"


def ask(*, finding_id: int, question: str, by: Actor, at: datetime) -> Case:
    """问询机构（or once more, after 存疑）。"""
    finding, case = _take(finding_id, by)
    name = "ask_again" if case.state == DOUBT else "ask"
    with transaction.atomic():
        moved = cases.move(case_id=case.pk, name=name, by=by, at=at, opinion=question)
        finding.question = question.strip()[:500]
        finding.save(update_fields=["question"])
        _tell(moved, f"/inst/checks/{finding.pk}/")
    return moved


def answer(
    *,
    finding_id: int,
    text: str,
    upload: UploadedFile[bytes] | None,
    by: Actor,
    at: datetime,
) -> Case:
    """机构答复，附佐证。"""
    finding, case = _take(finding_id, by)
    with transaction.atomic():
        moved = cases.move(case_id=case.pk, name="answer", by=by, at=at, opinion=text[:500])
        if upload is not None and by.user_id is not None:
            finding.answer_file_id = store(
                upload=upload,
                purpose="check_answer",
                institution_id=finding.institution_id,
                region_code=finding.region_code,
                by=by.user_id,
                at=at,
            ).pk
        finding.answer, finding.answered_at = text.strip()[:1000], at
        finding.save(update_fields=["answer", "answered_at", "answer_file_id"])
        _tell(moved, f"/gov/checks/{finding.pk}/")
    return moved


def decide(*, finding_id: int, conclusion: str, reason: str, by: Actor, at: datetime) -> Case:
    """县级认定。Before the answer only when its time has run out; 不属实 may be said at once."""
    if conclusion not in Finding.Conclusion.values:
        raise DomainError("conclusion", "请在属实、不属实、存疑中选一项")
    finding, case = _take(finding_id, by)
    name = conclusion
    if case.state == ASKED:
        if case.due_at is not None and at < case.due_at:
            raise DomainError("too-early", "机构答复时限未到，请等答复或时限届满后再认定")
        name = _LATE + conclusion
    elif case.state == OPEN:
        if conclusion != Finding.Conclusion.FALSE:
            raise DomainError("unheard", "认定属实或存疑以前，须先问询机构并听取答复")
        name = "dismiss"
    with transaction.atomic():
        moved = cases.move(case_id=case.pk, name=name, by=by, at=at, opinion=reason)
        finding.conclusion, finding.reason = conclusion, reason.strip()[:500]
        finding.decided_at, finding.decided_by_name = at, by.name
        finding.save(update_fields=["conclusion", "reason", "decided_at", "decided_by_name"])
        _tell(moved, f"/gov/checks/{finding.pk}/")
    return moved


def follow_up(
    *, finding_id: int, follow: str, note: str, link: str, by: Actor, at: datetime
) -> Finding:
    """后续处理的说明：what is done elsewhere about a finding that proved true."""
    finding, _ = _take(finding_id, by)
    if not by.may(DECIDE):
        raise NotFound
    if finding.conclusion != Finding.Conclusion.TRUE:
        raise DomainError("not-true", "只有认定属实的事项才登记后续处理")
    if follow not in Finding.Follow.values:
        raise DomainError("follow", "请选择更正考勤，或追回或抵扣")
    if not note.strip():
        raise DomainError("note", "请写明后续怎样处理、由谁办理")
    if link and not link.startswith("/"):
        raise DomainError("link", "去处须是本平台的页面地址，如 /gov/settlements/12/")
    finding.follow, finding.note, finding.link = follow, note.strip()[:300], link.strip()[:200]
    finding.save(update_fields=["follow", "note", "link"])
    return finding


def _take(finding_id: int, by: Actor) -> tuple[Finding, Case]:
    finding = access_finding(by.scope, finding_id)
    return finding, access_case(by.scope, finding)


def _tell(case: Case, url: str) -> None:
    """待办点开到对方的办理页。"""
    Case.all_rows.filter(pk=case.pk).update(url=url)
