"""月度结算：each reason, nothing twice, deltas, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Sum

from tests.settlement.month import (
    JUNE,
    MONTH,
    OPERATOR,
    RULE,
    SETTLED_AT,
    add_day,
    close_month,
    june,
    leave_open,
    line_of,
    made,
    run_june,
)
from tests.world import World
from tuoyu.core import clock
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.domains.attendance.models import (
    DaySheet,
    DayStatus,
    EventKind,
    Method,
    MonthClose,
)
from tuoyu.domains.attendance.services import NewEvent, correct, record
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.models import Line, LineState, Run, Statement
from tuoyu.domains.subsidies.selectors import gather

PAID, ZERO, UNDETERMINED = LineState.PAID, LineState.ZERO, LineState.UNDETERMINED


def test_each_reason_of_june(world: World) -> None:
    june(world)
    run = made(run_june())
    want = {
        "miao": (PAID, 24_000, "", "县定标准"),
        "nuo": (ZERO, 0, "attended", ""),
        "he": (PAID, 16_000, "", "县定标准"),
        "sui": (UNDETERMINED, None, "", ""),
        "xiao": (PAID, 16_000, "", "县定标准"),
        "zhi": (PAID, 16_000, "", "县定标准"),
        "chen": (ZERO, 0, "inclusive", ""),
    }
    got = {}
    for child in want:
        line = line_of(world, run, child)
        got[child] = (line.state, line.amount_fen, line.gate, line.binding)
    assert got == want
    assert line_of(world, run, "sui").days is None
    assert line_of(world, run, "miao").days == 17
    assert run.known_on == date(2025, 7, 10)


@pytest.mark.parametrize(
    ("born", "months", "gate"),
    [
        (date(2023, 6, 1), 24, "class_covered"),
        (date(2023, 6, 2), 23, ""),
        (date(2024, 2, 29), 15, ""),
        (date(2023, 5, 31), 24, "class_covered"),
    ],
)
def test_mixed_class_ends_with_24_months(world: World, born: date, months: int, gate: str) -> None:
    june(world)
    Child.all_rows.filter(pk=world.children["xiao"].pk).update(born_on=born)
    line = line_of(world, made(run_june()), "xiao")
    assert (line.age_months, line.gate) == (months, gate)


def test_leap_day_birthday_is_full_at_the_end_of_february(world: World) -> None:
    """29 Feb 2024 → 12 full months on 1 March 2025, not before."""

    june(world)
    Enrolment.all_rows.filter(child=world.children["zhi"]).update(
        period=(date(2025, 1, 1), date(2026, 9, 1))
    )
    inst = world.institutions["a1"]
    seen = {}
    for month in (date(2025, 2, 1), date(2025, 3, 1)):
        MonthClose.all_rows.create(
            institution_id=inst.pk,
            region_code=inst.region_code,
            month=month,
            closed_at=SETTLED_AT,
            closed_by_name="x",
            children=1,
            days=1,
            sheets_hash="0",
        )
        frame = gather.read_inputs(current_book(), RULE, month)
        rows = dict(frame.select("child_id", "age_months").iter_rows())
        seen[month.month] = rows[world.children["zhi"].pk]
    assert seen == {2: 11, 3: 12}


def test_no_sheet_at_all_is_unknown_not_zero(world: World) -> None:
    june(world)
    DaySheet.all_rows.filter(child_id=world.children["miao"].pk).delete()
    line = line_of(world, made(run_june()), "miao")
    assert (line.state, line.days, line.amount_fen) == (UNDETERMINED, None, None)


def test_county_without_notice_is_undetermined(world: World) -> None:
    """鲤城 has issued none: neither paid nor zero."""
    june(world)
    line = line_of(world, made(run_june()), "feng")
    assert (line.state, line.amount_fen, line.delta_fen) == (UNDETERMINED, None, None)


def test_running_twice_makes_nothing_and_says_so(world: World) -> None:
    june(world)
    first = made(run_june())
    again = run_june()
    assert again.run is None
    assert again.last == first
    assert again.text.startswith("没有变化")
    assert Run.all_rows.count() == 1
    assert Case.all_rows.count() == Statement.all_rows.count() == 3


def test_unclosed_institutions_are_left_out_and_told(world: World) -> None:
    june(world, close=("a1",))
    done = run_june()
    assert sorted(done.left_out) == sorted(world.institutions[k].pk for k in ("a2", "b1"))
    assert set(Line.all_rows.values_list("institution_id", flat=True)) == {
        world.institutions["a1"].pk
    }
    close_month(world, "a2")
    later = made(run_june())
    assert later.number == 1
    assert set(later.line_set.values_list("institution_id", flat=True)) == {
        world.institutions["a2"].pk
    }


def test_sums_agree(world: World) -> None:
    june(world)
    run = made(run_june())
    total = Line.all_rows.filter(run=run).aggregate(s=Sum("delta_fen"))["s"]
    assert total == run.total_fen == 24_000 + 16_000 * 3
    assert sum(run.statements.values_list("total_fen", flat=True)) == total


def test_late_correction_posts_one_delta_line(world: World) -> None:
    june(world)
    first = made(run_june())
    add_day(world, "nuo", date(2025, 6, 26), SETTLED_AT)
    second = made(run_june())
    assert (second.number, second.lines, second.previous_receipt) == (1, 1, first.receipt)
    assert second.receipt != first.receipt
    line = line_of(world, second, "nuo")
    assert (line.amount_fen, line.delta_fen, line.days) == (24_000, 24_000, 10)
    assert line_of(world, first, "nuo").amount_fen == 0
    assert run_june().run is None


def test_a_day_taken_back_claws_back(world: World) -> None:
    june(world)
    run_june()
    kid = world.children["he"]
    assert kid.institution_id
    correct(
        child_id=kid.pk,
        institution_id=kid.institution_id,
        day=date(2025, 6, 3),
        status=DayStatus.ABSENT,
        reason="误点名",
        user_id=1,
        at=SETTLED_AT,
    )
    second = made(run_june())
    line = line_of(world, second, "he")
    assert (line.amount_fen, line.delta_fen, line.gate) == (0, -16_000, "attended")
    assert second.total_fen == -16_000


def test_enrolment_gone_claws_back_what_was_granted(world: World) -> None:
    june(world)
    run_june()
    Enrolment.all_rows.filter(child=world.children["miao"]).delete()
    line = line_of(world, made(run_june()), "miao")
    assert (line.amount_fen, line.delta_fen, line.gate) == (0, -24_000, "withdrawn")
    assert run_june().run is None


def test_becoming_undetermined_moves_no_money(world: World) -> None:
    june(world)
    run_june()
    leave_open(world, "miao", date(2025, 6, 27))
    line = line_of(world, made(run_june()), "miao")
    assert (line.state, line.amount_fen, line.delta_fen) == (UNDETERMINED, None, None)


def test_late_notice_posts_deltas_only_when_it_is_known(world: World) -> None:
    """惠安 raised its amounts in August from June on: July's settlement does not know it."""
    june(world)
    inst = world.institutions["b1"]
    type(inst).all_rows.filter(pk=inst.pk).update(unit_code="350521")
    first = made(run_june())
    assert line_of(world, first, "feng").amount_fen == 14_000
    october = datetime(2025, 10, 15, 8, 10, tzinfo=clock.ZONE)
    unchanged = run_june(at=october)
    assert unchanged.run is None
    assert unchanged.newer_notices == ["示例〔2025〕9号（虚构）"]
    second = made(run_june(at=october, known=date(2025, 10, 15)))
    line = line_of(world, second, "feng")
    assert (second.lines, line.amount_fen, line.delta_fen) == (1, 17_000, 3_000)
    assert second.previous_receipt == first.receipt


def test_knowledge_never_shrinks_nor_runs_ahead(world: World) -> None:
    june(world)
    run_june()
    with pytest.raises(DomainError, match="早于前次结算"):
        run_june(known=date(2025, 7, 1))
    with pytest.raises(DomainError, match="晚于今天"):
        run_june(known=date(2025, 7, 13))


@pytest.mark.parametrize(
    ("month", "at", "why"),
    [
        ("2025-06", datetime(2025, 6, 30, 9, tzinfo=clock.ZONE), "尚未结束"),
        ("2026-01", datetime(2026, 3, 1, 9, tzinfo=clock.ZONE), "施行期"),
        ("2024-10", datetime(2025, 3, 1, 9, tzinfo=clock.ZONE), "施行期"),
    ],
)
def test_refuses_month_not_over_and_expired(
    world: World, month: str, at: datetime, why: str
) -> None:
    with pytest.raises(DomainError, match=why):
        services.settle(book=current_book(), rule_id=RULE, month=month, by=OPERATOR, at=at)


def test_refuses_a_draft_and_an_unsigned_interpretation(world: World) -> None:
    book = current_book()
    draft = replace(book, pack=replace(book.pack, status="draft_for_comment"))
    with pytest.raises(DomainError, match="只能测算"):
        services.settle(book=draft, rule_id=RULE, month=MONTH, by=OPERATOR, at=SETTLED_AT)
    asked = dict(book.interpretations)
    asked["I2"] = replace(asked["I2"], signed_on=None)
    with pytest.raises(DomainError, match="I2 尚未签字"):
        services.settle(
            book=replace(book, interpretations=asked),
            rule_id=RULE,
            month=MONTH,
            by=OPERATOR,
            at=SETTLED_AT,
        )
    with pytest.raises(DomainError, match="没有规则"):
        services.settle(book=book, rule_id="nothing", month=MONTH, by=OPERATOR, at=SETTLED_AT)
    assert not Run.all_rows.exists()


def test_a_child_in_two_institutions_is_settled_once(world: World) -> None:
    june(world)
    kid, other = world.children["miao"], world.institutions["a2"]
    Enrolment.all_rows.filter(child=kid).update(
        period=DateRange(date(2025, 3, 1), date(2025, 6, 27))
    )
    Enrolment.all_rows.create(
        child=kid,
        institution=other,
        region_code=other.region_code,
        class_group=world.classes["a2.infant"],
        period=DateRange(date(2025, 6, 27), date(2026, 9, 1)),
        monthly_fen=150_000,
    )
    record(
        institution_id=other.pk,
        events=[NewEvent(kid.pk, EventKind.IN, clock.at(date(2025, 6, 27), 8), Method.WALL)],
        at=clock.at(date(2025, 6, 27), 9),
    )
    run = made(run_june())
    line = line_of(world, run, "miao")
    assert (line.institution_id, line.days) == (world.institutions["a1"].pk, 17)


def test_month_is_whole(world: World) -> None:
    june(world)
    run = made(run_june())
    assert run.month == JUNE
    assert len(run.receipt) == len(run.output_sha256) == 64
