"""强制报告：anybody at work may and must make one; nobody can take it back.

Its maker does not read it again: only the director and the county's named officer do, and each
reading is logged. Nothing is told to the family, and no child is named in a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.identifiers import opaque_id
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.incidents import rules, telling
from tuoyu.domains.incidents.models import MandatoryReport, MandatoryStep
from tuoyu.domains.incidents.selectors.protection import access_report
from tuoyu.domains.incidents.states import PROTECT_RECEIVE, PROTECT_STEP
from tuoyu.domains.institutions.models import Institution

Step = MandatoryStep.Kind


@transaction.atomic
def report(
    *,
    child_id: int,
    kinds: Sequence[str],
    found_at: datetime,
    what: str,
    by: Actor,
    at: datetime,
    number: int | None = None,
) -> MandatoryReport:
    """报告：stored at once and for good."""
    child = access_child(by.scope, child_id)
    chosen = [k for k in rules.REPORT_KINDS if k in set(kinds)]
    if not chosen:
        raise DomainError("kinds", "没有勾选情形，请至少勾一项；拿不准时选「其他」")
    if len(what.strip()) < 6:
        raise DomainError("what", "请写明看到或听到了什么、什么时候；不用等到确认")
    if found_at > at + timedelta(minutes=1):
        raise DomainError("future", "发现时间晚于现在，请改正")
    inst = Institution.objects.unscoped(reason="机构信息公开").get(pk=by.institution_id)
    made = MandatoryReport(
        id=number or opaque_id(),
        subject_child_id=child.pk, institution_id=inst.pk, region_code=inst.region_code,
        kinds=chosen, found_at=found_at, what=what.strip(), made_by=by.user_id or 0,
        made_by_name=by.name, made_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    telling.tell_few(made, at)
    return made


@transaction.atomic
def add_step(
    *,
    report_id: int,
    kind: str,
    happened_at: datetime,
    detail: str,
    by: Actor,
    at: datetime,
    number: int | None = None,
) -> MandatoryStep:
    """登记办理：the hand-over to the police with its time and receipt, then what followed."""
    found = access_report(by, report_id)
    allowed = {Step.POLICE: PROTECT_STEP, Step.NOTE: PROTECT_STEP, Step.COUNTY: PROTECT_RECEIVE}
    wanted = next((p for k, p in allowed.items() if k == kind), None)
    if wanted is None or not (by.may(wanted) or (kind == Step.NOTE and by.may(PROTECT_RECEIVE))):
        raise DomainError("step", "这一项不由您登记，请选自己经办的事项")
    if kind == Step.POLICE and not detail.strip():
        raise DomainError("police", "请写明报案的公安机关、接警人或回执号，日后要凭它核对")
    if kind == Step.NOTE and not detail.strip():
        raise DomainError("note", "没有写内容，请补写后再提交")
    if not found.found_at <= happened_at <= at + timedelta(minutes=1):
        raise DomainError("time", "时间应在发现之后、现在之前，请改正")
    made = MandatoryStep(
        id=number or opaque_id(),
        report=found, institution_id=found.institution_id, region_code=found.region_code, kind=kind,
        at=happened_at, detail=detail.strip() or "—", by_user=by.user_id or 0, by_name=by.name,
        made_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    return made
