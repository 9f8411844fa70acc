"""授牌与摘牌：a clear notice becomes a plaque; a plaque is taken down only after a hearing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core import clock, rls
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import add_months
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.institutions.models import Recognition
from tuoyu.domains.publicity.selectors import access_public
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.models import Application, Award, Kind, Withdrawal
from tuoyu.domains.quality.selectors import (
    access_award,
    access_case,
    access_withdrawal,
    access_withdrawal_case,
)
from tuoyu.domains.quality.states import DECIDE, NOTICE, SETTLE, STATEMENT, WITHDRAWAL

CLERK = Actor(None, "公示到期", "system", "系统", "system", frozenset({SETTLE}), SYSTEM)


@transaction.atomic
def settle_notice(
    *, kind: str, clear: tuple[int, ...], objected: tuple[int, ...], at: datetime
) -> list[Award]:
    """公示结束：the clear get their plaque, those objected to are refused. Safe to repeat."""
    out = []
    for pk in (*clear, *objected):
        found = Application.all_rows.select_related("institution", "scheme").get(pk=pk, kind=kind)
        case = access_case(SYSTEM, found)
        if case.state != NOTICE:
            continue
        if pk in objected:
            cases.move(case_id=case.pk, name="object", by=CLERK, at=at, opinion="公示异议成立")
            continue
        out.append(_award(found, at))
        cases.move(case_id=case.pk, name="award", by=CLERK, at=at, opinion=f"牌号 {out[-1].number}")
    return out


def _award(a: Application, at: datetime) -> Award:
    assert a.scheme is not None
    assert a.notice_id is not None
    day = clock.day_of(at)
    document = access_public(a.notice_id).document_no
    starts = day if a.kind == Kind.STAR else _after_recognitions(a.institution_id, day)
    period = DateRange(starts, add_months(starts, a.scheme.valid_months))
    number = _number(a.kind, day)
    recognition = None
    if a.kind == Kind.INCLUSIVE:
        recognition = Recognition.all_rows.create(
            institution=a.institution, region_code=a.region_code, document=document, period=period
        ).pk
    return Award.all_rows.create(
        kind=a.kind,
        application=a,
        institution=a.institution,
        region_code=a.region_code,
        level=a.level or "",
        number=number,
        code=rules.plaque_code(a.kind, a.pk, number),
        document_no=document,
        issued_on=day,
        period=period,
        recognition_id=recognition,
    )


def _after_recognitions(institution_id: int, day: date) -> date:
    """续认定接在现有有效期之后：periods of one institution never overlap."""
    starts = day
    for found in Recognition.all_rows.filter(institution_id=institution_id):
        upper: date | None = found.period.upper
        if upper is None:
            raise DomainError(
                "recognised", "机构现有的普惠认定没有止期，不能再认定一次；请先核对原认定文件"
            )
        starts = max(starts, upper)
    return starts


def _number(kind: str, day: date) -> str:
    """牌号：one row of numbers a kind and year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('quality-number'), %s)", [day.year])
    count = Award.all_rows.filter(kind=kind, issued_on__year=day.year).count()
    return f"{'星' if kind == Kind.STAR else '普'}{day.year}-{count + 1:03d}"


@transaction.atomic
def tell_withdrawal(*, award_id: int, reason: str, by: Actor, at: datetime) -> Withdrawal:
    """告知拟摘牌：the reason first; the institution has five working days to answer."""
    award = access_award(by.scope, award_id)
    if award.state_on(clock.day_of(at)) not in ("valid", "waiting"):
        raise DomainError("ended", "这块牌已经到期或摘牌，不必再摘")
    waiting = Case.all_rows.filter(
        type=WITHDRAWAL,
        subject_id__in=award.withdrawals.values("pk"),
        closed_at=None,
    )
    if waiting.exists():
        raise DomainError("open", "这块牌已有一件摘牌程序在办，没有另开；请在原件上办理")
    if not 5 <= len(reason.strip()) <= 200:
        raise DomainError("reason", "摘牌事由须写 5 到 200 字，写明事实和依据，请改写后再提交")
    made = Withdrawal.all_rows.create(
        award=award,
        institution_id=award.institution_id,
        region_code=award.region_code,
        reason=reason.strip(),
        told_at=at,
    )
    cases.open_case(
        type_code=WITHDRAWAL,
        title=f"拟摘牌：{award.institution.name} {award.number}"[:120],
        detail=made.reason,
        subject_id=made.pk,
        institution_id=award.institution_id,
        region_code=award.region_code,
        url=f"/gov/quality/withdrawals/{made.pk}/",
        by=by,
        at=at,
    )
    return made


@transaction.atomic
def make_statement(
    *, withdrawal_id: int, text: str, wants_hearing: bool, by: Actor, at: datetime
) -> Withdrawal:
    """机构陈述申辩，and whether it asks for a hearing (听证)."""
    found = access_withdrawal(by.scope, withdrawal_id)
    if not 5 <= len(text.strip()) <= 500:
        raise DomainError("statement", "陈述须写 5 到 500 字；没有意见也请写明，请改写后再提交")
    case = access_withdrawal_case(by.scope, found)
    cases.move(case_id=case.pk, name="state", by=by, at=at, opinion=text[:500])
    found.statement, found.wants_hearing = text.strip(), wants_hearing
    found.save(update_fields=["statement", "wants_hearing"])
    return found


@transaction.atomic
def lapse(*, withdrawal_id: int, by: Actor, at: datetime) -> Withdrawal:
    """逾期未陈述：only after the promised days."""
    found = access_withdrawal(by.scope, withdrawal_id)
    case = access_withdrawal_case(by.scope, found)
    if case.state == STATEMENT and case.due_at is not None and at < case.due_at:
        raise DomainError(
            "too-soon", f"陈述申辩期到 {clock.day_of(case.due_at):%Y-%m-%d}，未到期不能跳过"
        )
    cases.move(case_id=case.pk, name="lapse", by=by, at=at)
    return found


@transaction.atomic
def judge_withdrawal(
    *, withdrawal_id: int, withdraw: bool, reason: str, hearing: str, by: Actor, at: datetime
) -> Withdrawal:
    """决定是否摘牌：by another than the one who told; after the hearing if one was asked for."""
    found = access_withdrawal(by.scope, withdrawal_id)
    case = access_withdrawal_case(by.scope, found)
    if case.state == DECIDE and found.wants_hearing and not hearing.strip():
        raise DomainError("hearing", "机构要求听证，须先听证并写明听证情况，请补上后再决定")
    if len(hearing) > 500 or len(reason) > 200:
        raise DomainError("long", "听证情况最多 500 字、理由最多 200 字，请写短后再提交")
    name = "withdraw" if withdraw else "keep"
    cases.move(case_id=case.pk, name=name, by=by, at=at, opinion=reason)
    found.hearing = hearing.strip()
    found.save(update_fields=["hearing"])
    if withdraw:
        _take_down(found.award, reason.strip(), clock.day_of(at))
    return found


def _take_down(award: Award, reason: str, day: date) -> None:
    award.withdrawn_on, award.withdrawn_reason = day, reason
    award.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    if award.recognition_id is None:
        return
    with rls.as_system("摘牌同时终止普惠认定的有效期"):
        found = Recognition.all_rows.select_for_update().get(pk=award.recognition_id)
        if day <= found.period.lower:  # it never took effect; the plaque keeps the record
            found.delete()
            return
        found.period = DateRange(found.period.lower, day)
        found.save(update_fields=["period"])
