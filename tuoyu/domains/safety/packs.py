"""月巡查包：the month's rounds, hazards, drills and equipment on one sheet, out of the records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.safety import rules
from tuoyu.domains.safety.models import Drill, EquipmentCheck, Every, Hazard, Point, Round
from tuoyu.domains.safety.selectors import OpenHazard, _with_cases, list_points, slots_on

SIGNS = {
    rules.DONE: "✓",
    rules.LATE: "补",
    rules.OVERDUE: "漏",
    rules.DUE: "·",
    rules.WAITING: "·",
}


@dataclass(frozen=True)
class PointMonth:
    """一个点的一个月：a sign for each workday, and how many were to be done."""

    point: Point
    days: list[tuple[date, str]]
    wanted: int
    done: int
    late: int
    missed: int


@dataclass(frozen=True)
class MonthPack:
    """月巡查包。"""

    month: date
    days: list[date]
    points: list[PointMonth]
    problems: list[Round]
    hazards: list[OpenHazard]
    drills: list[Drill]
    checks: list[EquipmentCheck]

    @property
    def wanted(self) -> int:
        return sum(p.wanted for p in self.points)

    @property
    def done(self) -> int:
        return sum(p.done + p.late for p in self.points)

    @property
    def missed(self) -> int:
        return sum(p.missed for p in self.points)


def month_pack(scope: Scope, institution_id: int, month: date, now: datetime) -> MonthPack:
    """某月的巡查包。"""
    after = add_months(month, 1)
    today = clock.day_of(now)
    days = [d for d in workdays.days_of(month) if d <= today]
    week = rules.week_of(month)
    rounds = list(
        Round.objects.visible_to(scope)
        .filter(institution_id=institution_id, day__gte=week, day__lt=after + timedelta(days=7))
        .select_related("point")
        .order_by("at")
    )
    found = Hazard.objects.visible_to(scope).filter(
        institution_id=institution_id, found_at__gte=clock.at(month), found_at__lt=clock.at(after)
    )
    drills = Drill.objects.visible_to(scope).filter(
        institution_id=institution_id, held_at__gte=clock.at(month), held_at__lt=clock.at(after)
    )
    checks = EquipmentCheck.objects.visible_to(scope).filter(
        institution_id=institution_id, at__gte=clock.at(month), at__lt=clock.at(after)
    )
    in_month = [r for r in rounds if month <= r.day < after]
    return MonthPack(
        month,
        days,
        [_point(p, days, rounds, now) for p in list_points(scope, institution_id, today)],
        [r for r in in_month if not r.is_sound],
        _with_cases(scope, found.order_by("found_at"), today),
        list(drills.order_by("held_at")),
        list(checks.select_related("equipment").order_by("at")),
    )


def _point(point: Point, days: list[date], rounds: list[Round], now: datetime) -> PointMonth:
    mine = [r.at for r in rounds if r.point_id == point.pk]
    signs: list[tuple[date, str]] = []
    states: list[str] = []
    seen: set[datetime] = set()
    for day in days:
        slots = slots_on(point, day)
        if point.every == Every.DAY:
            here = [r for r in mine if clock.day_of(r) == day]
            filled = rules.fill(slots, here, now)
            signs.append((day, "".join(SIGNS[f.state] for f in filled)))
            states += [f.state for f in filled]
            continue
        signs.append((day, "✓" if any(clock.day_of(r) == day for r in mine) else ""))
        if slots and slots[0].due_at not in seen:  # a week or month is counted once
            seen.add(slots[0].due_at)
            until = slots[0].due_at + timedelta(days=1)
            here = [r for r in mine if slots[0].from_at <= r < until]
            states += [f.state for f in rules.fill(slots, here, now)]
    return PointMonth(
        point,
        signs,
        sum(s not in (rules.WAITING, rules.DUE) for s in states),
        states.count(rules.DONE),
        states.count(rules.LATE),
        states.count(rules.OVERDUE),
    )
