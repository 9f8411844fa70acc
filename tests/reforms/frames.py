"""生成的底数：a city of children over months, drawn by a seed; no database needed."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import polars as pl

from tuoyu.domains.policies.engine import Book, load_book
from tuoyu.domains.reforms.rules.replaying import Rows

RULE = "class_subsidy"
KNOWN = date(2025, 12, 31)
MONTHS = tuple(f"2025-{n:02d}" for n in range(1, 13))
KINDS = ("private", "community", "neighbourhood", "hospital", "kindergarten", "employer", "center")
CLASSES = ("infant", "toddler", "older", "mixed", "home")
PACKS = Path(__file__).resolve().parents[2] / "packs"


def quanzhou() -> Book:
    """泉州的政策书。"""
    return load_book(PACKS, "quanzhou-2024")


def city_rows(
    book: Book, *, children: int, institutions: int, months: tuple[str, ...] = MONTHS, seed: int = 1
) -> Rows:
    """一座城市若干个月的底数：one county and kind an institution; about 2 % of days unknown."""
    draw = random.Random(seed)
    units = [unit.code for unit in book.city.units if unit.counted]
    county = [draw.choice(units) for _ in range(institutions)]
    kind = [draw.choice(KINDS) for _ in range(institutions)]
    inclusive = [draw.random() < 0.9 for _ in range(institutions)]
    fee = [draw.randrange(80_000, 260_000, 5_000) for _ in range(institutions)]
    of = [draw.randrange(institutions) for _ in range(children)]
    age = [draw.randint(3, 30) for _ in range(children)]
    cls = [_class(a, draw) for a in age]
    parts = []
    for place, month in enumerate(months):
        days = [None if draw.random() < 0.02 else draw.randint(0, 23) for _ in of]
        paid = [0 if draw.random() < 0.03 else draw.choice((20_000, fee[i])) for i in of]
        parts.append(
            pl.DataFrame(
                {
                    "month": pl.Series([month] * children, dtype=pl.String),
                    "child_id": pl.Series(range(1, children + 1), dtype=pl.Int64),
                    "institution_id": pl.Series([i + 1 for i in of], dtype=pl.Int64),
                    "unit": [county[i] for i in of],
                    "kind": [kind[i] for i in of],
                    "cls": cls,
                    "county": [county[i] for i in of],
                    "age_months": pl.Series([a + place for a in age], dtype=pl.Int64),
                    "inclusive": [inclusive[i] for i in of],
                    "days": pl.Series(days, dtype=pl.Int64),
                    "fee": pl.Series(paid, dtype=pl.Int64),
                }
            )
        )
    return Rows(RULE, months, pl.concat(parts), "0" * 64)


def _class(age: int, draw: random.Random) -> str:
    return draw.choice(("infant", "mixed")) if age < 12 else draw.choice(CLASSES[1:])
