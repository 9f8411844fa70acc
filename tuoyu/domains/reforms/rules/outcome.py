"""结果：three answers a cell (现行、方案、都跟到上限), and their sums by county, kind and class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tuoyu.domains.policies.engine import PAID, UNDETERMINED, ZERO, Resolved, evaluate
from tuoyu.domains.reforms.rules.cells import COUNT

BASE, NEW, MOVE = "base", "new", "move"
VARIANTS = (BASE, NEW, MOVE)
_STATES = {"paid": PAID, "zero": ZERO, "open": UNDETERMINED}
MONTH = "month"


def answer(
    cells: pl.DataFrame, tables: Mapping[str, Resolved], name: str, *, limits: bool = True
) -> pl.DataFrame:
    """逐格的答案：columns ``<name>_state``, ``_fen`` and, with limits, ``_limit`` and ``_set``.

    ``cells`` is sorted by month.
    """
    parts = []
    wanted = {"state": "state", "amount_fen": "fen"}
    if limits:
        wanted |= {"limit_fen": "limit", "set_fen": "set"}
    for (month,), part in cells.partition_by(MONTH, as_dict=True, maintain_order=True).items():
        resolved = tables[str(month)]
        asked = part.select([item.id for item in resolved.rule.inputs])
        judged = evaluate(resolved, asked, rows=False)
        parts.append(
            judged.select(
                pl.col(one).cast(pl.Int64).alias(f"{name}_{two}") for one, two in wanted.items()
            )
        )
    return pl.concat(parts) if parts else pl.DataFrame()


def figures(name: str) -> list[pl.Expr]:
    """某一答案的合计。上限与县定只合计应付的，免得把不该付的也算进空间。"""
    state, count = pl.col(f"{name}_state"), pl.col(COUNT)
    sums = [
        count.filter(state == code).sum().alias(f"{name}_{word}") for word, code in _STATES.items()
    ]
    money = (pl.col(f"{name}_fen").fill_null(0) * count).sum().alias(f"{name}_fen")
    limits = [
        (pl.col(f"{name}_{kind}") * count).filter(state == PAID).sum().alias(f"{name}_{kind}_fen")
        for kind in ("limit", "set")
    ]
    return [*sums, money, *limits]


def changes() -> list[pl.Expr]:
    """增减：人月数与金额。待定转为已定的另计，不算增加。"""
    count = pl.col(COUNT)
    before, now = pl.col("base_fen"), pl.col("new_fen")
    settled = before.is_null() & now.is_not_null()
    return [
        count.filter(now > before).sum().alias("up"),
        count.filter(now < before).sum().alias("down"),
        ((now - before) * count).filter(now > before).sum().alias("up_fen"),
        ((now - before) * count).filter(now < before).sum().alias("down_fen"),
        count.filter(settled).sum().alias("settled"),
        (now * count).filter(settled).sum().alias("settled_fen"),
    ]


def all_figures() -> list[pl.Expr]:
    """全部合计。"""
    return [pl.col(COUNT).sum(), *(e for name in VARIANTS for e in figures(name)), *changes()]


def has_changed() -> pl.Expr:
    """该格的结果是否变了（含待定转已定）。"""
    return pl.col("new_fen").ne_missing(pl.col("base_fen"))


def summarise(judged: pl.DataFrame, members: pl.DataFrame, by: Sequence[str]) -> dict[str, Any]:
    """合计与分组。``members`` are (cell, child): whom a cell stands for."""
    touched = judged.filter(has_changed())
    people = members.join(touched.select("cell", *by), on="cell")
    grouped = {name: _rows(judged, people, name) for name in by}
    totals = judged.select(all_figures()).row(0, named=True)
    totals["children"] = people["child_id"].n_unique() if people.height else 0
    totals |= _institutions(judged.group_by("institution_id").agg(_moved()))
    return {"totals": totals, "by": grouped}


def _moved() -> pl.Expr:
    change = pl.col("new_fen").fill_null(0) - pl.col("base_fen").fill_null(0)
    return (change * pl.col(COUNT)).sum().alias("moved")


def _institutions(frame: pl.DataFrame) -> dict[str, int]:
    return {
        "institutions": frame.height,
        "institutions_up": int((frame["moved"] > 0).sum()),
        "institutions_down": int((frame["moved"] < 0).sum()),
    }


def _rows(judged: pl.DataFrame, people: pl.DataFrame, by: str) -> list[dict[str, Any]]:
    sums = judged.group_by(by).agg(all_figures())
    who = people.group_by(by).agg(pl.col("child_id").n_unique().cast(pl.Int64).alias("children"))
    moved = judged.group_by(by, "institution_id").agg(_moved())
    firms = moved.group_by(by).agg(
        pl.len().cast(pl.Int64).alias("institutions"),
        (pl.col("moved") > 0).sum().cast(pl.Int64).alias("institutions_up"),
        (pl.col("moved") < 0).sum().cast(pl.Int64).alias("institutions_down"),
    )
    joined = sums.join(who, on=by, how="left").join(firms, on=by, how="left")
    return joined.with_columns(pl.col("children").fill_null(0)).sort(by).to_dicts()


def by_institution(judged: pl.DataFrame, members: pl.DataFrame) -> list[dict[str, Any]]:
    """逐家结果：the money and how many children, no child."""
    touched = judged.filter(has_changed()).select("cell", "institution_id")
    who = (
        members.join(touched, on="cell")
        .group_by("institution_id")
        .agg(pl.col("child_id").n_unique().cast(pl.Int64).alias("children"))
    )
    sums = judged.group_by("institution_id", "unit", "kind").agg(
        pl.col(COUNT).sum(),
        *((pl.col(f"{v}_fen").fill_null(0) * pl.col(COUNT)).sum() for v in VARIANTS),
        *(
            pl.col(COUNT).filter(pl.col(f"{v}_state") == UNDETERMINED).sum().alias(f"{v}_open")
            for v in VARIANTS
        ),
    )
    found = sums.join(who, on="institution_id", how="left")
    return found.with_columns(pl.col("children").fill_null(0)).sort("institution_id").to_dicts()
