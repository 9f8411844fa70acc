"""成批方案：equal to the fen with the plain evaluation, whatever was grouped."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.reforms.frames import KNOWN, MONTHS, RULE, city_rows, quanzhou
from tuoyu.domains.policies.engine import PAID, UNDETERMINED, ZERO, Book, evaluate, evaluate_one
from tuoyu.domains.reforms.rules import cells
from tuoyu.domains.reforms.rules.plans import Axis, Plan, PlanError, points_of, tables_of
from tuoyu.domains.reforms.rules.replaying import Rows, inputs_of, run_single, run_sweep

AMOUNT, CEILING, DAYS = (
    "class_subsidy.amount",
    "class_subsidy.ceiling",
    "class_subsidy.min_days",
)
CARE = ("infant", "toddler", "mixed_u24m")


@pytest.fixture(scope="module")
def book() -> Book:
    return quanzhou()


@pytest.fixture(scope="module")
def rows(book: Book) -> Rows:
    return city_rows(book, children=600, institutions=40)


def plainly(book: Book, rows: Rows, plan: Plan | None) -> dict[str, int]:
    """逐行、不归并地算。"""
    tables = tables_of(book, RULE, rows.months, KNOWN, plan)
    found = {"fen": 0, "paid": 0, "zero": 0, "open": 0, "limit": 0, "set": 0}
    for month in rows.months:
        part = rows.frame.filter(pl.col("month") == month)
        done = evaluate(tables[month], part.select(inputs_of(book, RULE)), rows=False)
        paid = done.filter(pl.col("state") == PAID)
        found["fen"] += int(done["amount_fen"].sum())
        found["paid"] += paid.height
        found["zero"] += done.filter(pl.col("state") == ZERO).height
        found["open"] += done.filter(pl.col("state") == UNDETERMINED).height
        found["limit"] += int(paid["limit_fen"].cast(pl.Int64).sum())
        found["set"] += int(paid["set_fen"].cast(pl.Int64).sum())
    return found


def grid(book: Book) -> tuple[Plan, list[Axis]]:
    counties = [unit.code for unit in book.city.units if unit.counted]
    return Plan("扫", {CEILING: {(c,): 40_000 for c in CARE}}, follow=False), [
        Axis(AMOUNT, tuple((c, k) for c in counties for k in CARE), 10_000, 45_000, 2_500),
        Axis(DAYS, tuple((c,) for c in counties), 8, 14, 3),
    ]


@pytest.mark.parametrize("fills", [False, True])
def test_every_point_equals_the_plain_evaluation(book: Book, rows: Rows, fills: bool) -> None:
    plan, axes = grid(book)
    plan = replace(plan, fills=fills)
    done = run_sweep(book, plan, axes, rows, KNOWN)
    points = points_of(plan, axes)
    assert len(done["points"]) == len(points) == 45
    for place in range(0, 45, 4):
        want, got = plainly(book, rows, points[place]), done["points"][place]
        assert got["new_fen"] == want["fen"] == sum(got["units"].values())
        assert (got["new_paid"], got["new_zero"], got["new_open"]) == (
            want["paid"],
            want["zero"],
            want["open"],
        )
        assert (got["new_limit_fen"], got["new_set_fen"]) == (want["limit"], want["set"])
    base = plainly(book, rows, None)
    assert done["base"]["base_fen"] == base["fen"]
    assert base["open"] > 0
    assert done["points"][0]["settled"] == (
        plainly(book, rows, None)["open"] - done["points"][0]["new_open"]
    )


def test_a_single_scenario_equals_child_by_child(book: Book) -> None:
    few = city_rows(book, children=60, institutions=9, seed=7)
    plan = Plan("甲", {AMOUNT: {("350582", "infant"): 30_000}, DAYS: {("350582",): 12}})
    done = run_single(book, plan, few, KNOWN)
    for name, one in (("base", None), ("new", plan), ("move", replace(plan, follow=True))):
        tables = tables_of(book, RULE, few.months, KNOWN, one)
        answers = [
            evaluate_one(tables[row["month"]], {i: row[i] for i in inputs_of(book, RULE)})
            for row in few.frame.iter_rows(named=True)
        ]
        assert done["totals"][f"{name}_fen"] == sum(a.amount_fen or 0 for a in answers)
        assert done["totals"][f"{name}_open"] == sum(a.state == UNDETERMINED for a in answers)
    for by in ("unit", "kind", "cls", "month"):
        for name in ("base_fen", "new_fen", "move_fen", "n", "new_open", "up", "down"):
            assert sum(r[name] for r in done["by"][by]) == done["totals"][name]
    assert sum(i["new_fen"] for i in done["institutions"]) == done["totals"]["new_fen"]


def test_grouping_leaves_thresholds_and_ties_as_they_are(book: Book) -> None:
    """One day, one month, one fen around each threshold."""
    plan = Plan("乙", {CEILING: {("infant",): 24_000}, DAYS: {("350582",): 12}})
    tables = tables_of(book, RULE, ["2025-07"], KNOWN, plan)
    frame = pl.DataFrame(
        [
            {"month": "2025-07", "county": "350582", "cls": cls, "age_months": age,
             "inclusive": True, "days": days, "fee": fee}
            for cls in ("infant", "mixed", "toddler")
            for age in (0, 23, 24, 25, None)
            for days in (None, 0, 9, 10, 11, 12, 13, 23)
            for fee in (None, 0, 15_999, 16_000, 16_001, 23_999, 24_000, 24_001, 90_000)
        ]
    )  # fmt: skip
    shrunk = cells.shrink(frame, book.rule(RULE), tables.values())
    asked = inputs_of(book, RULE)
    before = evaluate(tables["2025-07"], frame.select(asked), rows=False)
    after = evaluate(tables["2025-07"], shrunk.select(asked), rows=False)
    kept = ["state", "amount_fen", "gate", "binding", "limit_fen", "set_fen"]
    assert before.select(kept).equals(after.select(kept))
    assert shrunk["fee"].n_unique() < frame["fee"].n_unique()


def test_a_sweep_too_large_or_backwards_is_refused() -> None:
    axis = Axis(CEILING, (("infant",),), 100, 200, 1)
    with pytest.raises(PlanError, match="最多"):
        points_of(Plan("大"), [axis, Axis(DAYS, (("350582",),), 1, 20, 1)])
    with pytest.raises(PlanError, match="止值不得小于起值"):
        points_of(Plan("反"), [replace(axis, last=50)])
    with pytest.raises(PlanError, match="没有写明"):
        points_of(Plan("空"), [])


def test_an_input_used_otherwise_is_left_alone(book: Book) -> None:
    """operating_subsidy multiplies enrolled and places: these must not be moved."""
    uses = cells.uses_of(book.rule("operating_subsidy"))
    assert uses["months_open"].is_plain
    assert not uses["enrolled"].is_plain
    assert not uses["places"].is_plain
    assert MONTHS[0] == "2025-01"
