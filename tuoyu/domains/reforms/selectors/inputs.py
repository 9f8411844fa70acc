"""重放的底数：what the months really were, read as the settlement reads them.

A rule joins the sandbox by a line in ``SOURCES``; rules that are settled month by month need none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from tuoyu.core.periods import add_months, month_of, month_start
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import MonthClose
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.engine import Book, Rule
from tuoyu.domains.reforms.rules.outcome import MONTH
from tuoyu.domains.reforms.rules.replaying import DIMENSIONS, Rows
from tuoyu.domains.subsidies import rules as settled
from tuoyu.domains.subsidies.selectors import gather

MONTHS = 12
_SQL = Path(__file__).resolve().parents[1] / "sql"
_TYPES: dict[str, pl.DataType] = {
    "int": pl.Int64(),
    "fen": pl.Int64(),
    "bool": pl.Boolean(),
    "code": pl.String(),
    "date": pl.Date(),
}


@dataclass(frozen=True)
class Source:
    """一条规则的底数从哪里来：``note`` says by which 口径."""

    read: Callable[[Book, str, date], pl.DataFrame]
    unit: str
    note: str


def _settled(book: Book, rule_id: str, month: date) -> pl.DataFrame:
    """人月：the very inputs of the monthly settlement."""
    found = gather.read_inputs(book, rule_id, month)
    return found.rename({k: v for k, v in settled.NAMED.items() if k in found.columns})


def _institutions(book: Book, rule_id: str, month: date) -> pl.DataFrame:
    """机构月。"""
    sql = (_SQL / "institution_months.sql").read_text(encoding="utf-8")
    schema: dict[str, pl.DataType] = {
        "institution_id": pl.Int64(),
        "region_code": pl.String(),
        "county": pl.String(),
        "inclusive": pl.Boolean(),
        "filed": pl.Boolean(),
        "months_open": pl.Int64(),
        "enrolled": pl.Int64(),
        "places": pl.Int64(),
    }
    return gather.read_frame(sql, {"lo": month, "hi": add_months(month, 1)}, schema)


PERSONS = Source(_settled, "人月", "与月度结算同一口径：已月结机构的真实考勤、班型、月龄与实收")
SOURCES = {
    "operating_subsidy": Source(
        _institutions, "家月", "已月结的机构；在托人数取当月第一日，托位取当月已备案或运营的"
    ),
}


def source_of(rule_id: str) -> Source | None:
    """某规则的底数来源；none means that nothing is stored for it yet."""
    return PERSONS if rule_id in gather.SOURCES else SOURCES.get(rule_id)


def list_rules(book: Book) -> list[Rule]:
    """能在沙盘里算的规则：those with stored inputs."""
    return [rule for rule in book.rules.values() if source_of(rule.id) is not None]


def recent_months(scope: Scope, today: date) -> list[str]:
    """最近 12 个有月结的月份，从早到晚。"""
    found = (
        MonthClose.objects.visible_to(scope)
        .filter(month__lte=today)
        .order_by("-month")
        .values_list("month", flat=True)
        .distinct()[:MONTHS]
    )
    return sorted(month_of(month) for month in found)


def count_rows(scope: Scope, months: Sequence[str]) -> int:
    """大约多少人月：decides whether the answer is waited for."""
    days = [month_start(month) for month in months]
    closed = MonthClose.objects.visible_to(scope).filter(month__in=days)
    return sum(closed.values_list("children", flat=True))


def read_month(book: Book, rule_id: str, month: str, scope: Scope) -> pl.DataFrame:
    """一个月的底数：the rule's inputs, the dimensions and whom each row is of."""
    source = source_of(rule_id)
    assert source is not None
    found = source.read(book, rule_id, month_start(month))
    if scope.kind == "region":
        found = found.filter(pl.col("region_code").str.starts_with(scope.region_prefix))
    rule = book.rule(rule_id)
    missing = [i for i in rule.inputs if i.id not in found.columns]
    extra = [pl.lit(None, dtype=_TYPES[i.type]).alias(i.id) for i in missing]
    extra += [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in (("child_id", pl.Int64()), ("cls", pl.String()))
        if name not in found.columns and name not in {i.id for i in missing}
    ]
    whole = found.with_columns(pl.lit(month).alias(MONTH), *extra)
    joined = whole.join(_kinds(), on="institution_id", how="left", maintain_order="left")
    inputs = [pl.col(i.id).cast(_TYPES[i.type]) for i in rule.inputs if i.id not in DIMENSIONS]
    given = any(i.id == "cls" for i in rule.inputs)
    cls = pl.col("cls") if given else pl.col("cls").fill_null("")
    return joined.select(MONTH, "child_id", "institution_id", "unit", "kind", cls, *inputs)


def _kinds() -> pl.DataFrame:
    rows = Institution.objects.unscoped(reason="机构信息公开").values_list(
        "pk", "kind", "unit_code"
    )
    return pl.DataFrame(
        list(rows), schema={"institution_id": pl.Int64, "kind": pl.String, "unit": pl.String},
        orient="row",
    )  # fmt: skip


def joined(rule_id: str, parts: Sequence[tuple[str, pl.DataFrame]]) -> Rows:
    """各月合成底数，连同散列。"""
    digests = [f"{month}:{digest_frame(frame)}" for month, frame in parts]
    return Rows(
        rule=rule_id,
        months=tuple(month for month, _ in parts),
        frame=pl.concat([frame for _, frame in parts]),
        sha256=hashlib.sha256("\n".join(digests).encode()).hexdigest(),
    )


def digest_frame(frame: pl.DataFrame) -> str:
    """一个月底数的散列：order of rows does not matter; an empty cell is not a word."""
    ordered = frame.sort(["institution_id", "child_id"], nulls_last=True)
    text = ordered.write_csv(quote_style="non_numeric", null_value="\\N")
    return hashlib.sha256(text.encode()).hexdigest()
