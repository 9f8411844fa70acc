"""事件：from child-days to the append-only events at the door."""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl

from tuoyu.core import crypto
from tuoyu.sim.draws import salt, share, uuids

_SECOND = 1_000_000
_COLUMNS = [
    "id", "child_id", "institution_id", "region_code", "day", "kind", "at", "received_at",
    "device_id", "user_id", "guardian_id", "method", "reason", "set_status", "set_in_at",
    "set_out_at", "evidence", "flags",
]  # fmt: skip
_TIMES = ("at", "received_at", "set_in_at", "set_out_at")
_ILL = {1: "手足口病居家隔离", 2: "流感发热", 3: "感冒咳嗽"}
_OFF = ("家人休假在家照看", "回老家探亲", "预防接种", "家中有事", "外出")
_FINDINGS = (
    {"temperature": "37.4", "symptoms": ["流涕"]},
    {"temperature": "37.2", "symptoms": ["咳嗽"]},
    {"temperature": "36.8", "symptoms": ["皮疹"]},
    {"temperature": "37.6", "symptoms": ["精神差"]},
)


def door_events(rows: pl.DataFrame, cutoff: datetime, seed: int) -> pl.DataFrame:
    """一个月的全部事件，those not yet received at ``cutoff`` left out."""
    arrived = pl.col("state").is_in(["present", "wrong_child"])
    parts = [
        _arrivals(rows.filter(arrived), seed),
        _departures(rows.filter((pl.col("state") == "present") & ~pl.col("forgot")), seed),
        _leaves(rows.filter(pl.col("state").is_in(["sick", "off", "withdrawn"])), seed),
        _withdrawals(rows.filter(pl.col("state") == "withdrawn")),
        _absences(rows.filter(pl.col("state").is_in(["absent", "wrong_tap"]))),
        _corrections(rows, seed),
    ]
    events = pl.concat([p.select(_PARTS) for p in parts])
    late = (pl.col("received_at") - pl.col("at") > 48 * 3600 * _SECOND).cast(pl.Int64) * 2
    limit = int(cutoff.timestamp()) * _SECOND
    events = events.filter(pl.col("received_at") <= limit)
    events = events.with_columns(flags=pl.col("flags") | late, slot=pl.col("key") * 8 + pl.col("n"))
    events = events.sort("slot")
    ids = uuids(events["at"] // 1000, events["slot"], salt(seed, "event-id"))
    return _sealed(events.with_columns(id=ids), seed)


_PARTS = [
    "key", "n", "child_id", "institution_id", "region_code", "day", "kind", "at", "received_at",
    "device_id", "user_id", "guardian_id", "method", "reason", "set_status", "set_in_at",
    "set_out_at", "flags",
]  # fmt: skip


def _part(rows: pl.DataFrame, n: int, kind: int, **columns: pl.Expr) -> pl.DataFrame:
    """一类事件：what is not named is empty."""
    base = {
        "device_id": pl.lit(None, pl.String),
        "user_id": pl.lit(None, pl.Int64),
        "guardian_id": pl.lit(None, pl.Int64),
        "reason": pl.lit(""),
        "set_status": pl.lit(None, pl.Int64),
        "set_in_at": pl.lit(None, pl.Int64),
        "set_out_at": pl.lit(None, pl.Int64),
        "flags": pl.lit(0, pl.Int64),
    }
    named = {**base, **columns}
    named.setdefault("received_at", columns["at"] + 3 * _SECOND)
    kept = ("flags", "set_status", "set_in_at", "set_out_at")
    return rows.with_columns(n=pl.lit(n), kind=pl.lit(kind)).with_columns(
        **{k: v.cast(pl.Int64) if k in kept else v for k, v in named.items()}
    )


def _at(seconds: str) -> pl.Expr:
    return pl.col("midnight") + pl.col(seconds) * _SECOND


def _received(at: pl.Expr, seed: int) -> pl.Expr:
    """接收时间：seconds later; on some days the tablet had no network until the evening."""
    offline = share(pl.col("door"), salt(seed, "offline"))
    lag = (2 + share(pl.col("key"), salt(seed, "lag")) * 20).floor().cast(pl.Int64) * _SECOND
    evening = pl.col("midnight") + (19 * 3600 + 1800) * _SECOND + lag
    days_later = pl.col("midnight") + (3 * 24 + 9) * 3600 * _SECOND + lag
    return (
        pl.when(offline < 0.001)
        .then(days_later)
        .when((offline < 0.01) & (evening > at))
        .then(evening)
        .otherwise(at + lag)
    )


def _outside(at: pl.Expr) -> pl.Expr:
    minute = (at - pl.col("midnight")) // (60 * _SECOND)
    out = (minute < pl.col("opens") - 30) | (minute > pl.col("closes") + 90)
    return out.cast(pl.Int64) * 8


def _door(rows: pl.DataFrame, n: int, kind: int, seconds: str, who: str, seed: int) -> pl.DataFrame:
    skew = pl.when("skewed").then(25 * 60 * _SECOND).otherwise(0)
    at = _at(seconds) + skew
    by_code = share(pl.col("key"), salt(seed, f"method{n}"))
    method = (
        pl.when(pl.col("role").is_in(["ghost", "night"]))
        .then(pl.lit("wall"))
        .when(pl.col("role") == "roll")
        .then(pl.lit("wall"))
        .when(pl.col("role") == "code")
        .then(pl.lit("qr"))
        .when(pl.col("role") == "desk")
        .then(pl.lit("desk"))
        .when(by_code < pl.col("by_code"))
        .then(pl.lit("qr"))
        .when((by_code > 0.997) & (kind == 2))
        .then(pl.lit("code"))
        .otherwise(pl.lit("wall"))
    )
    return _part(
        rows,
        n,
        kind,
        at=at,
        received_at=_received(_at(seconds), seed) + skew,
        device_id=pl.col("device"),
        method=method,
        guardian_id=pl.when(method == "qr").then(pl.col(who)),
        user_id=pl.when(method.is_in(["wall", "desk"])).then(pl.col("teacher")),
        flags=_outside(_at(seconds)) | pl.col("skewed").cast(pl.Int64),
    )


def _arrivals(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    return _door(rows, 0, 1, "in_sec", "brings", seed)


def _departures(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    return _door(rows, 1, 2, "out_sec", "fetches", seed)


def _leaves(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """家长请假：illness is told on its first morning for all its days."""
    drawn = share(pl.col("spell_key"), salt(seed, "told"))
    sick_at = pl.col("spell_midnight") + ((6.6 + drawn * 2.2) * 3600).floor().cast(pl.Int64) * (
        _SECOND
    )
    own = share(pl.col("key"), salt(seed, "told"))
    ahead = (share(pl.col("key"), salt(seed, "ahead")) * 4).floor() * 24
    off_at = pl.col("midnight") - ((2.2 + own * 3 + ahead) * 3600).floor().cast(pl.Int64) * _SECOND
    which = (share(pl.col("key"), salt(seed, "off-why")) * len(_OFF)).floor().cast(pl.Int64)
    return _part(
        rows,
        2,
        3,
        at=pl.when(pl.col("state") == "sick").then(sick_at).otherwise(off_at),
        method=pl.lit("parent"),
        guardian_id=pl.col("asks"),
        set_status=pl.lit(2),
        reason=pl.when(pl.col("state") == "sick")
        .then(pl.col("spell_ill").replace_strict(_ILL, default="", return_dtype=pl.String))
        .otherwise(which.replace_strict(dict(enumerate(_OFF)), return_dtype=pl.String)),
    )


def _withdrawals(rows: pl.DataFrame) -> pl.DataFrame:
    """撤回请假，and then nobody tapped: the day stays 待核."""
    return _part(
        rows,
        3,
        3,
        at=pl.col("midnight") + (7 * 3600 + 600) * _SECOND,
        method=pl.lit("parent"),
        guardian_id=pl.col("asks"),
        set_status=pl.lit(0),
        reason=pl.lit("撤回请假"),
    )


def _absences(rows: pl.DataFrame) -> pl.DataFrame:
    """截止后老师登记的缺勤。"""
    return _part(
        rows,
        4,
        3,
        at=pl.col("midnight") + (9 * 3600 + 1800) * _SECOND,
        method=pl.lit("desk"),
        user_id=pl.col("teacher"),
        set_status=pl.lit(3),
        reason=pl.lit("未到未请假，已电话询问"),
    )


def _corrections(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """次日更正：a second record with a reason."""
    present = pl.col("state") == "present"
    forgot = present & pl.col("forgot") & pl.col("mended")
    skewed = present & pl.col("skewed") & ~pl.col("is_open")
    tapped = pl.col("state") == "wrong_tap"
    wrong = pl.col("state") == "wrong_child"
    rows = rows.filter(forgot | skewed | tapped | wrong)
    lag = (share(pl.col("key"), salt(seed, "desk")) * 3600).floor().cast(pl.Int64) * _SECOND
    times = ~wrong
    return _part(
        rows,
        5,
        4,
        at=pl.col("after_midnight") + 31_200 * _SECOND + lag,
        method=pl.lit("desk"),
        user_id=pl.col("teacher"),
        set_status=pl.when(wrong).then(2).otherwise(1),
        set_in_at=pl.when(times).then(_at("in_sec")),
        set_out_at=pl.when(times).then(_at("out_sec")),
        reason=pl.when(wrong)
        .then(pl.lit("点错人，当日家长已口头请假"))
        .when(tapped)
        .then(pl.lit("误登缺勤，实际到托，按监控核对"))
        .when(skewed)
        .then(pl.lit("门口平板时钟偏差，按监控核对"))
        .otherwise(pl.lit("家长忘记签离，按监控补录")),
    )


def _sealed(events: pl.DataFrame, seed: int) -> pl.DataFrame:
    """晨检发现：sealed for the few mornings with a finding."""
    chance = share(pl.col("slot"), salt(seed, "finding"))
    found = events.filter((pl.col("kind") == 1) & (chance < 0.012)).select("slot")
    where = "attendance_event.evidence"
    texts = [
        "\\x" + crypto.seal(json.dumps(f, ensure_ascii=False, sort_keys=True), where).hex()
        for f in (_FINDINGS[slot % len(_FINDINGS)] for slot in found["slot"].to_list())
    ]
    sealed = found.with_columns(evidence=pl.Series(texts, dtype=pl.String))
    return events.join(sealed, on="slot", how="left", maintain_order="left").select(_COLUMNS)


def with_times(frame: pl.DataFrame) -> pl.DataFrame:
    """微秒数 → 时刻（供入库）。"""
    named = [c for c in (*_TIMES, "in_at", "out_at") if c in frame.columns]
    return frame.with_columns(pl.col(named).cast(pl.Datetime("us", "UTC")))
