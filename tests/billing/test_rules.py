"""退费与减免的算式。"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuoyu.domains.billing.rules import Days, Tier, charge, refund, waive

MEALS = [Tier("absent_day", 100)]
CARE = [Tier("attended", 50, up_to_permille=500), Tier("attended", 80, up_to_days=4)]


def month(attended: int, leave: int = 0, absent: int = 0) -> Days:
    return Days(attended + leave + absent, attended, leave, absent, 0)


def test_meals_come_back_by_the_day_with_the_sum_shown() -> None:
    found = refund(MEALS, month(15, 4, 3), unit="day", unit_fen=2000, owed_fen=44_000)
    assert found is not None
    assert found.fen == -14_000
    assert found.why == "未到托 7 天 × 20.00 元/天 = 140.00 元"


def test_only_announced_days_where_the_table_says_so() -> None:
    tiers = [Tier("absent_day", 100, leave_only=True)]
    found = refund(tiers, month(15, 4, 3), unit="day", unit_fen=2000, owed_fen=44_000)
    assert found is not None
    assert found.fen == -8_000


@pytest.mark.parametrize(
    ("attended", "fen"),
    [(0, -120_000), (4, -120_000), (5, -75_000), (11, -75_000), (12, None), (22, None)],
)
def test_care_by_tiers_the_lowest_that_fits(attended: int, fen: int | None) -> None:
    found = refund(CARE, month(attended, 22 - attended), unit="month", unit_fen=0, owed_fen=150_000)
    assert (found.fen if found else None) == fen


def test_where_no_rule_is_filed_none_is_invented() -> None:
    assert refund([], month(0, 22), unit="month", unit_fen=0, owed_fen=150_000) is None


def test_monthly_price_by_absent_days_divides_by_workdays() -> None:
    found = refund(
        [Tier("absent_day", 100)], month(20, 2), unit="month", unit_fen=0, owed_fen=50_000
    )
    assert found is not None
    assert found.fen == -(50_000 * 2 // 22)
    assert "22 个工作日" in found.why


def test_a_waiver_is_never_more_than_the_fee() -> None:
    found = waive(20_000, 30_000, "三孩家庭")
    assert found is not None
    assert found.fen == -20_000
    assert "以保育费为限" in found.why
    assert waive(0, 30_000, "三孩家庭") is None


def test_hours_are_counted_by_the_minute() -> None:
    assert charge("hour", 3_000, 95).fen == 4_750


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 23), st.integers(0, 23), st.integers(0, 23), st.integers(1, 500_000),
    st.integers(0, 100), st.integers(0, 23),
)  # fmt: skip
def test_a_refund_never_exceeds_what_was_owed(
    attended: int, leave: int, absent: int, owed: int, percent: int, bound: int
) -> None:
    days = month(attended, leave, absent)
    for tiers, unit in (
        ([Tier("absent_day", percent)], "day"),
        ([Tier("absent_day", percent)], "month"),
        ([Tier("attended", percent, up_to_days=bound)], "month"),
    ):
        found = refund(tiers, days, unit=unit, unit_fen=owed, owed_fen=owed)
        assert found is None or -owed <= found.fen < 0
