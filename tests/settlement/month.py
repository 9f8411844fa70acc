"""六月的样本：a closed month with one child for each reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from tests.payments.purse import endow
from tests.world import World, month_of_days
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DaySheet, DayStatus, EventKind, Method, MonthClose
from tuoyu.domains.attendance.services import NewEvent, correct, record
from tuoyu.domains.institutions.models import Recognition
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.models import Line, Run
from tuoyu.domains.subsidies.services import Settled

JUNE = date(2025, 6, 1)
MONTH = "2025-06"
RULE = "class_subsidy"
SETTLED_AT = datetime(2025, 7, 12, 9, 0, tzinfo=clock.ZONE)
OPERATOR = Actor(None, "命令行", "system", "系统", "system", frozenset(), SYSTEM)
DAYS = {"miao": 17, "nuo": 9, "he": 10, "sui": 12, "xiao": 15, "zhi": 12, "chen": 18, "feng": 16}


def june(world: World, *, close: tuple[str, ...] = ("a1", "a2", "b1")) -> None:
    """青禾：paid 苗 禾 知, attended 诺, class_covered 笑, undetermined 穗; 小满：not inclusive."""
    for child, count in DAYS.items():
        month_of_days(world, child, JUNE, count)
    leave_open(world, "sui", date(2025, 6, 27))
    Recognition.all_rows.filter(institution=world.institutions["a2"]).update(
        period=DateRange(date(2025, 1, 1), date(2025, 6, 1))
    )
    for key in close:
        close_month(world, key)
    endow(world)


def leave_open(world: World, child: str, day: date) -> None:
    """待核：an event of a device whose clock was wrong is kept but not trusted."""
    kid = world.children[child]
    assert kid.institution_id is not None
    came = clock.at(day, 8, 5)
    record(
        institution_id=kid.institution_id,
        events=[NewEvent(kid.pk, EventKind.IN, came, Method.QR)],
        at=came,
        skewed=True,
    )
    assert DaySheet.all_rows.get(child_id=kid.pk, day=day).status is None


def close_month(world: World, key: str) -> None:
    inst = world.institutions[key]
    MonthClose.all_rows.create(
        institution_id=inst.pk,
        region_code=inst.region_code,
        month=JUNE,
        closed_at=datetime(2025, 7, 1, 10, 0, tzinfo=clock.ZONE),
        closed_by_name="园长甲（虚构）",
        children=1,
        days=1,
        sheets_hash="0" * 64,
    )


def run_june(*, at: datetime = SETTLED_AT, known: date | None = None) -> Settled:
    return services.settle(
        book=current_book(), rule_id=RULE, month=MONTH, by=OPERATOR, at=at, known=known
    )


def made(settled: Settled) -> Run:
    assert settled.run is not None
    return settled.run


def line_of(world: World, run: Run, child: str) -> Line:
    return Line.all_rows.get(run=run, child_id=world.children[child].pk)


def add_day(world: World, child: str, day: date, at: datetime) -> None:
    """迟到的更正：a day that the institution had not recorded."""
    kid = world.children[child]
    assert kid.institution_id is not None
    answers = correct(
        child_id=kid.pk,
        institution_id=kid.institution_id,
        day=day,
        status=DayStatus.PRESENT,
        reason="漏打卡，监控核对",
        user_id=1,
        at=at,
    )
    assert [a.outcome for a in answers] == ["stored"]
