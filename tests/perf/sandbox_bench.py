"""测速：政策沙盘 100 个情景 over the full city's year, from the day sheets to the totals.

Reading the year's attendance is part of the time. Sampled scenarios are computed again row by row,
without grouping, and must agree to the fen. ``python -m tests.perf.sandbox_bench`` measures the
computing alone, on a drawn frame of 41,000 children × 12 months, and needs no database.
"""

from __future__ import annotations

import time
from datetime import date

import polars as pl

from tuoyu.domains.policies.engine import Book, evaluate
from tuoyu.domains.reforms.rules.plans import Axis, Plan, points_of, tables_of
from tuoyu.domains.reforms.rules.replaying import Rows, inputs_of, run_single, run_sweep

RULE = "class_subsidy"
KNOWN = date(2025, 12, 31)
BUDGET = 60.0
CARE = ("infant", "toddler", "mixed_u24m")
SAMPLED = (0, 37, 99)


def run() -> dict[str, object]:
    """测一次，用全市的库（与读页面的测速同一座城市）。"""
    from tests.perf.pages_bench import _build
    from tuoyu.core.scope import SYSTEM
    from tuoyu.domains.policies.books import current_book
    from tuoyu.domains.reforms.selectors import inputs

    built = _build()
    book = current_book()
    began = time.perf_counter()
    months = inputs.recent_months(SYSTEM, KNOWN)
    parts = [(month, inputs.read_month(book, RULE, month, SYSTEM)) for month in months]
    rows = inputs.joined(RULE, parts)
    read = time.perf_counter() - began
    return {**measure(book, rows, read), "institutions": built["institutions"]}


def measure(book: Book, rows: Rows, read: float = 0.0) -> dict[str, object]:
    """算 100 个情景并抽几个核对。"""
    plan, axes = hundred(book)
    began = time.perf_counter()
    done = run_sweep(book, plan, axes, rows, KNOWN)
    spent = time.perf_counter() - began
    points = points_of(plan, axes)
    assert len(points) == 100
    for place in SAMPLED:
        fen = plainly(book, rows, points[place])
        if done["points"][place]["new_fen"] != fen:
            raise AssertionError(f"第 {place} 个情景与逐行计算不同：{fen}")
    began = time.perf_counter()
    run_single(book, points[50], rows, KNOWN)
    single = time.perf_counter() - began
    return {
        "child_months": rows.frame.height,
        "months": len(rows.months),
        "scenarios": len(points),
        "cells": done["cells"],
        "read_seconds": round(read, 1),
        "compute_seconds": round(spent, 1),
        "single_seconds": round(single, 1),
        "seconds": round(read + spent, 1),
        "equal_to_the_fen": True,
        "budget": BUDGET,
        "met": read + spent <= BUDGET,
    }


def hundred(book: Book) -> tuple[Plan, list[Axis]]:
    """县定标准 25 档 × 最低出勤 4 档，上限抬到 400 元。"""
    counties = [unit.code for unit in book.city.units if unit.counted]
    plan = Plan("测速", {"class_subsidy.ceiling": {(care,): 40_000 for care in CARE}})
    amounts = tuple((county, care) for county in counties for care in CARE)
    days = tuple((county,) for county in counties)
    return plan, [
        Axis("class_subsidy.amount", amounts, 10_000, 40_000, 1_250),
        Axis("class_subsidy.min_days", days, 8, 14, 2),
    ]


def plainly(book: Book, rows: Rows, plan: Plan) -> int:
    """逐行计算，不归并。"""
    tables = tables_of(book, RULE, rows.months, KNOWN, plan)
    fen = 0
    for month in rows.months:
        part = rows.frame.filter(pl.col("month") == month).select(inputs_of(book, RULE))
        fen += int(evaluate(tables[month], part, rows=False)["amount_fen"].sum() or 0)
    return fen


if __name__ == "__main__":
    import json

    from tests.reforms.frames import city_rows, quanzhou

    drawn = city_rows(quanzhou(), children=41_000, institutions=1_000)
    print(json.dumps(measure(quanzhou(), drawn), ensure_ascii=False, indent=1))
