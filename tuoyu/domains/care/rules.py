"""睡眠巡视的算法：when a round was due, whether it came, and what was missed. Plain Python.

A round that nobody recorded is missed for ever: a screen that was dark, a tablet without power and
a teacher who was busy all look the same, and a later check does not fill the gap before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

INFANT_MONTHS = 12  # 不满一岁：俯卧须当场处置
_MOST_ROUNDS = 288  # 一觉最多列这么多次，防止没有记「睡醒」的一觉没有尽头


@dataclass(frozen=True)
class Intervals:
    """巡视间隔（分钟）；None is 待定: nothing falls due and nothing counts as missed."""

    under_12: int | None = None
    under_24: int | None = None
    from_24: int | None = None

    def minutes_for(self, months: int) -> int | None:
        """按月龄取间隔。"""
        if months < INFANT_MONTHS:
            return self.under_12
        return self.under_24 if months < 24 else self.from_24

    @property
    def is_set(self) -> bool:
        return None not in (self.under_12, self.under_24, self.from_24)


@dataclass(frozen=True)
class Check:
    """一次巡视。"""

    at: datetime
    position: str
    by_name: str = ""
    received_at: datetime | None = None
    did: str = ""  # 俯卧的处置

    @property
    def came_late(self) -> bool:
        """补传的（断网时记下）。"""
        return self.received_at is not None and self.received_at - self.at > timedelta(minutes=10)


@dataclass(frozen=True)
class Nap:
    """一觉。"""

    child_id: int
    class_id: int | None
    start: datetime
    end: datetime | None
    checks: tuple[Check, ...] = ()
    started_by: str = ""

    @property
    def last_seen(self) -> datetime:
        """最近一次看到：the last check, or falling asleep."""
        return self.checks[-1].at if self.checks else self.start


@dataclass(frozen=True)
class Round:
    """一次应有的巡视：``check`` is None when it was missed."""

    due_at: datetime
    check: Check | None


def next_due(nap: Nap, minutes: int | None) -> datetime | None:
    """下一次应查的时间；None when the child is awake or the interval is not set."""
    if nap.end is not None or minutes is None:
        return None
    return nap.last_seen + timedelta(minutes=minutes)


def rounds_of(nap: Nap, minutes: int | None, now: datetime) -> list[Round]:
    """一觉的全部巡视：those that came, and those that did not."""
    if minutes is None:
        return [Round(c.at, c) for c in nap.checks]
    step, seen = timedelta(minutes=minutes), nap.start
    out: list[Round] = []
    for check in nap.checks:
        out += _missed(seen, check.at, step)
        out.append(Round(min(check.at, seen + step), check))
        seen = check.at
    return (out + _missed(seen, nap.end or now, step))[:_MOST_ROUNDS]


def _missed(seen: datetime, until: datetime, step: timedelta) -> list[Round]:
    """``until`` itself is in time: due at 12:15 and seen at 12:15 is no miss."""
    out: list[Round] = []
    due = seen + step
    while due < until and len(out) < _MOST_ROUNDS:
        out.append(Round(due, None))
        due += step
    return out


def months_old(born_on: date, on: date) -> int:
    """足月龄。"""
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def needs_act(nap: Nap, months: int) -> bool:
    """不满一岁而俯卧，还没有处置。"""
    last: Sequence[Check] = nap.checks[-1:]
    return months < INFANT_MONTHS and any(c.position == "prone" and not c.did for c in last)
