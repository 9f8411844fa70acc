"""埋设的违规：a few frauds, each written into the truth file with its ids."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from tuoyu.core import workdays
from tuoyu.sim.children import Kid
from tuoyu.sim.draws import stream
from tuoyu.sim.families import Family
from tuoyu.sim.geography import City
from tuoyu.sim.institutions import Inst
from tuoyu.sim.scales import Scale

_AWAY = ["sick", "off", "absent"]
_ROLE = {"burst": "code", "queue": "code", "batch": "roll", "tap": "roll", "jitter": "roll",
         "desk": "desk"}  # fmt: skip
_NIGHT_IN, _NIGHT_OUT = 21 * 3600 + 40 * 60, 21 * 3600 + 52 * 60


@dataclass
class Fraud:
    """一件违规。"""

    kind: str
    title: str
    sign: str
    institution_ids: list[int]
    child_ids: list[int] = field(default_factory=list)
    class_group_ids: list[int] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    event_ids: list[str] = field(default_factory=list)
    staff_ids: list[int] = field(default_factory=list)
    rule: str = ""
    months: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if v not in ([], "")}


@dataclass(frozen=True)
class Mark:
    """改动的日子：how some arrivals or leavings of an institution are told otherwise."""

    kind: str
    institution_id: int
    days: list[date]
    child_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Merge:
    """合班：on these days the children of one room sit in another."""

    source: int
    target: int
    days: list[date]


@dataclass
class Plot:
    """全部违规；``nights``: institution → the days whose evenings were filled in.

    ``near``: what is rightful and only looks like a fraud. ``off_duty``: rooms in which nobody is
    on duty; ``second_sites``: (worker, home, other, days, (start, length) in minutes, half day).
    """

    frauds: list[Fraud] = field(default_factory=list)
    near: list[Fraud] = field(default_factory=list)
    nights: dict[int, list[date]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    on_duty: set[int] = field(default_factory=set)
    off_duty: list[tuple[int, list[date]]] = field(default_factory=list)
    second_sites: list[tuple[int, int, int, list[date], tuple[int, int], bool]] = field(
        default_factory=list
    )

    def of(self, kind: str) -> list[Fraud]:
        return [f for f in self.frauds if f.kind == kind]


def plan_institutions(city: City, scale: Scale, found: list[Inst], seed: int) -> Plot:
    """选出补打卡与人手不足的机构（员工生成之前）。"""
    rng = stream(seed, "frauds")
    plot = Plot()
    able = [
        i for i in found
        if i.status == "filed" and not i.is_show and i.opened < scale.start
        and any(r.capacity >= 15 for r in i.rooms)
    ]  # fmt: skip
    chosen = rng.sample(able, min(len(able), 2 * scale.frauds))
    month = (scale.until or city.now.date()).replace(day=1)
    month = date(month.year, month.month - 2, 1) if month.month > 2 else date(month.year - 1, 11, 1)
    for inst in chosen[::2]:
        days = sorted(rng.sample(workdays.days_of(month), 6))
        plot.nights[inst.id] = days
        plot.frauds.append(
            Fraud("out_of_hours", "夜间补打卡", "21:40 成批入园、12 分钟后成批离园，存疑标记 8",
                  [inst.id], days=[d.isoformat() for d in days],
                  rule="outside_hours", months=[f"{month:%Y-%m}"])
        )  # fmt: skip
    for inst in chosen[1::2]:
        inst.tags.add("ratio")
        rooms = [r.id for r in inst.rooms if r.capacity >= 15]
        plot.frauds.append(
            Fraud("ratio", "保育人员与人数不可能相符", "每班只有一名保育人员，班额 15 人以上",
                  [inst.id], class_group_ids=rooms)
        )  # fmt: skip
    return plot


def plan_ghosts(city: City, scale: Scale, kids: list[Kid], plot: Plot, seed: int) -> None:
    """选出虚报出勤的儿童：perfect months, always 08:00:00."""
    rng = stream(seed, "ghosts")
    today = city.now.date()
    by_inst: dict[int, list[Kid]] = {}
    for kid in kids:
        stay = kid.stays[0]
        steady = len(kid.stays) == 1 and stay.start <= scale.start and stay.end > today
        if steady and not kid.role and not stay.inst.is_show and stay.form == "full_day":
            by_inst.setdefault(stay.inst.id, []).append(kid)
    able = [i for i, members in by_inst.items() if len(members) >= 3]
    for inst in rng.sample(able, min(len(able), 2 * scale.frauds)):
        chosen = rng.sample(by_inst[inst], min(len(by_inst[inst]), rng.randint(3, 5)))
        for kid in chosen:
            kid.role = "ghost"
        plot.frauds.append(
            Fraud("ghost_attendance", "虚报出勤",
                  "每个工作日 08:00:00 成批入园、17:00:00 成批离园，从不缺勤",
                  [inst], child_ids=sorted(k.id for k in chosen),
                  rule="staff_batches", months=_months(scale.start, scale.until or today))
        )  # fmt: skip


def plan_doubles(
    city: City, scale: Scale, families: list[Family], plot: Plot, seed: int
) -> set[int]:
    """一人两档：one child, two records, two institutions. Returns those without ID."""
    rng = stream(seed, "doubles")
    today = city.now.date()
    ready = [
        f for f in families
        if len(f.kids) == 1 and len(f.kids[0].stays) == 1 and not f.kids[0].role
        and f.kids[0].stays[0].start <= today < f.kids[0].stays[0].end
    ]  # fmt: skip
    rng.shuffle(ready)
    without: set[int] = set()
    while ready and len(plot.of("two_places")) < scale.frauds:
        one = ready.pop()
        two = next((f for f in ready if _alike(one.kids[0], f.kids[0])), None)
        if two is None:
            continue
        ready.remove(two)
        a, b = one.kids[0], two.kids[0]
        b.born, b.female, b.name, b.role, a.role = a.born, a.female, a.name, "double", "doubled"
        two.first.phone, two.first.name = one.first.phone, one.first.name
        without.add(b.id)
        plot.frauds.append(
            Fraud("two_places", "一人两档、两处同日打卡",
                  "同名、同日出生、同一监护人手机，后建的一份没有身份证号",
                  [a.stays[0].inst.id, b.stays[0].inst.id], child_ids=[a.id, b.id],
                  rule="two_places",
                  months=_months(max(scale.start, a.stays[0].start, b.stays[0].start),
                                 scale.until or today))
        )  # fmt: skip
    return without


def _months(start: date, end: date) -> list[str]:
    """[start, end) 中已结束的各月；a month of which less than a week is left is not counted."""
    if start.day > 22:
        start = start.replace(day=1) + timedelta(days=32)
    out, month = [], start.replace(day=1)
    while (after := (month + timedelta(days=32)).replace(day=1)) <= end:
        out.append(f"{month:%Y-%m}")
        month = after
    return out


def _alike(a: Kid, b: Kid) -> bool:
    """``b`` may take on the birthday of ``a`` without falling out of its class's ages."""
    x, y = a.stays[0], b.stays[0]
    return (
        x.room.type == y.room.type
        and x.inst is not y.inst
        and x.inst.unit is y.inst.unit
        and a.born <= b.born
        and y.start >= x.start
        and x.end >= y.end
    )


def tamper(rows: pl.DataFrame, plot: Plot) -> pl.DataFrame:
    """夜间补打卡：who was away that day came in the evening, says the book."""
    marked = pl.lit(value=False)
    for inst, days in plot.nights.items():
        marked |= (pl.col("institution_id") == inst) & pl.col("day").is_in(days)
    marked &= pl.col("state").is_in(_AWAY)
    rows = rows.with_columns(
        role=pl.when(marked).then(pl.lit("night")).otherwise("role"),
        state=pl.when(marked).then(pl.lit("present")).otherwise("state"),
        forgot=pl.col("forgot") & ~marked,
        skewed=pl.col("skewed") & ~marked,
        in_sec=pl.when(marked).then(_NIGHT_IN).otherwise("in_sec"),
        out_sec=pl.when(marked).then(_NIGHT_OUT).otherwise("out_sec"),
    )
    for mark in plot.marks:
        rows = _told_otherwise(rows, mark)
    return rows


def _told_otherwise(rows: pl.DataFrame, mark: Mark) -> pl.DataFrame:
    """一处改动。Only a burst or a ghost in disguise brings in those who were away."""
    on = (pl.col("institution_id") == mark.institution_id) & pl.col("day").is_in(mark.days)
    if mark.child_ids:
        on &= pl.col("child_id").is_in(list(mark.child_ids))
    if mark.kind in ("burst", "jitter"):
        on &= pl.col("state").is_in([*_AWAY, "present"])
    else:
        on &= pl.col("state") == "present"
    turn = pl.col("child_id").rank("dense").over("institution_id", "day").cast(pl.Int64)
    noise = pl.col("key") * 7919 % 1000
    by_day = pl.col("day_no") * 397 % 2400
    came = {
        "burst": 8 * 3600 + 1200 + turn * 2,
        "batch": 8 * 3600 + 900 + by_day + turn,
        "queue": 8 * 3600 + turn * 12,
        "jitter": 8 * 3600 + noise * 300 // 1000,
        "tap": 7 * 3600 + 2700 + by_day,
        "desk": pl.lit(8 * 3600, pl.Int64),
        "early": 6 * 3600 + 1500 + noise,
    }.get(mark.kind, pl.col("in_sec"))
    left = 20 * 3600 + 2700 + noise if mark.kind == "storm" else pl.col("out_sec")
    return rows.with_columns(
        role=pl.when(on).then(pl.lit(_ROLE.get(mark.kind, ""))).otherwise("role"),
        state=pl.when(on).then(pl.lit("present")).otherwise("state"),
        forgot=pl.col("forgot") & ~on,
        skewed=pl.col("skewed") & ~on,
        in_sec=pl.when(on).then(came).otherwise("in_sec"),
        out_sec=pl.when(on).then(left).otherwise("out_sec"),
    )


def seat(rooms: pl.DataFrame, plot: Plot) -> pl.DataFrame:
    """合班的日子，儿童坐在并入的班里。"""
    for merge in plot.merges:
        on = (pl.col("class_group_id") == merge.source) & pl.col("day").is_in(merge.days)
        rooms = rooms.with_columns(
            class_group_id=pl.when(on).then(merge.target).otherwise("class_group_id")
        )
    return rooms


def witness(events: pl.DataFrame, plot: Plot) -> None:
    """把开园时间以外的事件编号记入真相文件。"""
    told = {(f.kind, f.institution_ids[0]): f for f in (*plot.frauds, *plot.near)}
    outside = events.filter(pl.col("flags") // 8 % 2 == 1)
    for fraud in plot.of("out_of_hours"):
        days = plot.nights[fraud.institution_ids[0]]
        _name(fraud, outside.filter(pl.col("method") == "wall"), days)
    for mark in plot.marks:
        kind = {"storm": "near_storm", "early": "near_early_birds"}.get(mark.kind)
        if kind is not None:
            _name(told[kind, mark.institution_id], outside, mark.days)


def _name(fraud: Fraud, events: pl.DataFrame, days: list[date]) -> None:
    here = (pl.col("institution_id") == fraud.institution_ids[0]) & pl.col("day").is_in(days)
    found = events.filter(here)
    fraud.event_ids += sorted(str(uuid.UUID(i)) for i in found["id"].to_list())
    fraud.child_ids = sorted({*fraud.child_ids, *found["child_id"].to_list()})
