"""今日考勤汇总：by institution, set-based; the names behind a count are the attendance domain's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, F, OuterRef, Q

from tuoyu.core import clock, workdays
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Event, EventKind, StaffShift
from tuoyu.domains.attendance.rules import RoomRatio, judge_room
from tuoyu.domains.attendance.selectors import ratio_table
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.workforce.models import CARE_KINDS, Certificate


@dataclass(frozen=True)
class InstitutionDay:
    """一家机构的今天。"""

    id: int
    name: str
    unit_code: str
    cutoff: time
    phone: str
    expected: int
    arrived: int
    leave: int
    absent: int
    is_past_cutoff: bool

    @property
    def not_yet(self) -> int:
        """应到而没有任何说法的人数。"""
        return max(self.expected - self.arrived - self.leave - self.absent, 0)

    @property
    def missing(self) -> int | None:
        """未到未请假；before the cut-off nobody is missing yet."""
        return self.not_yet if self.is_past_cutoff else None

    @property
    def has_reported(self) -> bool:
        return self.arrived + self.leave + self.absent > 0


@dataclass(frozen=True)
class Totals:
    """合计。"""

    institutions: int
    reported: int
    expected: int
    arrived: int
    leave: int
    missing: int
    not_yet: int
    past_cutoff: int


def institutions_today(scope: Scope, now: datetime, unit: str = "") -> list[InstitutionDay]:
    """各机构今天：expected by enrolment, arrived and on leave by the day sheets.

    On a day off nobody is expected.
    """
    day = clock.day_of(now)
    rows = Institution.objects.visible_to(scope).filter(status=Institution.Status.FILED)
    if unit:
        rows = rows.filter(unit_code=unit)
    expected = _expected(scope, day) if workdays.is_workday(day) else {}
    sheets = _sheets(scope, day)
    found = []
    for i in rows.order_by("unit_code", "name"):
        arrived, leave, absent = sheets.get(i.pk, (0, 0, 0))
        found.append(
            InstitutionDay(
                id=i.pk,
                name=i.name,
                unit_code=i.unit_code,
                cutoff=_time(i.leave_cutoff),
                phone=i.phone,
                expected=max(expected.get(i.pk, 0), arrived),
                arrived=arrived,
                leave=leave,
                absent=absent,
                is_past_cutoff=now.astimezone(clock.ZONE).time() >= _time(i.leave_cutoff),
            )
        )
    return found


def _time(value: time | str) -> time:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _expected(scope: Scope, day: date) -> dict[int, int]:
    rows = Enrolment.objects.visible_to(scope).filter(period__contains=day)
    counted = rows.order_by().values("institution_id").annotate(n=Count("pk"))
    return {r["institution_id"]: r["n"] for r in counted}


def _sheets(scope: Scope, day: date) -> dict[int, tuple[int, int, int]]:
    rows = DaySheet.objects.visible_to(scope).filter(day=day)
    counted = (
        rows.order_by()
        .values("institution_id")
        .annotate(
            arrived=Count("pk", filter=Q(status=DayStatus.PRESENT)),
            leave=Count("pk", filter=Q(status=DayStatus.LEAVE)),
            absent=Count("pk", filter=Q(status=DayStatus.ABSENT)),
        )
    )
    return {r["institution_id"]: (r["arrived"], r["leave"], r["absent"]) for r in counted}


def total_of(rows: Iterable[InstitutionDay]) -> Totals:
    """合计行。"""
    rows = list(rows)
    return Totals(
        institutions=len(rows),
        reported=sum(r.has_reported for r in rows),
        expected=sum(r.expected for r in rows),
        arrived=sum(r.arrived for r in rows),
        leave=sum(r.leave for r in rows),
        missing=sum(r.missing or 0 for r in rows),
        not_yet=sum(r.not_yet for r in rows),
        past_cutoff=sum(r.is_past_cutoff for r in rows),
    )


@dataclass(frozen=True)
class RoomRisk:
    """一个配比有问题的班。"""

    institution_id: int
    room: RoomRatio


def rooms_at_risk(scope: Scope, now: datetime) -> tuple[list[RoomRisk], set[int]]:
    """配比预警（全部机构，查询数与机构数无关）；and institutions that registered nobody on duty.

    Those are not judged here: whoever is not registered is unknown, not absent.
    """
    day = clock.day_of(now)
    present = _present_by_room(scope, day)
    rooms = ClassGroup.objects.unscoped(reason="机构信息公开").filter(pk__in=present)
    on_duty, registered = _duty_by_room(scope, now)
    ratios = ratio_table()
    risks, silent = [], set()
    for room in rooms:
        if room.institution_id not in registered:
            silent.add(room.institution_id)
            continue
        judged = judge_room(
            class_id=room.pk,
            name=room.name,
            class_type=room.class_type,
            ratio=ratios.get(room.class_type),
            present=present[room.pk],
            staff=on_duty.get(room.pk, 0),
        )
        if judged.state in ("breach", "near"):
            risks.append(RoomRisk(room.institution_id, judged))
    return sorted(risks, key=lambda r: (r.room.state, r.institution_id, r.room.class_id)), silent


def _present_by_room(scope: Scope, day: date) -> dict[int, int]:
    """此刻在班：came and not left, or left and came back."""
    back = Event.objects.visible_to(scope).filter(
        child_id=OuterRef("child_id"), day=day, kind=EventKind.IN, at__gt=OuterRef("out_at")
    )
    rows = DaySheet.objects.visible_to(scope).filter(
        day=day, status=DayStatus.PRESENT, class_group_id__isnull=False
    )
    # Few sheets can hold a return; the door's events are looked up for those alone.
    perhaps = Q(events__gte=3) | Q(is_corrected=True) | Q(in_at__gt=F("out_at"))
    rows = rows.filter(Q(out_at=None) | (perhaps & Exists(back)))
    counted = rows.order_by().values_list("class_group_id").annotate(n=Count("pk"))
    return {int(room or 0): n for room, n in counted}


def _duty_by_room(scope: Scope, now: datetime) -> tuple[dict[int, int], set[int]]:
    """各班持证在岗人数，与今天登记过在岗的机构。"""
    day = clock.day_of(now)
    held = Certificate.objects.visible_to(scope).filter(
        Q(expires_on=None) | Q(expires_on__gt=day),
        staff_id=OuterRef("staff_id"),
        kind__in=CARE_KINDS,
        issued_on__lte=day,
    )
    shifts = StaffShift.objects.visible_to(scope).filter(in_at__gte=clock.at(day), in_at__lte=now)
    registered = set(shifts.order_by().values_list("institution_id", flat=True).distinct())
    there = shifts.filter(Q(out_at=None) | Q(out_at__gt=now)).filter(Exists(held))
    placed = there.filter(class_group_id__isnull=False).order_by().values_list("class_group_id")
    counted = placed.annotate(n=Count("staff_id", distinct=True))
    return {int(room or 0): n for room, n in counted}, registered
