"""重放：the rows of real months under the baseline, the plan, and the plan with all following."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from tuoyu.domains.policies.engine import (
    ENGINE_VERSION,
    SCHEMA_VERSION,
    UNDETERMINED,
    Book,
    Resolved,
    digest,
)
from tuoyu.domains.reforms.rules import cells, outcome
from tuoyu.domains.reforms.rules.outcome import BASE, MONTH, MOVE, NEW
from tuoyu.domains.reforms.rules.plans import Axis, Plan, above_limit, digest_plan, points_of
from tuoyu.domains.reforms.rules.plans import tables_of as resolve_months

METHOD = "replay-1"
DIMENSIONS = ("institution_id", "unit", "kind", "cls")
GROUPED = ("unit", "kind", "cls", MONTH)
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """重放的底数：``frame`` has month, child_id, the dimensions and the rule's inputs."""

    rule: str
    months: tuple[str, ...]
    frame: pl.DataFrame
    sha256: str


def _silent(_: int) -> None:
    return None


def receipt_of(
    book: Book, rows: Rows, known: date, region: str, plan: Plan, axes: Sequence[Axis] = ()
) -> str:
    """凭据：the same engine, packs, months, inputs and plan give the same."""
    return digest(
        {
            "engine": ENGINE_VERSION,
            "schema": SCHEMA_VERSION,
            "method": METHOD,
            "pack": book.pack.id,
            "pack_sha256": book.sha256,
            "rule": rows.rule,
            "months": list(rows.months),
            "region": region,
            "known": known.isoformat(),
            "input_sha256": rows.sha256,
            "overlay_sha256": digest_plan(plan, axes),
        }
    )


def inputs_of(book: Book, rule_id: str) -> list[str]:
    """规则的输入列。"""
    return [item.id for item in book.rule(rule_id).inputs]


def run_single(book: Book, plan: Plan, rows: Rows, known: date) -> dict[str, Any]:
    """单个方案：totals, groups and institutions, before, after and if all follow."""
    plans = {BASE: None, NEW: plan, MOVE: replace(plan, follow=True)}
    tables = {
        name: resolve_months(book, rows.rule, rows.months, known, each)
        for name, each in plans.items()
    }
    every = [resolved for one in tables.values() for resolved in one.values()]
    shrunk = cells.shrink(rows.frame, book.rule(rows.rule), every)
    keys = [MONTH, *DIMENSIONS, *(i for i in inputs_of(book, rows.rule) if i not in DIMENSIONS)]
    grouped = cells.group(shrunk, keys).with_row_index("cell")
    members = _members(shrunk, grouped, keys)
    judged = pl.concat(
        [grouped, *(outcome.answer(grouped, tables[name], name) for name in plans)],
        how="horizontal",
    )
    found = outcome.summarise(judged, members, GROUPED)
    found["institutions"] = outcome.by_institution(judged, members)
    found["open_why"] = _why_open(judged, tables[NEW], inputs_of(book, rows.rule))
    found["above_limit"] = [[name, ",".join(key)] for name, key in above_limit(tables[NEW])]
    found["cells"] = grouped.height
    return found


def _members(shrunk: pl.DataFrame, grouped: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """每格代表哪些儿童；only for counting each once."""
    who = shrunk.filter(pl.col("child_id").is_not_null()).select(*keys, "child_id")
    return who.join(grouped.select(*keys, "cell"), on=keys, nulls_equal=True).select(
        "cell", "child_id"
    )


def _why_open(
    judged: pl.DataFrame, tables: dict[str, Resolved], inputs: list[str]
) -> dict[str, int]:
    """待定的原因：not in force, a fact missing, else a notice missing."""
    out = [month for month, resolved in tables.items() if not resolved.in_force]
    lacking = pl.any_horizontal(pl.col(name).is_null() for name in inputs)
    ended = pl.col(MONTH).is_in(out)
    why = (
        pl.when(ended)
        .then(pl.lit("term"))
        .when(lacking)
        .then(pl.lit("fact"))
        .otherwise(pl.lit("notice"))
    )
    found = (
        judged.filter(pl.col("new_state") == UNDETERMINED)
        .group_by(why.alias("why"))
        .agg(pl.col(cells.COUNT).sum())
        .sort("why")
    )
    return {str(word): int(count) for word, count in found.iter_rows()}


def run_sweep(
    book: Book, plan: Plan, axes: Sequence[Axis], rows: Rows, known: date, tell: Tell = _silent
) -> dict[str, Any]:
    """成批方案：the rows are grouped once over all thresholds; then each plan is a few columns."""
    points = points_of(plan, axes)
    base = resolve_months(book, rows.rule, rows.months, known)
    asked = [resolve_months(book, rows.rule, rows.months, known, point) for point in points]
    grouped = group_for(book, rows, [base, *asked])
    found = []
    before = outcome.answer(grouped, base, BASE)
    totals = before.hstack(grouped.select(cells.COUNT)).select(outcome.figures(BASE))
    values = [[point.cells[a.param][a.keys[0]] for a in axes] for point in points]
    for place, (tables, at) in enumerate(zip(asked, values, strict=True)):
        found.append({"at": at, **_point(grouped, tables, before)})
        tell(place + 1)
    return {"base": totals.row(0, named=True), "points": found, "cells": grouped.height}


def group_for(book: Book, rows: Rows, asked: Sequence[dict[str, Resolved]]) -> pl.DataFrame:
    """全市的格：institutions are not kept apart; only month, unit and the rule's inputs."""
    every = [resolved for tables in asked for resolved in tables.values()]
    shrunk = cells.shrink(rows.frame, book.rule(rows.rule), every)
    keys = [MONTH, "unit", *(i for i in inputs_of(book, rows.rule) if i != "unit")]
    return cells.group(shrunk, keys)


def _point(
    grouped: pl.DataFrame, tables: dict[str, Resolved], before: pl.DataFrame
) -> dict[str, Any]:
    now = outcome.answer(grouped, tables, NEW)
    joined = pl.concat([grouped, before, now], how="horizontal")
    sums = joined.select(*outcome.figures(NEW), *outcome.changes()).row(0, named=True)
    units = joined.group_by("unit").agg(
        (pl.col("new_fen").fill_null(0) * pl.col(cells.COUNT)).sum().alias("fen")
    )
    return {**sums, "units": dict(units.sort("unit").iter_rows())}
