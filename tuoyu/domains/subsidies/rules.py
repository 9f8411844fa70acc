"""结算的算法（纯函数）：inputs in, lines out; the same for settling, deltas and replaying.

Frames carry the columns of ``LINE``; inputs are what the policy rule asks for, everything else is
worked out. Nothing here knows a database.
"""

from __future__ import annotations

import hashlib

import polars as pl

from tuoyu.domains.policies import engine
from tuoyu.domains.policies.engine import Resolved

PAID, ZERO, UNDETERMINED = 1, 2, 3
WITHDRAWN = "withdrawn"
WITHDRAWN_WORDS = "当月不再计入本机构（入托登记已更正，或当月计在另一机构）"
KEYS = ["institution_id", "child_id"]

INPUTS: dict[str, pl.DataType] = {
    "institution_id": pl.Int64(),
    "child_id": pl.Int64(),
    "region_code": pl.String(),
    "class_group_id": pl.Int64(),
    "unit_code": pl.String(),
    "cls": pl.String(),
    "age_months": pl.Int16(),
    "inclusive": pl.Boolean(),
    "days": pl.Int16(),
    "fee_fen": pl.Int64(),
    "input_hash": pl.String(),
}
OUTPUTS: dict[str, pl.DataType] = {
    "state": pl.Int16(),
    "amount_fen": pl.Int64(),
    "limit_fen": pl.Int64(),
    "set_fen": pl.Int64(),
    "delta_fen": pl.Int64(),
    "gate": pl.String(),
    "binding": pl.String(),
    "params": pl.String(),
}
LINE: dict[str, pl.DataType] = {**INPUTS, **OUTPUTS}
# How a line's inputs are called in the policy rule.
NAMED = {"unit_code": "county", "fee_fen": "fee"}
_STATES = [ZERO, PAID, UNDETERMINED]  # by the engine's own numbers


def compute(resolved: Resolved, inputs: pl.DataFrame) -> pl.DataFrame:
    """逐行计算：adds the outputs (``delta_fen`` still equals the amount)."""
    given = inputs.select(
        pl.col(name).alias(NAMED.get(name, name))
        for name in INPUTS
        if NAMED.get(name, name) in {item.id for item in resolved.rule.inputs}
    )
    judged = engine.evaluate(resolved, given)
    rule = resolved.rule
    outputs = judged.select(
        pl.lit(pl.Series(_STATES, dtype=pl.Int16)).gather(pl.col("state")).alias("state"),
        pl.col("amount_fen").cast(pl.Int64),
        pl.col("limit_fen").cast(pl.Int64),
        pl.col("set_fen").cast(pl.Int64),
        pl.col("amount_fen").cast(pl.Int64).alias("delta_fen"),
        _words([gate.id for gate in rule.gates], "gate"),
        _words([term.name for term in rule.terms], "binding"),
        pl.concat_str(
            [pl.col(f"row:{name}") for name in rule.params], separator=",", ignore_nulls=True
        ).alias("params"),
    )
    return inputs.select(list(INPUTS)).hstack(outputs)


def _words(listed: list[str], name: str) -> pl.Expr:
    words = pl.lit(pl.Series([*listed, ""]))
    place = pl.col(name).fill_null(len(listed)).cast(pl.UInt32)
    return words.gather(place).alias(name)


def withdrawn(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """不再计入的行：settled before, gone now; they come back as zero so that money follows."""
    gone = before.filter(pl.col("amount_fen").ne_missing(0)).join(now, on=KEYS, how="anti")
    return as_withdrawn(gone.select(list(INPUTS)))


def as_withdrawn(inputs: pl.DataFrame) -> pl.DataFrame:
    """「不再计入」的结果。"""
    nothing = pl.lit(None, dtype=pl.Int64)
    return inputs.with_columns(
        pl.lit(ZERO, dtype=pl.Int16).alias("state"),
        pl.lit(0, dtype=pl.Int64).alias("amount_fen"),
        nothing.alias("limit_fen"),
        nothing.alias("set_fen"),
        pl.lit(0, dtype=pl.Int64).alias("delta_fen"),
        pl.lit(WITHDRAWN).alias("gate"),
        pl.lit("").alias("binding"),
        pl.lit("").alias("params"),
    )


def changes(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """增减行：only where the amount differs from the last one; missing is not zero."""
    lines = pl.concat([now, withdrawn(before, now)])
    old = before.select(
        *KEYS, pl.col("amount_fen").alias("old_fen"), pl.lit(True).alias("is_known")
    )
    joined = lines.join(old, on=KEYS, how="left", maintain_order="left")
    differs = pl.col("is_known").is_null() | pl.col("amount_fen").ne_missing(pl.col("old_fen"))
    changed = joined.filter(differs).select(list(LINE))
    return with_deltas(changed, before.select(*KEYS, "granted_fen")).sort(KEYS)


def with_deltas(lines: pl.DataFrame, granted: pl.DataFrame) -> pl.DataFrame:
    """本次增减：amount less what earlier runs granted. An undetermined line moves no money."""
    given = granted.select(*KEYS, pl.col("granted_fen").cast(pl.Int64))
    joined = lines.join(given, on=KEYS, how="left", maintain_order="left")
    delta = pl.col("amount_fen") - pl.col("granted_fen").fill_null(0)
    return joined.with_columns(delta.alias("delta_fen")).select(list(LINE))


def recompute(resolved: Resolved, inputs: pl.DataFrame, gone: pl.Series) -> pl.DataFrame:
    """重算存档的行；``gone`` marks those that had been withdrawn."""
    kept = compute(resolved, inputs.filter(~gone))
    return pl.concat([kept, as_withdrawn(inputs.filter(gone))]).sort(KEYS)


def canonical(frame: pl.DataFrame) -> bytes:
    """规范字节：the same lines are the same bytes; an empty cell is not the empty word."""
    text = frame.select(list(LINE)).write_csv(quote_style="non_numeric", null_value="\\N")
    return text.encode()


def digest_inputs(frame: pl.DataFrame) -> str:
    """输入散列。"""
    text = frame.select(list(INPUTS)).write_csv(quote_style="non_numeric", null_value="\\N")
    return hashlib.sha256(text.encode()).hexdigest()


def digest_lines(frame: pl.DataFrame) -> str:
    """结果散列。"""
    return hashlib.sha256(canonical(frame)).hexdigest()


def statements(frame: pl.DataFrame) -> pl.DataFrame:
    """按机构汇总：one row per institution; the money is the sum of this run's deltas."""
    return frame.group_by("institution_id", "region_code", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("lines"),
        (pl.col("state") == PAID).sum().cast(pl.Int64).alias("paid_lines"),
        (pl.col("state") == ZERO).sum().cast(pl.Int64).alias("zero_lines"),
        (pl.col("state") == UNDETERMINED).sum().cast(pl.Int64).alias("undetermined_lines"),
        pl.col("delta_fen").sum().alias("total_fen"),
    )
