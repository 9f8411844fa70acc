"""病情起伏：winter flu for the whole city, hand-foot-mouth county by county in spring."""

from __future__ import annotations

import math
from datetime import date

import polars as pl

from tuoyu.core import workdays
from tuoyu.sim.draws import stream
from tuoyu.sim.geography import City


def _hump(day: date, middle: date, width: float) -> float:
    return math.exp(-(((day - middle).days / width) ** 2) / 2)


def waves(city: City, days: list[date], seed: int) -> pl.DataFrame:
    """(unit, day) → the chance that a healthy child falls ill, by illness."""
    rng = stream(seed, "waves")
    rows = []
    for number, _ in enumerate(city.units):
        hand, flu = rng.randrange(-24, 25), rng.randrange(-9, 10)
        strong = rng.uniform(0.6, 1.5)
        for day in days:
            year = day.year
            spring = date.fromordinal(date(year, 5, 12).toordinal() + hand)
            winter = date.fromordinal(date(year, 1, 14).toordinal() + flu)
            late = date.fromordinal(date(year, 12, 12).toordinal() + flu)
            rows.append(
                (
                    number,
                    day,
                    0.0055 * strong * _hump(day, spring, 16),
                    0.0090 * (_hump(day, winter, 13) + 0.8 * _hump(day, late, 12)),
                    0.0075 - 0.0025 * _hump(day, date(year, 8, 1), 45),
                    _family_off(day),
                )
            )
    return pl.DataFrame(
        rows, schema=["unit", "day", "p_hand", "p_flu", "p_cold", "p_off"], orient="row"
    )


def _family_off(day: date) -> float:
    """事假的可能：more beside long holidays, most before the Spring Festival."""
    near = 0
    for step in (1, 2, 3):
        for other in (day.toordinal() - step, day.toordinal() + step):
            near += not workdays.is_workday(date.fromordinal(other))
    return {0: 0.010, 1: 0.012, 2: 0.016, 3: 0.045}.get(near, 0.09)
