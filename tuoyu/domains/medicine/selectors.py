"""喂药的读取：what waits, what is due, what was given."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from tuoyu.core import clock
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.medicine import rules
from tuoyu.domains.medicine.models import (
    Dose,
    MedicineRequest,
    MedicineSetting,
    RequestState,
)


@dataclass(frozen=True)
class Minutes:
    """本园的分钟数；``is_own`` False: nothing set yet, the first values are used and shown so."""

    alarm: int
    tolerance: int
    is_own: bool


def minutes_of(institution_id: int) -> Minutes:
    """本园喂药设定。"""
    found = MedicineSetting.all_rows.filter(institution_id=institution_id).first()
    if found is None:
        return Minutes(rules.FIRST_ALARM_MINUTES, rules.FIRST_TOLERANCE_MINUTES, is_own=False)
    return Minutes(found.alarm_minutes, found.tolerance_minutes, is_own=True)


def access_request(scope: Scope, request_id: int) -> MedicineRequest:
    """取一份委托；outside the scope it is not found."""
    rows = MedicineRequest.objects.visible_to(scope).select_related("child")
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def access_dose(scope: Scope, dose_id: uuid.UUID) -> Dose:
    """取一次喂药。"""
    rows = Dose.objects.visible_to(scope).select_related("request__child")
    found = rows.filter(pk=dose_id).first()
    if found is None:
        raise NotFound
    return found


def list_of_child(scope: Scope, child_id: int) -> list[MedicineRequest]:
    """某个孩子的委托，新的在前。"""
    rows = MedicineRequest.objects.visible_to(scope).filter(child_id=child_id)
    return list(rows.select_related("child").order_by("-asked_at")[:60])


def list_waiting(scope: Scope) -> list[MedicineRequest]:
    """待受理的委托，先到先办。"""
    rows = MedicineRequest.objects.visible_to(scope).filter(state=RequestState.ASKED)
    return list(rows.select_related("child").order_by("from_on", "asked_at"))


def list_past(scope: Scope, limit: int = 30) -> list[MedicineRequest]:
    """已归档：ended, stopped and refused ones."""
    rows = MedicineRequest.objects.visible_to(scope).exclude(
        state__in=[RequestState.ASKED, RequestState.ACCEPTED]
    )
    return list(rows.select_related("child").order_by("-to_on", "-asked_at")[:limit])


def doses_of(scope: Scope, request: MedicineRequest) -> list[Dose]:
    """一份委托的各次喂药。"""
    rows = Dose.objects.visible_to(scope).filter(request=request)
    return list(rows.order_by("-due_at", "received_at"))


def current_on(rows: QuerySet[MedicineRequest], day: date) -> QuerySet[MedicineRequest]:
    """当天有效的委托。"""
    return rows.filter(state=RequestState.ACCEPTED, from_on__lte=day, to_on__gt=day)


@dataclass
class Due:
    """当天的一次：``dose`` None while it waits; ``rivals`` are what another tablet recorded."""

    request: MedicineRequest
    due_at: datetime
    now: datetime
    minutes: Minutes
    class_id: int | None = None
    class_name: str = ""
    arrived: bool = False
    dose: Dose | None = None
    rivals: list[Dose] = field(default_factory=list)

    @property
    def key(self) -> str:
        """页面上的编号。"""
        return f"{self.request.pk}-{self.due_at.astimezone(clock.ZONE):%H%M}"

    @property
    def is_open(self) -> bool:
        return self.dose is None

    @property
    def is_near(self) -> bool:
        """到了提醒的时候。"""
        return self.is_open and self.due_at - timedelta(minutes=self.minutes.alarm) <= self.now

    @property
    def is_late(self) -> bool:
        limit = self.due_at + timedelta(minutes=self.minutes.tolerance)
        return self.is_open and self.now > limit

    @property
    def has_conflict(self) -> bool:
        return any(r.settled_at is None for r in self.rivals)

    @property
    def wants_second(self) -> bool:
        dose = self.dose
        return dose is not None and dose.outcome == Dose.Outcome.GIVEN and not dose.second_user

    @property
    def wants_reason(self) -> bool:
        return rules.wants_reason(self.due_at, self.now, self.minutes.tolerance)

    @property
    def off_words(self) -> str:
        return rules.off_words(rules.minutes_off(self.due_at, self.now))

    @property
    def tone(self) -> str:
        if self.has_conflict or (self.is_late and self.arrived):
            return "danger"
        if self.is_near and self.arrived:
            return "warn"
        return "ok" if self.dose is not None else ""

    @property
    def words(self) -> str:
        """现在怎样。"""
        if self.has_conflict:
            return "两台设备都记了，待核实"
        if self.dose is not None:
            if self.dose.outcome == Dose.Outcome.SKIPPED:
                return f"未喂：{self.dose.reason}"
            at = f"{self.dose.at.astimezone(clock.ZONE):%H:%M}"
            return f"{at} 已喂，待第二人签字" if self.wants_second else f"{at} 已喂"
        if not self.arrived:
            return "孩子未到园"
        if self.is_late:
            return f"已过 {rules.minutes_off(self.due_at, self.now)} 分钟"
        return "到时间了" if self.is_near else "未到时间"


def board(
    scope: Scope, institution_id: int, now: datetime, class_id: int | None = None
) -> list[Due]:
    """今天的喂药，按时间先后。"""
    day = clock.day_of(now)
    rows = MedicineRequest.objects.visible_to(scope).filter(institution_id=institution_id)
    requests = list(current_on(rows, day).select_related("child"))
    if not requests:
        return []
    children = [r.child_id for r in requests]
    rooms = rooms_of(scope, children, day)
    here = arrived_on(scope, children, day)
    kept, rivals = _doses(scope, [r.pk for r in requests], day)
    minutes = minutes_of(institution_id)
    out = []
    for r in requests:
        room, name = rooms.get(r.child_id, (None, ""))
        if class_id is not None and room != class_id:
            continue
        for due in rules.dues_on(day, r.from_on, r.to_on, r.times):
            key = r.pk, due
            out.append(
                Due(r, due, now, minutes, room, name, r.child_id in here, kept.get(key),
                    rivals.get(key, []))
            )  # fmt: skip
    return sorted(out, key=lambda d: (d.due_at, d.request.pk))


def _doses(
    scope: Scope, requests: list[int], day: date
) -> tuple[dict[tuple[int, datetime], Dose], dict[tuple[int, datetime], list[Dose]]]:
    start = clock.at(day)
    rows = Dose.objects.visible_to(scope).filter(
        request_id__in=requests, due_at__gte=start, due_at__lt=start + timedelta(days=1)
    )
    kept: dict[tuple[int, datetime], Dose] = {}
    rivals: dict[tuple[int, datetime], list[Dose]] = defaultdict(list)
    for dose in rows.order_by("received_at"):
        key = dose.request_id, dose.due_at.astimezone(clock.ZONE)
        if dose.conflict_with_id is None:
            kept[key] = dose
        else:
            rivals[key].append(dose)
    return kept, rivals


def rooms_of(scope: Scope, children: list[int], day: date) -> dict[int, tuple[int, str]]:
    """当天在哪个班。"""
    rows = Enrolment.objects.visible_to(scope).filter(child_id__in=children, period__contains=day)
    found = rows.values_list("child_id", "class_group_id", "class_group__name")
    return {child: (room, name) for child, room, name in found}


def arrived_on(scope: Scope, children: list[int], day: date) -> set[int]:
    """当天到了园的孩子。"""
    rows = DaySheet.objects.visible_to(scope).filter(
        child_id__in=children, day=day, status=DayStatus.PRESENT
    )
    return set(rows.values_list("child_id", flat=True))


def list_unsigned(scope: Scope) -> list[Dose]:
    """待第二人签字。"""
    rows = Dose.objects.visible_to(scope).filter(
        outcome=Dose.Outcome.GIVEN, second_user=None, conflict_with=None
    )
    return list(rows.select_related("request__child").order_by("at"))


def list_conflicts(scope: Scope) -> list[Dose]:
    """两台设备都记了的：shown until settled."""
    rows = Dose.objects.visible_to(scope).filter(conflict_with__isnull=False, settled_at=None)
    found = rows.select_related("request__child", "conflict_with")
    return list(found.order_by("due_at", "received_at"))


def count_open(scope: Scope) -> int:
    """园方要办的事：requests that wait, conflicts, missing signatures."""
    asked = MedicineRequest.objects.visible_to(scope).filter(state=RequestState.ASKED)
    doses = Dose.objects.visible_to(scope).filter(
        Q(conflict_with__isnull=False, settled_at=None)
        | Q(conflict_with=None, outcome=Dose.Outcome.GIVEN, second_user=None)
    )
    return asked.count() + doses.count()
