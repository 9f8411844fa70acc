"""日考勤：the rule of ``attendance_derive`` in columns (a test holds the two together)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tuoyu.core import crypto

_KEY = ["child_id", "day"]


def derive(events: pl.DataFrame) -> pl.DataFrame:
    """由事件推出日考勤：one row per child and day that has an event."""
    trusted = pl.col("flags") % 2 == 0
    came, went = (pl.col("kind") == 1) & trusted, (pl.col("kind") == 2) & trusted
    sheets = (
        events.with_columns(in_at=pl.when(came).then("at"), out_at=pl.when(went).then("at"))
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col("institution_id").max(),
            pl.col("region_code").max(),
            pl.col("in_at").min(),
            pl.col("out_at").max(),
            pl.col("flags").bitwise_or(),
            events=pl.len().cast(pl.Int64),
        )
    )
    sheets = sheets.join(_last(events, 4, "fix"), on=_KEY, how="left")
    sheets = sheets.join(_last(events, 3, "gone"), on=_KEY, how="left")
    fixed = pl.col("fix_status").fill_null(0) > 0
    gone = pl.col("gone_status").fill_null(0) > 0
    seen = pl.col("in_at").is_not_null() | pl.col("out_at").is_not_null()
    present = pl.col("fix_status") == 1

    def time_of(name: str) -> pl.Expr:
        return (
            pl.when(fixed & present)
            .then(pl.coalesce(f"fix_{name}", name))
            .when(fixed)
            .then(None)
            .otherwise(pl.col(name))
        )

    return sheets.select(
        *_KEY,
        "institution_id",
        "region_code",
        status=pl.when(fixed).then("fix_status").when(seen).then(1).when(gone).then("gone_status"),
        in_at=time_of("in_at"),
        out_at=time_of("out_at"),
        reason=pl.when(fixed)
        .then("fix_reason")
        .when(~seen & gone)
        .then("gone_reason")
        .otherwise(pl.lit("")),
        is_corrected=fixed,
        flags="flags",
        events="events",
    )


def _last(events: pl.DataFrame, kind: int, name: str) -> pl.DataFrame:
    """最后一条更正（或请假）。"""
    rows = events.filter((pl.col("kind") == kind) & (pl.col("flags") % 2 == 0))
    rows = rows.sort("at", "id").unique(_KEY, keep="last", maintain_order=True)
    return rows.select(
        *_KEY,
        pl.col("set_status").alias(f"{name}_status"),
        pl.col("set_in_at").alias(f"{name}_in_at"),
        pl.col("set_out_at").alias(f"{name}_out_at"),
        pl.col("reason").alias(f"{name}_reason"),
    )


@dataclass(frozen=True)
class Sum:
    """一家机构一个月的日考勤合计与散列（what its director confirms）。"""

    children: int
    days: int
    digest: str


def sums(sheets: pl.DataFrame) -> dict[int, Sum]:
    """各机构当月合计；the digest is that of ``hash_sheets`` (a test holds the two together)."""
    lines = sheets.sort("child_id", "day").select(
        "institution_id",
        "child_id",
        came=pl.col("status") == 1,
        line=pl.concat_str(
            pl.col("child_id").cast(pl.String),
            pl.col("day").cast(pl.String),
            pl.col("status").cast(pl.String).fill_null(""),
            _instant("in_at"),
            _instant("out_at"),
            pl.when("is_corrected").then(pl.lit("True")).otherwise(pl.lit("False")),
            separator="|",
        ),
    )
    grouped = lines.group_by("institution_id", maintain_order=True).agg(
        children=pl.col("child_id").n_unique(),
        days=pl.col("came").sum(),
        text=pl.col("line").str.join("\n"),
    )
    return {
        inst: Sum(children, days, crypto.sm3(text.encode()).hex())
        for inst, children, days, text in grouped.iter_rows()
    }


def _instant(name: str) -> pl.Expr:
    """上海时间的 ISO 写法；empty when there is none."""
    local = (pl.col(name) + 8 * 3600 * 1_000_000).cast(pl.Datetime("us"))
    return local.dt.strftime("%Y-%m-%dT%H:%M:%S+08:00").fill_null("")
