"""各班此刻：children where they really are, who sleeps, which room is red."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.selectors import ChildToday, TodayBoard, today_board
from tuoyu.domains.care import rules
from tuoyu.domains.care.models import SleepSetting
from tuoyu.domains.care.rules import Intervals, Nap
from tuoyu.domains.care.selectors.days import Entry, day_entries, naps, rooms_now
from tuoyu.domains.policies.books import current_book

if TYPE_CHECKING:
    from tuoyu.domains.policies.engine.national import Norm

NORMS = ("sleep_round_under_12", "sleep_round_under_24", "sleep_round_from_24")  # see norms.yaml


def national_intervals() -> Intervals:
    """国家包里的巡视间隔；None where no document gives one."""
    norms = current_book().national.norms
    values = [_value(norms.get(name)) for name in NORMS]
    return Intervals(*values)


def _value(norm: Norm | None) -> int | None:
    return norm.value if norm is not None else None


def intervals_of(scope: Scope, institution_id: int) -> Intervals:
    """本机构适用的间隔：the national figure where there is one, else the institution's own."""
    national = national_intervals()
    own = (
        SleepSetting.objects.visible_to(scope)
        .filter(institution_id=institution_id)
        .values_list("under_12", "under_24", "from_24")
        .first()
    ) or (None, None, None)
    given = (national.under_12, national.under_24, national.from_24)
    return Intervals(*(n if n is not None else o for n, o in zip(given, own, strict=True)))


def place(board: TodayBoard, moves: Mapping[int, int]) -> TodayBoard:
    """看板按儿童此刻所在的班重排：a child counts in the room where it is.

    Only who is present moves; one who is away stays on the list of the own class.
    """
    known = {r.class_id for r in board.rooms}
    by_room: dict[int, list[ChildToday]] = {r.class_id: [] for r in board.rooms}
    for room in board.rooms:
        for child in room.children:
            to = moves.get(child.child_id, room.class_id) if child.state == "in" else room.class_id
            by_room[to if to in known else room.class_id].append(child)
    rooms = tuple(replace(r, children=tuple(by_room[r.class_id])) for r in board.rooms)
    return replace(board, rooms=rooms)


@dataclass(frozen=True)
class Sleeper:
    """一名正在睡的儿童。"""

    child: ChildToday
    class_id: int
    nap: Nap
    months: int
    minutes: int | None

    @property
    def due_at(self) -> datetime | None:
        return rules.next_due(self.nap, self.minutes)

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now

    @property
    def needs_act(self) -> bool:
        return rules.needs_act(self.nap, self.months)


@dataclass(frozen=True)
class RoomSleep:
    """一个班的睡眠：red while a round is overdue or a prone infant has not been turned."""

    class_id: int
    name: str
    sleepers: tuple[Sleeper, ...]
    overdue: tuple[Sleeper, ...]
    missed_today: int

    @property
    def is_red(self) -> bool:
        return bool(self.overdue) or any(s.needs_act for s in self.sleepers)

    @property
    def since(self) -> datetime | None:
        """最早过点的时间。"""
        return min((s.due_at for s in self.overdue if s.due_at), default=None)

    @property
    def text(self) -> str:
        """一句话：whose round is overdue since when, or who lies prone."""
        if self.overdue and self.since:
            names = "、".join(s.child.name for s in self.overdue[:3])
            more = f"等 {len(self.overdue)} 人" if len(self.overdue) > 3 else ""
            return f"{names}{more}的睡眠巡视已过点（{self.since:%H:%M} 应查）"
        prone = [s.child.name for s in self.sleepers if s.needs_act]
        return f"{'、'.join(prone)}俯卧，还没有处置" if prone else ""


@dataclass(frozen=True)
class DayNow:
    """此刻的机构：the board with children where they are, and the day's entries."""

    board: TodayBoard
    entries: tuple[Entry, ...]
    sleep: tuple[RoomSleep, ...]
    intervals: Intervals

    @property
    def red(self) -> tuple[RoomSleep, ...]:
        return tuple(r for r in self.sleep if r.is_red)


def day_now(
    scope: Scope, institution_id: int, now: datetime, board: TodayBoard | None = None
) -> DayNow:
    """此刻的机构；give ``board`` when the page has it already."""
    day = clock.day_of(now)
    board = board or today_board(scope, institution_id, day, now)
    entries = day_entries(scope, institution_id, day)
    placed = place(board, rooms_now(entries))
    intervals = intervals_of(scope, institution_id)
    return DayNow(placed, tuple(entries), tuple(_sleep(placed, entries, intervals, now)), intervals)


def gone(board: TodayBoard) -> dict[int, datetime]:
    """已离园儿童的离园时间。"""
    children = (c for room in board.rooms for c in room.children)
    return {c.child_id: c.out_at for c in children if c.state == "out" and c.out_at}


def _sleep(
    board: TodayBoard,
    entries: Iterable[Entry],
    intervals: Intervals,
    now: datetime,
) -> Iterable[RoomSleep]:
    found = naps(entries, gone(board))
    asleep = {child: mine[-1] for child, mine in found.items() if mine[-1].end is None}
    missed = _missed(board, found, intervals, now)
    for room in board.rooms:
        sleepers = tuple(
            _sleeper(c, room.class_id, asleep[c.child_id], intervals, board.day)
            for c in room.children
            if c.child_id in asleep and c.state == "in"
        )
        overdue = tuple(s for s in sleepers if s.is_overdue(now))
        yield RoomSleep(room.class_id, room.name, sleepers, overdue, missed.get(room.class_id, 0))


def _sleeper(c: ChildToday, class_id: int, nap: Nap, intervals: Intervals, day: date) -> Sleeper:
    months = rules.months_old(c.born_on, day)
    return Sleeper(c, class_id, nap, months, intervals.minutes_for(months))


def _missed(
    board: TodayBoard, found: Mapping[int, list[Nap]], intervals: Intervals, now: datetime
) -> dict[int, int]:
    """各班今天漏查的次数：of every nap, also those that are over."""
    out: dict[int, int] = {}
    for room in board.rooms:
        for child in room.children:
            minutes = intervals.minutes_for(rules.months_old(child.born_on, board.day))
            for nap in found.get(child.child_id, ()):
                lost = sum(r.check is None for r in rules.rounds_of(nap, minutes, now))
                key = nap.class_id or room.class_id
                out[key] = out.get(key, 0) + lost
    return out
