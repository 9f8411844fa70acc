"""习惯：one row per stay with what the days of that child are drawn from."""

from __future__ import annotations

import random
import uuid
from datetime import time
from typing import Any

import polars as pl

from tuoyu.sim.cast import Cast
from tuoyu.sim.children import Kid
from tuoyu.sim.draws import stream
from tuoyu.sim.families import Family, Person
from tuoyu.sim.geography import City
from tuoyu.sim.premises import clock_time

SCHEMA: dict[str, Any] = {
    "no": pl.Int64, "child_id": pl.Int64, "institution_id": pl.Int64,
    "class_group_id": pl.Int64, "region_code": pl.String, "unit": pl.Int64,
    "start": pl.Date, "end": pl.Date, "opens": pl.Int64, "closes": pl.Int64,
    "in_mid": pl.Float64, "in_spread": pl.Float64, "out_mid": pl.Float64,
    "out_spread": pl.Float64, "weak": pl.Float64, "away": pl.Float64, "forgets": pl.Float64,
    "by_code": pl.Float64, "brings": pl.Int64, "fetches": pl.Int64, "asks": pl.Int64,
    "teacher": pl.Int64, "device": pl.String, "role": pl.String,
}  # fmt: skip


def habits(
    city: City,
    kids: list[Kid],
    families: list[Family],
    cast: Cast,
    devices: dict[int, uuid.UUID],
    seed: int,
) -> tuple[pl.DataFrame, dict[int, time]]:
    """全部入托的习惯，和每个儿童的常到时间。"""
    rng = stream(seed, "habits")
    units = {u.code: n for n, u in enumerate(city.units)}
    rows: list[tuple[Any, ...]] = []
    usual: dict[int, time] = {}
    for kid in kids:
        own = _own(rng, families[kid.family].people, calm=bool(kid.role))
        for stay in kid.stays:
            inst = stay.inst
            arrive = inst.opens + own["after_open"]
            leave = inst.closes - own["before_close"] if stay.form == "full_day" else 11 * 60 + 45
            rows.append(
                (kid.no, kid.id, inst.id, stay.room.id, inst.unit.code, units[inst.unit.code],
                 stay.start, stay.end, inst.opens, inst.closes, arrive, own["in_spread"],
                 leave, own["out_spread"], own["weak"], own["away"], own["forgets"],
                 own["by_code"], own["brings"], own["fetches"], own["asks"],
                 cast.teacher[inst.id], devices[inst.id].hex, kid.role)
            )  # fmt: skip
            usual[kid.id] = clock_time(round(arrive / 5) * 5)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row"), usual


def _own(rng: random.Random, people: list[Person], *, calm: bool) -> dict[str, float]:
    """一个孩子自己的习惯。``calm``: the show family, seldom ill."""
    may = [p for p in people if not p.is_blocked]
    return {
        "after_open": rng.triangular(-2, 80, 26),
        "in_spread": rng.uniform(3, 11),
        "before_close": rng.triangular(-4, 70, 18),
        "out_spread": rng.uniform(3, 10),
        "weak": 0.5 if calm else rng.triangular(0.3, 2.4, 0.8),
        "away": 0.4 if calm else rng.triangular(0.2, 3.5, 0.7),
        "forgets": 0.004 if calm else rng.choice((0.003, 0.006, 0.02)),
        "by_code": rng.choice((0.05, 0.6, 0.85)),
        "brings": rng.choice(may).id,
        "fetches": rng.choice(may).id,
        "asks": may[0].id,
    }
