"""日子：what happened at the doors in one month, drawn child-day by child-day in Polars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from tuoyu.core import clock, workdays
from tuoyu.sim.draws import bell, salt, share

EPOCH = date(2024, 6, 1)  # day numbers count from here; a child's key is number × 1024 + day
LOOK_BACK = 10  # working days: a spell of illness may have begun in the month before


@dataclass(frozen=True)
class Span:
    """一个月的跨度：its working days, and which wait for nobody's confirmation any more."""

    month: date
    days: tuple[date, ...]
    before: tuple[date, ...]
    is_open: bool  # the month is not closed yet: some days may still be unclear


def span_of(month: date, last: date, *, is_open: bool) -> Span:
    """当月到 ``last``（含）为止的工作日。"""
    days = tuple(d for d in workdays.days_of(month) if d <= last)
    before: list[date] = []
    day = month
    while len(before) < LOOK_BACK:
        day -= timedelta(days=1)
        if workdays.is_workday(day):
            before.append(day)
    return Span(month, days, tuple(reversed(before)), is_open)


def next_workday(day: date) -> date:
    """下一个工作日。"""
    day += timedelta(days=1)
    while not workdays.is_workday(day):
        day += timedelta(days=1)
    return day


def child_days(habits: pl.DataFrame, waves: pl.DataFrame, span: Span, seed: int) -> pl.DataFrame:
    """儿童 × 日：status, times and accidents of each enrolled child on each working day."""
    days = (*span.before, *span.days)
    calendar = pl.DataFrame(
        {
            "day": days,
            "after": [next_workday(d) for d in days],
            "day_no": [(d - EPOCH).days for d in days],
            "turn": list(range(len(days))),
            "midnight": [_micros(d) for d in days],
            "after_midnight": [_micros(next_workday(d)) for d in days],
        },
        schema_overrides={"day": pl.Date, "after": pl.Date},
    )
    rows = (
        habits.join(calendar, how="cross")
        .filter((pl.col("day") >= pl.col("start")) & (pl.col("day") < pl.col("end")))
        .join(waves, on=["unit", "day"], how="left")
        .with_columns(
            key=pl.col("no") * 1024 + pl.col("day_no"),
            door=pl.col("institution_id") * 1024 + pl.col("day_no"),
        )
        .sort("no", "turn")
    )
    rows = _illness(rows, seed).filter(pl.col("day") >= span.month)
    return _accidents(rows, span, seed)


def _micros(day: date) -> int:
    return int(clock.at(day).timestamp()) * 1_000_000


def _illness(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """病假：a spell starts by chance and lasts some working days."""
    chance = (pl.col("p_hand") + pl.col("p_flu") + pl.col("p_cold")) * pl.col("weak")
    which = share(pl.col("key"), salt(seed, "which")) * (
        pl.col("p_hand") + pl.col("p_flu") + pl.col("p_cold")
    )
    length = share(pl.col("key"), salt(seed, "length"))
    rows = rows.with_columns(
        falls=share(pl.col("key"), salt(seed, "falls")) < chance,
        ill=pl.when(which < pl.col("p_hand"))
        .then(1)
        .when(which < pl.col("p_hand") + pl.col("p_flu"))
        .then(2)
        .otherwise(3),
    ).with_columns(
        lasts=pl.when(pl.col("ill") == 1)
        .then(5 + (length * 4).floor())
        .when(pl.col("ill") == 2)
        .then(3 + (length * 3).floor())
        .otherwise(1 + (length * 3).floor())
    )
    started = [
        pl.when("falls").then(pl.col(c)).forward_fill().over("no").alias(f"spell_{c}")
        for c in ("turn", "ill", "lasts", "midnight", "key")
    ]
    return rows.with_columns(started).with_columns(
        sick=(pl.col("turn") - pl.col("spell_turn") < pl.col("spell_lasts")).fill_null(False)
    )


def _accidents(rows: pl.DataFrame, span: Span, seed: int) -> pl.DataFrame:
    """其余的事：leave for family reasons, no-shows, wrong taps, forgotten check-outs, times."""

    def below(name: str, chance: pl.Expr | float) -> pl.Expr:
        return share(pl.col("key"), salt(seed, name)) < chance

    unclear = 0.003 if span.is_open else 0.0
    ghost = pl.col("role") == "ghost"
    rows = rows.with_columns(
        off=below("off", pl.col("p_off") * pl.col("away")),
        no_show=below("no-show", 0.004),
        wrong_tap=below("wrong-tap", 0.0015),
        wrong_child=below("wrong-child", 0.0008),
        unseen=below("unseen", 0.0015 if span.is_open else 0.0),
        withdrawn=below("withdrawn", unclear),
        forgot=below("forgot", pl.col("forgets")),
        mended=below("mended", 0.65),
        late_fetch=below("late-fetch", 0.02),
        skewed=share(pl.col("door"), salt(seed, "skewed")) < 0.0012,
    )
    state = (
        pl.when(ghost)
        .then(pl.lit("present"))
        .when("sick")
        .then(pl.lit("sick"))
        .when("off")
        .then(pl.lit("off"))
        .when("unseen")
        .then(pl.lit("unseen"))
        .when("withdrawn")
        .then(pl.lit("withdrawn"))
        .when("no_show")
        .then(pl.lit("absent"))
        .when("wrong_tap")
        .then(pl.lit("wrong_tap"))
        .when("wrong_child")
        .then(pl.lit("wrong_child"))
        .otherwise(pl.lit("present"))
    )
    arrive = pl.col("in_mid") + bell(pl.col("key"), salt(seed, "arrive")) * pl.col("in_spread")
    arrive += bell(pl.col("door"), salt(seed, "rain")) * 3
    leave = pl.col("out_mid") + bell(pl.col("key"), salt(seed, "leave")) * pl.col("out_spread")
    extra = 8 + share(pl.col("key"), salt(seed, "extra")) * 60
    late = pl.col("closes") + extra
    leave = pl.when("late_fetch").then(late).otherwise(leave)
    return rows.with_columns(
        state=state,
        is_open=pl.lit(span.is_open),
        forgot=pl.col("forgot") & ~ghost,
        skewed=pl.col("skewed") & ~ghost,
        in_sec=pl.when(ghost)
        .then(8 * 3600)
        .otherwise((pl.max_horizontal(arrive, pl.col("opens") - 12) * 60).floor())
        .cast(pl.Int64),
        out_sec=pl.when(ghost)
        .then(17 * 3600)
        .otherwise((pl.min_horizontal(leave, pl.lit(20 * 60.0)) * 60).floor())
        .cast(pl.Int64),
    )


def horizon(now: datetime, until: date | None) -> tuple[date, datetime]:
    """最后一天（含）与截止时刻：nothing that comes later has been received."""
    if until is None:
        return now.date(), now
    return until - timedelta(days=1), clock.at(until) + timedelta(days=5)
