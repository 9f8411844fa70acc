"""写成 Parquet：the rows, the resolved tables and the rule, for an engine on other machines.

A bundle is a folder: ``inputs/<month>.parquet`` (no child is named), ``tables.parquet`` (plan,
month, parameter, cell, value) and ``rule.json`` (the rule's own expressions). Whoever reads it
needs neither this project's database nor its packs.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tuoyu.domains.policies.engine import PAID, UNDETERMINED, ZERO, Book, Resolved, Rule
from tuoyu.domains.reforms.rules import outcome
from tuoyu.domains.reforms.rules.plans import Plan, tables_of
from tuoyu.domains.reforms.rules.replaying import Rows, inputs_of

MAX_DIMENSIONS = 2
KEYS = tuple(f"k{n}" for n in range(MAX_DIMENSIONS))
GROUPS = ("plan", "month", "unit")
SUMS = ("paid", "zero", "undetermined", "fen", "limit_fen", "set_fen")


def write_bundle(
    folder: Path, book: Book, rows: Rows, plans: Mapping[str, Plan | None], known: date
) -> None:
    """写一个包；``plans`` by name, None is the baseline."""
    (folder / "inputs").mkdir(parents=True, exist_ok=True)
    kept = list(dict.fromkeys(["unit", *inputs_of(book, rows.rule)]))
    for (month,), part in rows.frame.partition_by("month", as_dict=True).items():
        part.select(kept).write_parquet(folder / "inputs" / f"{month}.parquet")
    resolved = {
        name: tables_of(book, rows.rule, rows.months, known, plan) for name, plan in plans.items()
    }
    cells = [
        (plan, month, name, *key, *[""] * (MAX_DIMENSIONS - len(key)), value)
        for plan, months in resolved.items()
        for month, one in months.items()
        for name, table in one.tables.items()
        for key, value in table.cells.items()
    ]
    schema: dict[str, Any] = {
        **dict.fromkeys(("plan", "month", "param", *KEYS), pl.String),
        "value": pl.Int64,
    }
    pl.DataFrame(cells, schema=schema, orient="row").write_parquet(folder / "tables.parquet")
    told = _told(book.rule(rows.rule), book, resolved)
    (folder / "rule.json").write_text(
        json.dumps(told | {"input_sha256": rows.sha256, "pack_sha256": book.sha256,
                           "known": known.isoformat()}, ensure_ascii=False, indent=1),
        encoding="utf-8",
    )  # fmt: skip


def _told(rule: Rule, book: Book, resolved: Mapping[str, Mapping[str, Resolved]]) -> dict[str, Any]:
    first = next(iter(resolved.values()))
    return {
        "rule": rule.id,
        "params": {name: list(book.params[name].by) for name in rule.params},
        "derived": [[step.id, ast.unparse(step.tree)] for step in rule.derived],
        "gates": [ast.unparse(gate.tree) for gate in rule.gates],
        "terms": [[term.role, ast.unparse(term.tree)] for term in rule.terms],
        "plans": list(resolved),
        "in_force": {month: one.in_force for month, one in first.items()},
    }


def answer_here(
    folder: Path, book: Book, rule_id: str, plans: Mapping[str, Plan | None], known: date
) -> pl.DataFrame:
    """本机引擎由同一个包算出的结果：one row a plan, month and unit."""
    files = sorted((folder / "inputs").glob("*.parquet"))
    months = [file.stem for file in files]
    found = []
    for name, plan in plans.items():
        tables = tables_of(book, rule_id, months, known, plan)
        for file in files:
            frame = pl.read_parquet(file).with_columns(pl.lit(file.stem).alias("month"))
            found.append(_summed(outcome.answer(frame, tables, "new"), frame, name))
    return pl.concat(found).sort(GROUPS)


def _summed(judged: pl.DataFrame, frame: pl.DataFrame, plan: str) -> pl.DataFrame:
    state = pl.col("new_state")
    counted = [
        (state == code).sum().cast(pl.Int64).alias(word)
        for word, code in zip(SUMS, (PAID, ZERO, UNDETERMINED), strict=False)
    ]
    money = [
        pl.col("new_fen").fill_null(0).sum().alias("fen"),
        pl.col("new_limit").filter(state == PAID).sum().alias("limit_fen"),
        pl.col("new_set").filter(state == PAID).sum().alias("set_fen"),
    ]
    joined = judged.hstack(frame.select("unit", "month"))
    summed = joined.group_by("month", "unit").agg(*counted, *money)
    return summed.select(pl.lit(plan).alias("plan"), "month", "unit", *SUMS)
