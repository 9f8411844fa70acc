"""班上的一天：two whole days and this morning of the shown institution, through the real services.

One round was missed each day, and this morning one infant's round is overdue: a room is red.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tuoyu.core import clock, workdays
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DaySheet
from tuoyu.domains.care.rules import months_old
from tuoyu.domains.care.services import MOST, NewCare, record, set_intervals
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.sim.draws import stream, uuid_of
from tuoyu.sim.state import Built

INTERVALS = (5, 10, 15)  # 本机构自定，不是国家标准
_MEALS = ((9, 25, "snack"), (11, 20, "lunch"), (15, 5, "tea"))
_DRINKS = ((10, 45), (14, 50))
_NOTES = ("认识秋天的叶子", "听故事找小动物", "钻爬和走平衡木", "手指画", "唱数和拍手歌")


@dataclass(frozen=True)
class Kid:
    """一名当天到托的儿童。"""

    id: int
    room: int
    months: int
    in_at: datetime
    out_at: datetime | None


def live_a_day(b: Built) -> None:
    """示例机构班上的记录。"""
    if b.scale.until is not None:
        return
    inst = next(i for i in b.institutions if i.is_show)
    rng, now = stream(b.seed, "care"), b.city.now
    director, teacher = b.cast.director[inst.id], b.cast.teacher[inst.id]
    before = clock.at(workdays.before(now.date(), 30), 16)
    set_intervals(scope=SYSTEM, institution_id=inst.id, minutes=INTERVALS, by=director, at=before)
    write = _Writer(rng, teacher, b.cast.names[teacher])
    for back in (2, 1):
        day = workdays.before(now.date(), back)
        events = [e for n, kid in enumerate(_kids(inst.id, day)) for e in _day(write, kid, day, n)]
        _send(inst.id, events, clock.at(day, 18))
    _send(inst.id, _morning(write, inst.id, now), now)


@dataclass(frozen=True)
class _Writer:
    """写事件的手：ids are drawn, so that the same seed makes the same city."""

    rng: random.Random
    by: int
    name: str

    def __call__(self, kind: str, at: datetime, kid: Kid | None, **detail: Any) -> NewCare:
        return NewCare(
            kind,
            at,
            kid.id if kid else None,
            kid.room if kid else None,
            detail,
            self.by,
            self.name,
            uuid_of(self.rng, int(at.timestamp() * 1000)),
        )


def _kids(institution_id: int, day: date) -> list[Kid]:
    sheets = DaySheet.all_rows.filter(
        institution_id=institution_id, day=day, in_at__isnull=False, class_group_id__isnull=False
    ).order_by("child_id")
    found = sheets.values_list("child_id", "class_group_id", "in_at", "out_at")
    born = dict(
        Child.all_rows.filter(pk__in=[row[0] for row in found]).values_list("pk", "born_on")
    )
    return [
        Kid(child, room or 0, months_old(born[child], day), came, left)
        for child, room, came, left in found
        if came is not None
    ]


def _day(write: _Writer, kid: Kid, day: date, n: int) -> Iterator[NewCare]:
    """一名儿童的一天：what falls into the time it was there."""
    leaves = kid.out_at or clock.at(day, 17)
    for event in _plan(write, kid, day, n):
        if kid.in_at <= event.at < leaves:
            yield event


def _plan(write: _Writer, kid: Kid, day: date, n: int) -> Iterator[NewCare]:
    rng = write.rng
    for hour, minute, what in _MEALS:
        amount = rng.choices(("all", "most", "half", "little"), (60, 25, 10, 5))[0]
        yield write("meal", clock.at(day, hour, minute), kid, what=what, amount=amount)
    for hour, minute in _DRINKS:
        yield write("drink", clock.at(day, hour, minute), kid, ml=rng.choice((50, 80, 100)))
    if kid.months < 24:
        for hour in (9, 11, 14):
            what = rng.choices(("wet", "stool", "both", "dry"), (60, 15, 10, 15))[0]
            yield write("diaper", clock.at(day, hour, 40), kid, what=what)
    yield write("activity", clock.at(day, 9, 45), kid, area="motion", note=_NOTES[day.day % 5])
    yield write("outdoor", clock.at(day, 10, 40), kid, minutes=60)
    yield from _nap(write, kid, clock.at(day, 12, 5), skip=3 if n == 2 else None)


def _nap(write: _Writer, kid: Kid, start: datetime, skip: int | None) -> Iterator[NewCare]:
    """午睡与巡视；``skip`` is the round that nobody made."""
    age = 0 if kid.months < 12 else 1 if kid.months < 24 else 2
    step = INTERVALS[age]
    end = start + timedelta(minutes=105 + write.rng.randrange(30))
    yield write("nap_start", start, kid)
    at, number = start + timedelta(minutes=step - 1), 0
    while at < end:
        if number != skip:
            position = write.rng.choices(("back", "side", "prone"), (70, 27, 3))[0]
            yield write("nap_check", at, kid, position=position)
            if position == "prone" and age == 0:
                yield write("nap_act", at + timedelta(seconds=20), kid, did="turned")
        at, number = at + timedelta(minutes=step - 1), number + 1
    yield write("nap_end", end, kid)


def _morning(write: _Writer, institution_id: int, now: datetime) -> list[NewCare]:
    """今早：two of the youngest doze; one was last seen too long ago."""
    here = [k for k in _kids(institution_id, now.date()) if k.in_at < now and k.out_at is None]
    rooms = ClassGroup.all_rows.filter(institution_id=institution_id, class_type="infant")
    infant = set(rooms.values_list("pk", flat=True))
    young = sorted((k for k in here if k.room in infant), key=lambda k: (k.months, k.id))[:2]
    out = [
        write("drink", max(k.in_at, now - timedelta(minutes=4)), k, ml=50)
        for k in here
        if k not in young
    ]
    for kid, seen in zip(young, (7, 2), strict=False):
        fell = max(kid.in_at, now - timedelta(minutes=seen + 4))
        out.append(write("nap_start", fell, kid))
        out.append(write("nap_check", now - timedelta(minutes=seen), kid, position="back"))
    return [e for e in out if e.at <= now]


def _send(institution_id: int, events: list[NewCare], at: datetime) -> None:
    for first in range(0, len(events), MOST):
        answers = record(institution_id=institution_id, events=events[first : first + MOST], at=at)
        refused = [a.code for a in answers if a.outcome == "refused"]
        if refused:
            raise AssertionError(f"班上记录未能存入：{refused[:3]}")
