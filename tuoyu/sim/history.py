"""往月结算：months that were settled, confirmed, reviewed, approved and paid before today.

Everything goes through the same services as the pages, by the people of the city, on the days on
which it would have happened. A policy that may not pay (a draft) has no such history.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases.batch import move_all
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import add_months, month_of
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DayStatus, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.indicators.services import refresh_all
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies import services as subsidies
from tuoyu.domains.subsidies.catalogue import STATEMENT
from tuoyu.domains.subsidies.models import Statement
from tuoyu.domains.subsidies.services import settle
from tuoyu.sim.admissions import admit_families
from tuoyu.sim.billing import bill_families
from tuoyu.sim.care import live_a_day
from tuoyu.sim.care_papers import write_papers
from tuoyu.sim.check_cases import check_history, write_shifts
from tuoyu.sim.clawback import take_back_days
from tuoyu.sim.draws import stream, uuid_of
from tuoyu.sim.funds import put_budgets
from tuoyu.sim.grants import apply_for_grants
from tuoyu.sim.insurance import insure
from tuoyu.sim.kitchen import feed
from tuoyu.sim.messages import open_family_accounts, tell_families
from tuoyu.sim.moments import keep_moments
from tuoyu.sim.office import run_office
from tuoyu.sim.outreach import reach_out
from tuoyu.sim.payments import pay_out, prepare_some, put_accounts
from tuoyu.sim.quality import rate_institutions
from tuoyu.sim.safety import guard
from tuoyu.sim.sandbox import ask_sandbox
from tuoyu.sim.state import Built
from tuoyu.sim.vouchers import give_vouchers

RULE = "class_subsidy"
CLERKS = Actor(None, "定时结算", "system", "系统", "system", frozenset(), SYSTEM)
REASONS = ("补录：当日平板断网，纸质签到表在案", "核对监控后更正", "家长与园方核对后更正")


@dataclass(frozen=True)
class Stage:
    """一个月走到了哪一步：``ago`` months before the present one.

    ``back`` is how many working days ago it was settled; None: on the pack's own settle day.
    """

    ago: int
    back: int | None = None
    confirmed: bool = False
    reviewed: bool = False
    approved: bool = False
    paid: bool = False


# With the demo clock in October: May is paid; the city then caught up in these days: June is partly
# approved and on its way to the bank, July waits for the counties, August for the institutions;
# September was just closed.
STAGES = (
    Stage(5, confirmed=True, reviewed=True, paid=True),
    Stage(4, back=6, confirmed=True, reviewed=True, approved=True),
    Stage(3, back=3, confirmed=True),
    Stage(2, back=2),
)


def settle_history(b: Built) -> None:
    """结算并办理往月。"""
    if b.scale.until is not None:
        return
    this = b.city.now.date().replace(day=1)
    for stage in STAGES:
        month = add_months(this, -stage.ago)
        if month >= b.scale.start and not _settle(b, month, stage):
            return


def _settle(b: Built, month: date, stage: Stage) -> bool:
    book = current_book()
    settled = _settled_at(b, month, stage)
    try:
        done = settle(
            book=book,
            rule_id=RULE,
            month=month_of(month),
            by=CLERKS,
            at=min(settled, b.city.now - timedelta(days=1)),
        )
    except DomainError as error:
        if error.code in ("may-not-settle", "no-rule", "not-yet"):
            return False
        raise
    if done.run is None:
        return True
    statements = list(Statement.all_rows.filter(run=done.run).order_by("institution_id"))
    if stage.confirmed:
        _confirm(b, statements, settled)
    if stage.reviewed:
        _review(b, statements, settled, all_done=stage.paid)
    if stage.approved:
        _approve_some(b, statements, settled)
    if stage.paid:
        _pay(b, statements, month, settled)
    return True


def _settled_at(b: Built, month: date, stage: Stage) -> datetime:
    if stage.back is None:
        return clock.at(current_book().city.settled_on(month_of(month)), 16)
    return clock.at(workdays.before(b.city.now.date(), stage.back), 9, 30)


def _confirm(b: Built, statements: list[Statement], settled: datetime) -> None:
    for n, statement in enumerate(statements):
        director = b.people.director(statement.institution_id)
        at = workdays.add(settled, 1) + timedelta(minutes=n % 50)
        _move([statement], "confirm", director, at, "")


def _review(b: Built, statements: list[Statement], settled: datetime, *, all_done: bool) -> None:
    """县级审核。In the largest county a few are left, so that its officer has work to do."""
    units = {i.id: i.unit.code for i in b.institutions}
    for unit in b.city.units:
        mine = [s for s in statements if units[s.institution_id] == unit.code]
        if unit is b.city.largest and not all_done:
            mine = mine[3:]
        if mine:
            officer = b.people.officer(unit.code)
            _move(mine, "review", officer, workdays.add(settled, 3), "出勤与班型核对无误")


def _approve_some(b: Built, statements: list[Statement], settled: datetime) -> None:
    """市级先批了几个县：the first of them is in a batch that waits for its release."""
    approver = b.people.second
    units = {i.id: i.unit.code for i in b.institutions}
    first = [u.code for u in b.city.units if u is not b.city.largest][:4]
    for statement in statements:
        if units[statement.institution_id] in first and not statement.undetermined_lines:
            at = workdays.add(settled, 4)
            subsidies.approve(statement_id=statement.pk, by=approver, at=at, opinion="同意")
    prepare_some(b, RULE, first, workdays.add(settled, 5))


def take_back(b: Built) -> None:
    """已付月份的更正：settled again, confirmed, reviewed and approved, so that it is owed back."""
    month = add_months(b.city.now.date().replace(day=1), -STAGES[0].ago)
    if b.scale.until is not None or month < b.scale.start:
        return
    if not take_back_days(b, RULE, month):
        return
    settled = clock.at(workdays.before(b.city.now.date(), 4), 9, 30)
    done = settle(book=current_book(), rule_id=RULE, month=month_of(month), by=CLERKS, at=settled)
    if done.run is None:
        return
    statements = list(Statement.all_rows.filter(run=done.run).order_by("institution_id"))
    _confirm(b, statements, settled)
    _review(b, statements, settled, all_done=True)
    approver = b.people.second
    at = workdays.add(settled, 3) + timedelta(hours=3)
    for statement in statements:
        subsidies.approve(statement_id=statement.pk, by=approver, at=at, opinion="同意收回")


def _pay(b: Built, statements: list[Statement], month: date, settled: datetime) -> None:
    """市级审批，then batches and bank, each by another person."""
    approver = b.people.second
    at = workdays.add(settled, 5)
    if any(s.undetermined_lines == 0 for s in statements):
        subsidies.approve_low_risk(month=month, by=approver, at=at, opinion="同意")
    for statement in statements:
        if statement.undetermined_lines:
            subsidies.approve(statement_id=statement.pk, by=approver, at=at, opinion="同意")
    pay_out(b, RULE, workdays.add(settled, 7))


def _move(
    statements: Iterable[Statement], name: str, by: Actor, at: datetime, opinion: str
) -> None:
    cases = Case.all_rows.filter(
        type=STATEMENT.code, subject_id__in=[s.pk for s in statements]
    ).order_by("pk")
    move_all(
        type_code=STATEMENT.code,
        case_ids=list(cases.values_list("pk", flat=True)),
        name=name,
        by=by,
        at=at,
        opinion=opinion,
    )


def correct_late(b: Built) -> None:
    """月结后的更正：a few days of a closed and settled month, for delta lines to come."""
    if b.scale.until is not None:
        return
    rng = stream(b.seed, "late-corrections")
    month = add_months(b.city.now.date().replace(day=1), -2)
    days = workdays.days_of(month)
    at = clock.at(workdays.before(b.city.now.date(), 1), 10, 20)
    able = sorted(
        (k.id, s.inst.id)
        for k in b.kids
        for s in k.stays
        if s.start <= month and s.end >= add_months(month, 1) and not k.role
    )
    with transaction.atomic():
        for child, inst in rng.sample(able, min(len(able), 8)):
            event = NewEvent(
                child,
                EventKind.CORRECT,
                at,
                Method.DESK,
                id=_event_id(rng.getrandbits(60), at),
                day=rng.choice(days),
                user_id=b.cast.director[inst],
                reason=rng.choice(REASONS),
                set_status=rng.choice((DayStatus.PRESENT, DayStatus.LEAVE)),
            )
            record(institution_id=inst, events=[event], at=at)


def _event_id(bits: int, at: datetime) -> uuid.UUID:
    return uuid_of(stream(bits, "event"), int(at.timestamp() * 1000))


def count_indicators(b: Built) -> None:
    """指标：today's facts."""
    refresh_all(b.city.now)


# 收尾步骤，in order; others may append theirs.
FINISH = [
    open_family_accounts,
    bill_families,
    put_budgets,
    put_accounts,
    write_shifts,
    settle_history,
    take_back,
    correct_late,
    give_vouchers,
    check_history,
    insure,
    rate_institutions,
    apply_for_grants,
    ask_sandbox,
    admit_families,
    live_a_day,
    write_papers,
    keep_moments,
    feed,
    guard,
    run_office,
    tell_families,
    reach_out,
    count_indicators,
]
