"""投诉的写入：make, answer, send up, share, set the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from tuoyu.core import clock, crypto, rls, workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.complaints import rules
from tuoyu.domains.complaints.models import Address, Complainant, Complaint, Subject, Term
from tuoyu.domains.complaints.selectors import access_complaint, access_mine, case_of
from tuoyu.domains.complaints.states import (
    ANSWERED,
    COUNTY,
    COUNTY_ANSWER,
    DESK,
    FILE,
    TYPE,
)
from tuoyu.domains.complaints.states import SYSTEM as MOVES
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.messages.selectors import staff_users
from tuoyu.domains.messages.services import tell
from tuoyu.domains.regions.models import Region

CLERK = Actor(None, "系统", "system", "系统", "system", frozenset({MOVES, FILE}), SYSTEM)
_LOCK = 7_310_061
WHY = "投诉由家庭或公众提出，写入所涉地区；谁能看到由办件的去向决定"


@dataclass(frozen=True)
class Words:
    """要说的话。``region_code`` matters only when no institution is named."""

    text: str
    subject: str
    address: str
    about_id: int | None = None
    region_code: str = ""
    is_anonymous: bool = False
    child_id: int | None = None
    name: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Made:
    """已受理。``secret`` is shown once, to one without an account."""

    complaint: Complaint
    secret: str


@transaction.atomic
def complain(*, words: Words, by: Actor, at: datetime) -> Made:
    """提出投诉：by a family (its account reads the answer) or by anybody (ticket and secret)."""
    text = rules.clean_text(words.text)
    if fault := rules.fault_of(text):
        raise DomainError("text", fault)
    if words.subject not in Subject.values or words.address not in Address.values:
        raise DomainError("choice", "请选反映什么和送给谁")
    if len(words.contact) > rules.MOST_CONTACT:
        raise DomainError("contact", f"联系方式最多 {rules.MOST_CONTACT} 字，请写短")
    with rls.as_system(WHY):
        region, about = _place(words)
        made = _keep(words, text, region, about, at)
        secret = _keep_person(words, made, by)
        _open(made, about, at)
    return Made(made, secret)


def _place(words: Words) -> tuple[str, Institution | None]:
    if words.about_id is not None:
        about = Institution.all_rows.filter(pk=words.about_id).first()
        if about is None:
            raise NotFound
        return about.region_code, about
    if words.address == Address.INSTITUTION:
        raise DomainError("about", "要由机构答复，请选是哪一家机构；也可以直接送县级主管部门")
    if not Region.objects.filter(pk=words.region_code, is_unit=True).exists():
        raise DomainError("region", "请选所在的县（市、区）")
    return words.region_code, None


def _keep(
    words: Words, text: str, region: str, about: Institution | None, at: datetime
) -> Complaint:
    to_desk = words.address == Address.INSTITUTION
    day = clock.day_of(at)
    return Complaint.all_rows.create(
        number=rules.ticket(day, _next(day)),
        about_id=about.pk if about else None,
        institution_id=about.pk if about and to_desk else None,
        region_code=region,
        subject=words.subject,
        address=words.address,
        text=text,
        made_at=at,
        is_anonymous=words.is_anonymous or not to_desk,
    )


def _next(day: date) -> int:
    """当日第几件：one at a time, so that no number is given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
    start = rules.ticket(day, 0)[:-4]
    last = Complaint.all_rows.filter(number__startswith=start).order_by("-number").first()
    return int(last.number[-4:]) + 1 if last else 1


def _keep_person(words: Words, made: Complaint, by: Actor) -> str:
    secret = "" if by.user_id else rules.make_secret()
    Complainant.all_rows.create(
        complaint=made,
        institution_id=None if made.is_anonymous else made.institution_id,
        region_code=made.region_code,
        child_id=words.child_id,
        user_id=by.user_id,
        name=(words.name.strip() or (by.name if by.user_id else ""))[:40],
        contact=words.contact.strip() or None,
        secret_index=crypto.blind_index(f"complaint:{made.number}:{secret}") if secret else None,
    )
    return secret


def _open(made: Complaint, about: Institution | None, at: datetime) -> None:
    title = f"{Subject(made.subject).label}：{about.name if about else '未指明机构'}"
    case = cases.open_case(
        type_code=TYPE,
        title=title[:120],
        detail=made.number,
        subject_id=made.pk,
        region_code=made.region_code,
        institution_id=made.institution_id,
        url=f"/gov/complaints/{made.pk}/",
        by=CLERK,
        at=at,
    )
    if made.address == Address.COUNTY:
        case = cases.move(case_id=case.pk, name="to_county", by=CLERK, at=at)
    elif made.institution_id is not None:
        Case.all_rows.filter(pk=case.pk).update(url=f"/inst/complaints/{made.pk}/")
        tell(
            kind="act",
            users=staff_users(made.institution_id, "inst:complaint:answer"),
            title="收到一件家长意见",
            body=f"{made.number} {Subject(made.subject).label}，请在时限内答复",
            url=f"/inst/complaints/{made.pk}/",
            at=at,
            institution_id=made.institution_id,
            region_code=made.region_code,
            key=f"complaint:{made.pk}",
        )
    _set_due(case, made.region_code, at)


def _set_due(case: Case, region_code: str, at: datetime) -> None:
    """时限：from the county's own term; without one there is none to be late against."""
    term = Term.all_rows.filter(pk=region_code).first()
    days = {DESK: term.desk_days, COUNTY: term.county_days}.get(case.state) if term else None
    due = workdays.add(at, days) if days else None
    Case.all_rows.filter(pk=case.pk).update(due_at=due)


@transaction.atomic
def answer_desk(*, complaint_id: int, text: str, by: Actor, at: datetime) -> Complaint:
    """机构答复：the complainant reads it, and may still go to the county."""
    found = access_complaint(by.scope, complaint_id)
    said = _said(text)
    cases.move(case_id=case_of(found).pk, name="answer", by=by, at=at, opinion=said[:500])
    found.desk_answer, found.desk_answered_at, found.desk_answered_by = said, at, by.name
    found.save(update_fields=["desk_answer", "desk_answered_at", "desk_answered_by"])
    _tell_back(found, "机构已答复您的意见", at)
    return found


@transaction.atomic
def answer_county(*, complaint_id: int, text: str, by: Actor, at: datetime) -> Complaint:
    """县级答复：办结。"""
    found = access_complaint(by.scope, complaint_id)
    said = _said(text)
    cases.move(case_id=case_of(found).pk, name="county_answer", by=by, at=at, opinion=said[:500])
    found.county_answer, found.county_answered_at, found.county_answered_by = said, at, by.name
    found.save(update_fields=["county_answer", "county_answered_at", "county_answered_by"])
    _tell_back(found, "主管部门已答复您的投诉", at)
    return found


def _said(text: str) -> str:
    said = rules.clean_text(text)
    if not said:
        raise DomainError("opinion", "没有写答复，家长看不到结果，请写明怎么处理的")
    if len(said) > rules.MOST_TEXT:
        raise DomainError("opinion", f"答复最多 {rules.MOST_TEXT} 字，请写短后再提交")
    return said


def _tell_back(found: Complaint, title: str, at: datetime) -> None:
    with rls.as_system("答复告知投诉人，机构不知道投诉人是谁"):
        person = Complainant.all_rows.filter(complaint=found, user_id__isnull=False).first()
        if person is not None and person.user_id is not None:
            tell(
                kind="notice",
                users=[person.user_id],
                title=title,
                body=found.number,
                url=f"/family/complaints/{found.pk}/",
                at=at,
                region_code=found.region_code,
            )


@transaction.atomic
def share(*, complaint_id: int, by: Actor, at: datetime) -> Complaint:
    """转告机构：what is said, not who said it."""
    if not by.may(COUNTY_ANSWER):
        raise NotFound
    found = access_complaint(by.scope, complaint_id)
    if found.about_id is None:
        raise DomainError("about", "这件投诉没有指明机构，不能转告")
    if found.institution_id is not None:
        raise DomainError("shared", "所涉机构已经看得到这件投诉，没有重复转告")
    found.institution_id, found.shared_at = found.about_id, at
    found.save(update_fields=["institution_id", "shared_at"])
    return found


@transaction.atomic
def step_back(*, complaint_id: int, name: str, why: str, by: Actor, at: datetime) -> Complaint:
    """家庭的一步：go to the county, accept the answer, withdraw."""
    found = access_mine(by, complaint_id)
    with rls.as_system("投诉人办理自己的投诉"):
        case = case_of(found)
        move = _move_of(name, case.state)
        if name == "raise":
            _raise(found, why.strip() or "家长申请县级处理", at)
        case = cases.move(case_id=case.pk, name=move, by=CLERK, at=at, opinion=why.strip()[:500])
        _after(case, found, at)
    return found


def _move_of(name: str, state: str) -> str:
    known = {
        ("raise", DESK): "raise",
        ("raise", ANSWERED): "raise_answered",
        ("accept", ANSWERED): "accept",
        ("withdraw", DESK): "withdraw",
        ("withdraw", COUNTY): "withdraw_county",
    }
    if (name, state) not in known:
        raise DomainError("moved-on", "这件投诉的进度已经变了，请刷新页面查看最新进度")
    return known[name, state]


def _raise(found: Complaint, why: str, at: datetime) -> None:
    found.raised_at, found.raised_why = at, why[:200]
    found.save(update_fields=["raised_at", "raised_why"])


def _after(case: Case, found: Complaint, at: datetime) -> None:
    if case.state == COUNTY:
        Case.all_rows.filter(pk=case.pk).update(url=f"/gov/complaints/{found.pk}/")
    _set_due(case, found.region_code, at)


def escalate_due(at: datetime) -> int:
    """逾期上报：complaints that the institution has not answered in time go to the county."""
    due = Case.all_rows.filter(type=TYPE, state=DESK, due_at__lte=at).order_by("due_at", "id")
    count = 0
    for pk, subject in list(due.values_list("pk", "subject_id")):
        with transaction.atomic():
            locked = Case.all_rows.select_for_update(skip_locked=True)
            case = locked.filter(pk=pk, state=DESK).first()
            if case is None:
                continue
            found = Complaint.all_rows.get(pk=subject or 0)
            _raise(found, "机构逾期没有答复", at)
            case = cases.move(case_id=pk, name="overdue", by=CLERK, at=at)
            _after(case, found, at)
            count += 1
    return count


@transaction.atomic
def set_term(
    *, region_code: str, desk_days: int, county_days: int, document: str, by: Actor, at: datetime
) -> Term:
    """设定答复期限：open ones keep the deadline they were given."""
    if not by.may(COUNTY_ANSWER) or not region_code.startswith(by.scope.region_prefix or "~"):
        raise NotFound
    if not (1 <= desk_days <= 60 and 1 <= county_days <= 60):
        raise DomainError("days", "答复期限应在 1 到 60 个工作日之间，请改正")
    if not document.strip():
        raise DomainError("document", "期限须写明依据（文件名称与文号），没有依据的保持待定")
    term, _ = Term.all_rows.update_or_create(
        region_code=region_code,
        defaults={
            "desk_days": desk_days,
            "county_days": county_days,
            "document": document.strip()[:120],
            "set_at": at,
            "set_by_name": by.name,
        },
    )
    return term
