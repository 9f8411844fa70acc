"""指标的显示：targets, gaps and the least that is still wanted."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tuoyu.domains.indicators import rules


@pytest.mark.parametrize(
    ("target", "comparison", "unit", "text"),
    [
        (Fraction(23, 5), ">=", "个", "目标 ≥ 4.6 个"),
        (Fraction(60), ">", "%", "目标 ＞ 60%"),
        (Fraction(30), "<=", "%", "目标 ≤ 30%"),
        (None, "track", "%", "只跟踪，原文没有数值"),
    ],
)
def test_target_words(target: Fraction | None, comparison: str, unit: str, text: str) -> None:
    assert rules.target_text(target, comparison, unit) == text


@pytest.mark.parametrize(
    ("gap", "unit", "places", "text"),
    [
        (Fraction(1, 1000), "%", 1, "差 0.1 个百分点"),
        (Fraction(3, 10), "个", 2, "差 0.30 个"),
        (Fraction(7), "个", 0, "差 7 个"),
    ],
)
def test_an_open_gap_never_reads_as_nothing(
    gap: Fraction, unit: str, places: int, text: str
) -> None:
    assert rules.gap_text(gap, unit, places) == text


@pytest.mark.parametrize(
    ("numerator", "denominator", "comparison", "more"),
    [
        (60, 100, ">", 1),  # 「超60%」：恰好 60% 还差 1 个
        (60, 100, ">=", 0),
        (59, 100, ">=", 1),
        (59, 101, ">", 2),  # 60.6 → 61
        (70, 100, ">", 0),
        (70, 100, "<=", None),
    ],
)
def test_how_many_are_still_wanted(
    numerator: int, denominator: int, comparison: str, more: int | None
) -> None:
    found = rules.short_of(numerator, denominator, 100, Fraction(60), comparison)
    assert found == more
