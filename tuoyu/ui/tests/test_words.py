"""显示格式。"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.core import clock
from tuoyu.ui import words

NOW = datetime(2025, 10, 15, 8, 10, tzinfo=clock.ZONE)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (28000, "280.00"),
        (123400, "1,234.00"),
        (-36001, "-360.01"),
        (None, "—"),
    ],
)
def test_yuan(fen: int | None, text: str) -> None:
    assert words.yuan(fen) == text


def test_yuan_signed() -> None:
    assert [words.yuan_signed(n) for n in (36000, 0, -1, None)] == ["+360.00", "0.00", "-0.01", "—"]


@pytest.mark.parametrize("bad", [1.5, "100", True, Decimal(1)])
def test_money_is_integer_fen(bad: object) -> None:
    with pytest.raises(TypeError):
        words.yuan(bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (446_000_000, "446.00"),
        (1_004_999, "1.00"),
        (1_005_000, "1.01"),
        (-1_005_000, "-1.01"),
        (-4_999, "0.00"),
        (12_345_678_900, "12,345.68"),
        (None, "—"),
    ],
)
def test_wan(fen: int | None, text: str) -> None:
    assert words.wan(fen) == text


@given(st.integers(-(10**15), 10**15))
def test_yuan_reads_back_to_the_fen(fen: int) -> None:
    assert int(words.yuan(fen).replace(",", "").replace(".", "")) == fen


@pytest.mark.parametrize(
    ("born", "on", "text"),
    [
        (date(2025, 10, 3), date(2025, 10, 15), "12天"),
        (date(2025, 9, 15), date(2025, 10, 14), "29天"),
        (date(2025, 1, 15), date(2025, 10, 14), "8个月"),
        (date(2025, 1, 15), date(2025, 10, 15), "9个月"),
        (date(2024, 3, 1), date(2025, 10, 15), "1岁7个月"),
        (date(2023, 10, 15), date(2025, 10, 15), "2岁"),
        (date(2024, 2, 29), date(2025, 2, 28), "11个月"),
        (date(2024, 2, 29), date(2025, 3, 1), "1岁"),
        (date(2025, 1, 31), date(2025, 2, 28), "28天"),
        (date(2025, 1, 31), date(2025, 3, 1), "1个月"),
        (date(2025, 10, 16), date(2025, 10, 15), "未出生"),
    ],
)
def test_age(born: date, on: date, text: str) -> None:
    assert words.age(born, on) == text


def test_age_takes_the_business_clock() -> None:
    with clock.fixed(NOW):
        assert words.age(date(2025, 1, 15)) == "9个月"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("江小苗", "江*苗"),
        ("江苗", "江*"),
        ("江", "*"),
        ("欧阳小苗", "欧**苗"),
        ("陈晓岚（虚构）", "陈*岚"),
        ("", "—"),
        (None, "—"),
    ],
)
def test_mask_name(name: str | None, text: str) -> None:
    assert words.mask_name(name) == text


def test_masks_keep_length_and_hide_the_birth_date() -> None:
    number = "350582202403010022"
    masked = words.mask_id(number)
    assert masked == "350*************22"
    assert len(masked) == len(number)
    assert "20240301" not in masked
    assert words.mask_phone("13800138000") == "138****8000"
    assert words.mask_phone("120") == "***"
    assert words.mask_id(None) == words.mask_phone("") == "—"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2025, 10, 15, 7, 32, tzinfo=clock.ZONE), "今天 07:32"),
        (datetime(2025, 10, 14, 17, 52, tzinfo=clock.ZONE), "昨天 17:52"),
        (datetime(2025, 10, 13, 16, 40, tzinfo=clock.ZONE), "10-13 16:40"),
        (datetime(2024, 10, 14, 16, 40, tzinfo=clock.ZONE), "2024-10-14 16:40"),
        (date(2025, 10, 15), "今天"),
        (date(2025, 12, 31), "12-31"),
        (None, "—"),
    ],
)
def test_when(value: date | None, text: str) -> None:
    assert words.when(value, NOW) == text


def test_when_reads_in_shanghai() -> None:
    late = datetime.fromisoformat("2025-10-14T23:32:00+00:00")
    assert words.when(late, NOW) == "今天 07:32"


@pytest.mark.parametrize(
    ("value", "of", "text"),
    [
        (5996, 10000, "59.9"),
        (59999, 100000, "59.9"),
        (600, 1000, "60.0"),
        (0, 10, "0.0"),
        (Decimal("0.638"), None, "63.8"),
        (Fraction(2, 3), None, "66.6"),
        (None, 10, "—"),
        (5, 0, "—"),
    ],
)
def test_percent_is_cut_not_rounded(
    value: words.Ratio | None, of: words.Ratio | None, text: str
) -> None:
    assert words.percent1(value, of) == text


def test_permille_is_cut_not_rounded() -> None:
    assert words.permille2(45999, 10_000_000) == "4.59"
    assert words.permille1(45999, 10_000_000) == "4.5"
    with pytest.raises(TypeError):
        words.percent1(0.5)  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_ratio_never_reads_higher_than_it_is(num: int, den: int) -> None:
    assert Decimal(words.percent1(num, den).replace(",", "")) <= Fraction(num * 100, den)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (82, "剩 1 小时 22 分"),
        (1920, "剩 1 天 8 小时"),
        (20, "剩 20 分"),
        (120, "剩 2 小时"),
        (1440, "剩 1 天"),
        (-10, "超 10 分"),
        (None, "—"),
    ],
)
def test_remaining(minutes: int | None, text: str) -> None:
    assert words.remaining(minutes) == text


@pytest.mark.parametrize(
    ("share", "minutes", "level"),
    [
        (80, None, ""),
        (51, 600, ""),
        (80, 119, "is-warn"),
        (50, 600, "is-warn"),
        (20, 600, "is-warn"),
        (19, 600, "is-danger"),
        (90, -1, "is-danger"),
    ],
)
def test_clock_level(share: int, minutes: int | None, level: str) -> None:
    assert words.clock_level(share, minutes) == level


def test_yesterday_is_by_date_not_by_hours() -> None:
    just_before = NOW - timedelta(hours=8, minutes=11)
    assert words.when(just_before, NOW) == "昨天 23:59"
