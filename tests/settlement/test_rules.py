"""结算算法的性质：sums, order and deltas, on made-up months."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import resolve
from tuoyu.domains.subsidies import rules

RESOLVED = resolve(current_book(), "class_subsidy", "2025-06", date(2025, 10, 15))
CLASSES = ["infant", "toddler", "older", "mixed", "home"]
UNITS = ["350582", "350521", "350502", "350581"]


@st.composite
def months(draw: Any) -> list[dict[str, Any]]:
    count = draw(st.integers(0, 30))
    return [
        {
            "institution_id": 1 + n % 4,
            "child_id": 100 + n,
            "region_code": UNITS[n % 4],
            "class_group_id": draw(st.none() | st.just(7)),
            "unit_code": UNITS[n % 4],
            "cls": draw(st.sampled_from(CLASSES)),
            "age_months": draw(st.integers(0, 40)),
            "inclusive": draw(st.booleans()),
            "days": draw(st.none() | st.integers(0, 23)),
            "fee_fen": draw(st.none() | st.integers(0, 60_000)),
            "input_hash": "0" * 32,
        }
        for n in range(count)
    ]


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=rules.INPUTS).sort(rules.KEYS)


def as_before(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.with_columns(pl.col("delta_fen").fill_null(0).alias("granted_fen"))


@settings(max_examples=25, deadline=None)
@given(months())
def test_lines_statements_and_run_add_up(rows: list[dict[str, Any]]) -> None:
    lines = rules.compute(RESOLVED, frame(rows))
    sheets = rules.statements(lines)
    assert sheets["total_fen"].sum() == lines["delta_fen"].sum()
    assert sheets["lines"].sum() == lines.height == len(rows)
    split = sheets["paid_lines"] + sheets["zero_lines"] + sheets["undetermined_lines"]
    assert split.sum() == len(rows)
    unknown = lines.filter(pl.col("state") == rules.UNDETERMINED)
    assert unknown["amount_fen"].null_count() == unknown.height
    paid = lines.filter(pl.col("state") == rules.PAID)
    assert (paid["amount_fen"] <= paid["limit_fen"]).all()
    assert (paid["amount_fen"] <= paid["fee_fen"]).all()


@settings(max_examples=25, deadline=None)
@given(months(), months())
def test_deltas_carry_the_old_month_to_the_new(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    """What was granted plus the deltas is what the new month gives (unknown keeps the old)."""
    before = as_before(rules.compute(RESOLVED, frame(old)))
    now = rules.compute(RESOLVED, frame(new))
    changed = rules.changes(now, before)
    granted = {r["child_id"]: r["granted_fen"] for r in before.iter_rows(named=True)}
    for r in changed.iter_rows(named=True):
        granted[r["child_id"]] = granted.get(r["child_id"], 0) + (r["delta_fen"] or 0)
    want = {r["child_id"]: r["amount_fen"] for r in now.iter_rows(named=True)}
    for child, fen in granted.items():
        if child not in want:
            assert fen == 0
        elif want[child] is not None:
            assert fen == want[child]
    assert rules.changes(now, as_before(now)).is_empty()


@settings(max_examples=15, deadline=None)
@given(months())
def test_recomputing_gives_the_same_bytes(rows: list[dict[str, Any]]) -> None:
    lines = rules.compute(RESOLVED, frame(rows))
    again = rules.recompute(
        RESOLVED, lines.select(list(rules.INPUTS)), lines["gate"] == rules.WITHDRAWN
    )
    assert rules.canonical(again) == rules.canonical(lines)
