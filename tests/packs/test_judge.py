"""指标：精确比较，缺数即未知，不把接近目标进位成达标。"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tuoyu.domains.policies.engine import Book, judge, truncate


@pytest.mark.parametrize(
    ("numerator", "denominator", "state"),
    [(60, 100, "behind"), (61, 100, "reached"), (6001, 10000, "reached"), (53, 100, "off")],
)
def test_over_sixty_is_not_sixty(
    numerator: int, denominator: int, state: str, quanzhou: Book
) -> None:
    assert judge(quanzhou.indicators["inclusive_share"], numerator, denominator).state == state


@pytest.mark.parametrize(
    ("numerator", "denominator", "state"),
    [(90, 100, "reached"), (8999, 10000, "behind"), (89999, 100000, "behind"), (80, 100, "off")],
)
def test_at_least_ninety_and_never_rounded_up(
    numerator: int, denominator: int, state: str, yueqing: Book
) -> None:
    judged = judge(yueqing.indicators["inclusive_share"], numerator, denominator)
    assert judged.state == state
    if numerator == 89999:
        assert judged.shown(1) == "89.9"


def test_price_falls_below_its_cap(yueqing: Book) -> None:
    price = yueqing.indicators["price_share"]
    assert judge(price, 175000, 583333).state == "behind"
    assert judge(price, 175000, Fraction(7000000, 12)).state == "reached"
    assert judge(price, 175001, Fraction(7000000, 12)).state == "behind"
    assert judge(price, 250000, Fraction(7000000, 12)).state == "off"


def test_missing_is_unknown_never_zero(quanzhou: Book) -> None:
    indicator = quanzhou.indicators["places_per_thousand"]
    assert judge(indicator, None, 100).state == "unknown"
    assert judge(indicator, 100, None).state == "unknown"
    assert judge(indicator, 100, 0).state == "unknown"
    assert judge(indicator, None, 100).value is None
    assert judge(indicator, 0, 100).state == "off"
    assert judge(indicator, 0, 100).value == 0


def test_gap_is_exact(quanzhou: Book) -> None:
    indicator = quanzhou.indicators["places_per_thousand"]
    judged = judge(indicator, 40000, 8850000)
    assert judged.gap == Fraction(46, 10) - Fraction(40000 * 1000, 8850000)
    assert judge(indicator, 40710, 8850000).state == "reached"
    assert judge(indicator, 40709, 8850000).state == "behind"


def test_a_tracked_figure_has_no_light(quanzhou: Book) -> None:
    judged = judge(quanzhou.indicators["place_use"], 30, 60)
    assert (judged.value, judged.state) == (Fraction(50), "unknown")


def test_the_two_per_thousands_stay_apart(quanzhou: Book, yueqing: Book) -> None:
    people = quanzhou.indicators["places_per_thousand"]
    children = yueqing.indicators["places_per_thousand_under3"]
    assert people.denominator is not None
    assert children.denominator is not None
    assert (people.denominator.id, children.denominator.id) == (
        "resident_population",
        "under3_population",
    )
    assert (people.target, children.target) == (Fraction(46, 10), Fraction(280))


def test_yueqing_shows_its_six_targets(yueqing: Book) -> None:
    numbers = [item.cite.at for item in yueqing.indicators.values() if item.headline]
    tasks = [item.cite.at for item in yueqing.duties.values() if item.headline]
    assert numbers == ["一(一)", "一(二)", "一(三)", "一(三)", "一(四)"]
    assert tasks == ["一(五)", "一(六)"]


def test_truncate() -> None:
    assert truncate(Fraction(8999, 100), 1) == "89.9"
    assert truncate(Fraction(46, 10), 2) == "4.60"
    assert truncate(Fraction(100), 0) == "100"
