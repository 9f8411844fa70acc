"""期间、月龄与金额。"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.core.money import MoneyError, parse_fen, yuan, yuan_grouped, yuan_short
from tuoyu.core.periods import (
    Period,
    add_months,
    age_months,
    inclusive,
    month_last_day,
    month_of,
    month_period,
    month_start,
    months_between,
    next_month,
)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("300元", 30000),
        ("1万元", 1000000),
        ("0.05万元", 50000),
        ("150.50元", 15050),
        ("0.000001万元", 1),
        ("0元", 0),
    ],
)
def test_parse_fen(text: str, fen: int) -> None:
    assert parse_fen(text) == fen


@pytest.mark.parametrize(
    "text", ["300", "三百元", "-1元", "1,000元", "0.001元", "1.元", "", "元", "0.0000001万元"]
)
def test_parse_fen_refuses(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_fen(text)


@given(st.integers(0, 10**14))
def test_yuan_goes_there_and_back(fen: int) -> None:
    assert parse_fen(f"{yuan(fen)}元") == fen


def test_showing_money() -> None:
    assert (yuan(28000), yuan(-5), yuan(0)) == ("280.00", "-0.05", "0.00")
    assert (yuan_grouped(150000), yuan_short(150000)) == ("1,500.00", "1,500")
    assert yuan_short(15050) == "150.50"


@pytest.mark.parametrize(
    ("birth", "day", "months"),
    [
        (date(2024, 2, 29), date(2025, 2, 27), 11),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 2, 29), date(2026, 2, 28), 24),
        (date(2024, 2, 29), date(2028, 2, 28), 47),
        (date(2024, 2, 29), date(2028, 2, 29), 48),
        (date(2023, 5, 31), date(2023, 6, 29), 0),
        (date(2023, 5, 31), date(2023, 6, 30), 1),
        (date(2023, 7, 1), date(2025, 7, 1), 24),
        (date(2023, 7, 2), date(2025, 7, 1), 23),
        (date(2025, 7, 1), date(2025, 7, 1), 0),
    ],
)
def test_age_months(birth: date, day: date, months: int) -> None:
    assert age_months(birth, day) == months


def test_age_before_birth_is_refused() -> None:
    with pytest.raises(ValueError, match="晚于"):
        age_months(date(2025, 7, 2), date(2025, 7, 1))


@given(st.dates(date(2020, 1, 1), date(2024, 1, 1)), st.integers(0, 60))
def test_age_is_reached_on_the_day_months_are_added(birth: date, months: int) -> None:
    assert age_months(birth, add_months(birth, months)) == months


def test_periods_are_half_open() -> None:
    july, august = month_period("2025-07"), month_period("2025-08")
    assert date(2025, 7, 31) in july
    assert date(2025, 8, 1) not in july
    assert not july.overlaps(august)
    assert july.overlaps(Period(date(2025, 7, 31)))
    assert Period(date(2025, 1, 1)).covers(july)
    assert not july.covers(Period(date(2025, 7, 1)))
    assert inclusive(date(2025, 7, 1), date(2025, 7, 31)) == july
    assert july.last_day == month_last_day("2025-07") == date(2025, 7, 31)
    with pytest.raises(ValueError, match="晚于"):
        Period(date(2025, 1, 1), date(2025, 1, 1))


def test_months() -> None:
    assert month_start("2025-07") == date(2025, 7, 1)
    assert month_of(date(2025, 7, 15)) == "2025-07"
    assert (next_month("2025-12"), next_month("2025-01", -1)) == ("2026-01", "2024-12")
    assert list(months_between("2024-11", "2025-01")) == ["2024-11", "2024-12", "2025-01"]
    for text in ("2025-7", "2025-13", "202507", "2025-07-01"):
        with pytest.raises(ValueError, match="写法不对"):
            month_start(text)
