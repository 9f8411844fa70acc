"""结算输入：read set-wise from the database through COPY, no row ever becomes a Python object."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
from django.db import connection

from tuoyu.core.periods import add_months
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.policies.engine.explain import AGE_QUESTION
from tuoyu.domains.subsidies import rules

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _sql(name: str, columns: str = "") -> str:
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    return text.replace("{columns}", columns)


# Which rule is fed by which query; another programme adds its line here.
SOURCES = {"class_subsidy": "child_months"}


def read_frame(
    sql: str, params: dict[str, object], schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """查询结果成表：COPY out as CSV, read by columns."""
    command = f"COPY ({sql}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.cursor.copy(command, params) as out:
        text = b"".join(out)
    if not text:
        return pl.DataFrame(schema=schema)
    # COPY writes t and f; an empty word comes quoted and is kept apart from nothing.
    booleans = [name for name, kind in schema.items() if kind == pl.Boolean()]
    reading = {name: pl.String() if name in booleans else kind for name, kind in schema.items()}
    frame = pl.read_csv(io.BytesIO(text), has_header=False, schema=reading)
    return frame.with_columns(pl.col(name) == "t" for name in booleans)


def read_inputs(book: Book, rule_id: str, month: date) -> pl.DataFrame:
    """当月全部人月的输入（只含已月结的机构）。"""
    end = add_months(month, 1)
    asked = book.interpretations.get(AGE_QUESTION)
    last = (end - month).days
    on_last = asked is not None and asked.chosen == "last_day_of_month"
    params: dict[str, object] = {
        "lo": month,
        "hi": end,
        "year": month.year,
        "month": month.month,
        "day": last if on_last else 1,
        "last": last,
    }
    return read_frame(_sql(SOURCES[rule_id]), params, rules.INPUTS)


def read_lines(run_id: int) -> pl.DataFrame:
    """一次结算存下的行。"""
    return read_frame(_sql("stored", ", ".join(rules.LINE)), {"run": run_id}, rules.LINE)


def read_before(rule_id: str, month: date, number: int) -> pl.DataFrame:
    """此前各次结算的最后结果与累计。"""
    columns = ", ".join(f"l.{name}" for name in rules.LINE)
    return read_frame(
        _sql("before", columns),
        {"rule": rule_id, "lo": month, "number": number},
        {**rules.LINE, "granted_fen": pl.Int64()},
    )


def find_tampered_inputs(run_id: int) -> list[int]:
    """输入散列对不上的行（儿童编号）。"""
    with connection.cursor() as cursor:
        cursor.execute(_sql("tampered"), {"run": run_id})
        return [row[0] for row in cursor.fetchall()]


def list_unclosed(month: date) -> list[int]:
    """有在托儿童而未月结的机构。"""
    with connection.cursor() as cursor:
        cursor.execute(_sql("unclosed"), {"lo": month, "hi": add_months(month, 1)})
        return [row[0] for row in cursor.fetchall()]
