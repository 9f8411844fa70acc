"""排班与应有人手：for each half hour of each room, who is needed, planned and really there.

Needed comes from the children expected (by class, less known leave) and the ratio of the class
type. Planned counts only those who would count in the ratio on that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from tuoyu.core import clock, workdays
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus, StaffShift
from tuoyu.domains.attendance.selectors.ratios import ratio_table
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.workforce import rules
from tuoyu.domains.workforce.models import RotaShift
from tuoyu.domains.workforce.rules import Gap
from tuoyu.domains.workforce.selectors import counted_on
from tuoyu.domains.workforce.selectors.rota import away, list_shifts

YOUNGEST = ("infant", "home", "toddler", "mixed", "older")
BY_THE_HOUR = (ServiceForm.HOURLY, ServiceForm.TEMPORARY)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    """一个班一天里的一个半小时。``there`` is None for what is not yet past or not on record."""

    minute: int
    children: int
    needed: int | None
    planned: int
    there: int | None

    @property
    def short(self) -> int:
        return 0 if self.needed is None else max(self.needed - self.planned, 0)

    @property
    def was_short(self) -> bool:
        return self.there is not None and self.needed is not None and self.there < self.needed

    @property
    def look(self) -> tuple[object, ...]:
        """看上去的样子：neighbours that look the same are shown as one span."""
        return self.children > 0, self.needed, self.planned, self.there


@dataclass(frozen=True)
class RoomDay:
    """一个班的一天。"""

    day: date
    cells: tuple[Cell, ...]

    @property
    def gaps(self) -> list[Gap]:
        return rules.gaps([(c.minute, c.needed, c.planned) for c in self.cells])


@dataclass(frozen=True)
class RoomWeek:
    """一个班的一周。"""

    class_id: int
    name: str
    class_type: str
    ratio: int | None
    days: tuple[RoomDay, ...]

    @property
    def short(self) -> int:
        """缺人的半小时数。"""
        return sum(c.short > 0 for d in self.days for c in d.cells)

    @property
    def rows(self) -> list[tuple[str, list[Cell]]]:
        """各日一列；half hours that look the same on every day are one row."""
        found: list[tuple[int, int, list[Cell]]] = []
        for cells in zip(*(d.cells for d in self.days), strict=True):
            minute = cells[0].minute
            if found and [c.look for c in found[-1][2]] == [c.look for c in cells]:
                found[-1] = (found[-1][0], minute + rules.STEP, found[-1][2])
            else:
                found.append((minute, minute + rules.STEP, list(cells)))
        text = rules.clock_text
        return [(f"{text(first)}–{text(end)}", cells) for first, end, cells in found]


@dataclass(frozen=True)
class RotaWeek:
    """一周的排班；rooms with the youngest first."""

    monday: date
    days: tuple[date, ...]
    rooms: tuple[RoomWeek, ...]
    shifts: tuple[RotaShift, ...]
    away: dict[tuple[int, date], str]
    uncounted: frozenset[tuple[int, date]]

    @property
    def short(self) -> int:
        return sum(r.short for r in self.rooms)


def monday_of(day: date) -> date:
    """所在周的周一。"""
    return day - timedelta(days=day.weekday())


def rota_week(scope: Scope, institution: Institution, monday: date, now: datetime) -> RotaWeek:
    """一周的排班与应有人手：the working days of the week."""
    days = tuple(
        d for d in (monday + timedelta(days=n) for n in range(7)) if workdays.is_workday(d)
    )
    shifts = list_shifts(scope, institution.pk, monday, monday + WEEK)
    off = away(scope, institution.pk, monday, monday + WEEK)
    counted = counted_on(scope, institution.pk, days)
    seen = _Seen(
        shifts=[s for s in shifts if s.day in counted],
        off=off,
        counted=counted,
        children=_children(scope, institution.pk, days),
        there=_there(scope, institution.pk, days, now),
        steps=rules.half_hours(_minutes(institution.opens_at), _minutes(institution.closes_at)),
        now=now,
    )
    ratios = ratio_table()
    groups = ClassGroup.objects.unscoped(reason="机构信息公开").filter(
        institution_id=institution.pk, is_open=True
    )
    rooms = [seen.room(g, ratios.get(g.class_type), days) for g in groups]
    return RotaWeek(
        monday,
        days,
        tuple(sorted(rooms, key=lambda r: (YOUNGEST.index(r.class_type), r.class_id))),
        tuple(shifts),
        off,
        frozenset((s.staff_id, s.day) for s in shifts if s.staff_id not in counted.get(s.day, ())),
    )


def _minutes(at: object) -> int:
    return int(getattr(at, "hour", 0)) * 60 + int(getattr(at, "minute", 0))


@dataclass(frozen=True)
class _Seen:
    """读到的一周。"""

    shifts: list[RotaShift]
    off: dict[tuple[int, date], str]
    counted: dict[date, set[int]]
    children: dict[tuple[int, date], list[int]]
    there: list[tuple[int, int, datetime, datetime]]
    steps: list[int]
    now: datetime

    @cached_property
    def recorded(self) -> set[date]:
        """有到岗记录的日子。"""
        return {clock.day_of(came) for _, _, came, _ in self.there}

    def room(self, group: ClassGroup, ratio: int | None, days: Iterable[date]) -> RoomWeek:
        found = tuple(RoomDay(d, tuple(self._cells(group.pk, d, ratio))) for d in days)
        return RoomWeek(group.pk, group.name, group.class_type, ratio, found)

    def _cells(self, class_id: int, day: date, ratio: int | None) -> Iterable[Cell]:
        planned = [
            (s.from_minute, s.to_minute)
            for s in self.shifts
            if s.class_group_id == class_id
            and s.day == day
            and s.staff_id in self.counted[day]
            and (s.staff_id, day) not in self.off
        ]
        coming = self.children.get((class_id, day), [])
        for minute in self.steps:
            children = sum(first < minute + rules.STEP for first in coming)
            yield Cell(
                minute,
                children,
                rules.needed(children, ratio),
                rules.covering(planned, minute),
                self._there(class_id, day, minute),
            )

    def _there(self, class_id: int, day: date, minute: int) -> int | None:
        start = clock.at(day, minute // 60, minute % 60)
        if start >= self.now or day not in self.recorded:
            return None  # nobody was entered that day: not on record, which is not zero
        end = min(start + timedelta(minutes=rules.STEP), self.now)
        able = self.counted[day]
        return len(
            {
                staff
                for staff, room, came, left in self.there
                if room == class_id and staff in able and came <= start and left >= end
            }
        )


def _children(
    scope: Scope, institution_id: int, days: tuple[date, ...]
) -> dict[tuple[int, date], list[int]]:
    """(班级, 日期) → 应到儿童的到园时刻（分钟）；without a usual time from the opening on."""
    if not days:
        return {}
    off = set(
        DaySheet.objects.visible_to(scope)
        .filter(
            institution_id=institution_id,
            day__gte=days[0],
            day__lte=days[-1],
            status__in=(DayStatus.LEAVE, DayStatus.ABSENT),
        )
        .values_list("child_id", "day")
    )
    stays = (
        Enrolment.objects.visible_to(scope)
        .filter(institution_id=institution_id, period__overlap=(days[0], days[-1] + timedelta(1)))
        .exclude(form__in=BY_THE_HOUR)
        .values_list("class_group_id", "child_id", "period", "child__usual_in")
    )
    found: dict[tuple[int, date], list[int]] = {}
    for group, child, period, usual in stays:
        for day in days:
            if day in period and (child, day) not in off:
                found.setdefault((group, day), []).append(_minutes(usual) if usual else 0)
    return found


def _there(
    scope: Scope, institution_id: int, days: tuple[date, ...], now: datetime
) -> list[tuple[int, int, datetime, datetime]]:
    """实到：(人员, 班级, 到岗, 离岗)。"""
    if not days:
        return []
    rows = StaffShift.objects.visible_to(scope).filter(
        institution_id=institution_id,
        in_at__gte=clock.at(days[0]),
        in_at__lt=clock.at(days[-1] + timedelta(days=1)),
        class_group_id__isnull=False,
    )
    return [(s.staff_id, s.class_group_id or 0, s.in_at, s.out_at or now) for s in rows]
