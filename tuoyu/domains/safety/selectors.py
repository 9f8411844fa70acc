"""安全的读取：what is due today, what is open, what runs out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet

from tuoyu.core import clock, workdays
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.safety import rules
from tuoyu.domains.safety.models import (
    Document,
    Drill,
    DrillKind,
    Equipment,
    EquipmentCheck,
    Every,
    Hazard,
    Point,
    Round,
)
from tuoyu.domains.safety.rules import Filled, Slot
from tuoyu.domains.safety.states import FOUND, HAZARD

TONES = {
    rules.DONE: "ok",
    rules.LATE: "warn",
    rules.DUE: "info",
    rules.OVERDUE: "danger",
    rules.WAITING: "",
}


@dataclass(frozen=True)
class Task:
    """一项应巡。"""

    point: Point
    filled: Filled

    @property
    def state(self) -> str:
        return self.filled.state

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def due_text(self) -> str:
        if self.point.every == Every.DAY:
            return f"{self.filled.slot.due_at:%H:%M} 前"
        return f"{self.filled.slot.due_at:%m-%d} 前"


def list_points(scope: Scope, institution_id: int, on: date) -> list[Point]:
    """在用的巡查点。"""
    rows = Point.objects.visible_to(scope).filter(institution_id=institution_id, ended_on=None)
    return sorted(rows, key=lambda p: (list(Every.values).index(p.every), p.name))


def access_point(scope: Scope, point_id: int) -> Point:
    """取一个巡查点。"""
    found = Point.objects.visible_to(scope).filter(pk=point_id).first()
    if found is None:
        raise NotFound
    return found


def slots_on(point: Point, day: date) -> list[Slot]:
    """某日落在哪些应巡上：none on a day of rest or before the point stood."""
    if not workdays.is_workday(day) or day < point.from_on:
        return []
    if point.every == Every.DAY:
        return rules.slots_of_day(rules.times_of(point.due_times), clock.at, day)
    first = rules.week_of(day) if point.every == Every.WEEK else day.replace(day=1)
    last = first + timedelta(days=6) if point.every == Every.WEEK else add_months(first, 1)
    if point.every == Every.MONTH:
        last -= timedelta(days=1)
    while not workdays.is_workday(last) and last > first:
        last -= timedelta(days=1)
    return [Slot(clock.at(first), clock.at(last, 18))]


def tasks_on(scope: Scope, institution_id: int, day: date, now: datetime) -> list[Task]:
    """某日的应巡，overdue first, then by time."""
    points = list_points(scope, institution_id, day)
    first = min(rules.week_of(day), day.replace(day=1))
    made = _rounds(scope, institution_id, first, day)
    out = []
    for point in points:
        slots = slots_on(point, day)
        if slots:
            mine = [r.at for r in made if r.point_id == point.pk and r.at >= slots[0].from_at]
            out += [Task(point, f) for f in rules.fill(slots, mine, now)]
    rank = {rules.OVERDUE: 0, rules.DUE: 1, rules.WAITING: 2, rules.LATE: 3, rules.DONE: 4}
    return sorted(out, key=lambda t: (rank[t.state], t.filled.slot.due_at, t.point.name))


def _rounds(scope: Scope, institution_id: int, first: date, last: date) -> list[Round]:
    rows = Round.objects.visible_to(scope).filter(
        institution_id=institution_id, day__gte=first, day__lte=last
    )
    return list(rows.order_by("at"))


def rounds_of(scope: Scope, point: Point, limit: int = 20) -> list[Round]:
    """一个点最近的巡查。"""
    return list(Round.objects.visible_to(scope).filter(point=point).order_by("-at")[:limit])


def access_round(scope: Scope, round_id: uuid.UUID) -> Round:
    """取一次巡查。"""
    found = Round.objects.visible_to(scope).filter(pk=round_id).select_related("point").first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class OpenHazard:
    """一件隐患与它办到哪里。"""

    hazard: Hazard
    case: Case | None
    is_late: bool

    @property
    def state_title(self) -> str:
        return self.case.state_of.title if self.case else "—"

    @property
    def tone(self) -> str:
        return "danger" if self.is_late else (self.case.state_of.tone if self.case else "")


def list_hazards(
    scope: Scope, institution_id: int, today: date, *, is_open: bool = True
) -> list[OpenHazard]:
    """隐患：open ones by their deadline; closed ones newest first."""
    rows = Hazard.objects.visible_to(scope).filter(
        institution_id=institution_id, closed_at__isnull=is_open
    )
    rows = rows.order_by("due_on", "id") if is_open else rows.order_by("-closed_at")[:50]
    return _with_cases(scope, rows, today)


def _with_cases(scope: Scope, rows: Iterable[Hazard], today: date) -> list[OpenHazard]:
    found = list(rows)
    cases = Case.objects.visible_to(scope).filter(type=HAZARD, subject_id__in=[h.pk for h in found])
    known = {c.subject_id: c for c in cases}
    return [OpenHazard(h, c := known.get(h.pk), _is_late(h, c, today)) for h in found]


def _is_late(hazard: Hazard, case: Case | None, today: date) -> bool:
    """超期：not yet mended; one that waits for its second look is not late."""
    return case is not None and case.state == FOUND and hazard.due_on < today


def access_hazard(scope: Scope, hazard_id: int, today: date) -> OpenHazard:
    """取一件隐患。"""
    found = Hazard.objects.visible_to(scope).filter(pk=hazard_id)
    rows = _with_cases(scope, found, today)
    if not rows:
        raise NotFound
    return rows[0]


@dataclass(frozen=True)
class DrillState:
    """一个科目演练到哪里。"""

    kind: str
    title: str
    last: Drill | None
    planned: Drill | None
    next_on: date | None
    is_over: bool


def list_drills(scope: Scope, institution_id: int) -> list[Drill]:
    """演练记录，newest first."""
    rows = Drill.objects.visible_to(scope).filter(institution_id=institution_id)
    return list(rows.order_by("-planned_on", "-id"))


def drill_states(scope: Scope, institution_id: int, today: date) -> list[DrillState]:
    """各科目：last held, planned next, and by when (the national pack's period)."""
    months = current_book().national.norm("drill_months")
    rows = list_drills(scope, institution_id)
    out = []
    for kind, title in DrillKind.choices:
        last = next((d for d in rows if d.kind == kind and d.held_at), None)
        planned = next((d for d in reversed(rows) if d.kind == kind and not d.held_at), None)
        held = clock.day_of(last.held_at) if last and last.held_at else None
        due = add_months(held, months) if held else None
        over = due is not None and due < today
        out.append(DrillState(kind, title, last, planned, due, over))
    return out


def access_drill(scope: Scope, drill_id: int) -> Drill:
    """取一次演练。"""
    found = Drill.objects.visible_to(scope).filter(pk=drill_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class EquipmentState:
    """一件设备：when it was last looked at and when next."""

    item: Equipment
    last: EquipmentCheck | None
    next_on: date
    tone: str
    text: str


def list_equipment(scope: Scope, institution_id: int, today: date) -> list[EquipmentState]:
    """在用的设备，what is over first."""
    rows = Equipment.objects.visible_to(scope).filter(institution_id=institution_id, ended_on=None)
    checks = EquipmentCheck.objects.visible_to(scope).filter(institution_id=institution_id)
    last: dict[int, EquipmentCheck] = {}
    for check in checks.order_by("equipment_id", "-at").distinct("equipment_id"):
        last[check.equipment_id] = check
    out = [_equipment(item, last.get(item.pk), today) for item in rows]
    rank = {"danger": 0, "warn": 1, "info": 2, "ok": 3, "": 3}
    return sorted(out, key=lambda e: (rank[e.tone], e.next_on, e.item.name))


def _equipment(item: Equipment, last: EquipmentCheck | None, today: date) -> EquipmentState:
    since = clock.day_of(last.at) if last else item.from_on
    due = rules.next_check(since, item.check_months)
    tone, text = rules.expiry_tone(item.expires_on, today)
    if item.expires_on is not None and tone in ("danger", "warn"):
        return EquipmentState(item, last, due, tone, f"有效期{text}")
    if last is not None and not last.is_sound:
        return EquipmentState(item, last, due, "danger", "上次检查不正常")
    if due < today:
        return EquipmentState(item, last, due, "danger", f"超期 {(today - due).days} 天未查")
    if (due - today).days <= rules.WARN_DAYS[-1]:
        return EquipmentState(item, last, due, "warn", f"{due:%m-%d} 前应查")
    return EquipmentState(item, last, due, "ok", "正常")


def access_equipment(scope: Scope, equipment_id: int) -> Equipment:
    """取一件设备。"""
    found = Equipment.objects.visible_to(scope).filter(pk=equipment_id, ended_on=None).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class DocumentState:
    """一份证照与它还剩多久。"""

    document: Document
    tone: str
    text: str


def list_documents(scope: Scope, institution_id: int, today: date) -> list[DocumentState]:
    """现行证照，what runs out first."""
    rows = Document.objects.visible_to(scope).filter(institution_id=institution_id, is_current=True)
    found = sorted(rows, key=lambda d: (d.expires_on or date.max, d.kind, d.pk))
    return [DocumentState(d, *rules.expiry_tone(d.expires_on, today)) for d in found]


def access_document(scope: Scope, document_id: int) -> Document:
    """取一份证照。"""
    found = Document.objects.visible_to(scope).filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class SafetyToday:
    """今日：what the director has to mind."""

    tasks: int
    done: int
    overdue: int
    hazards: int
    hazards_late: int
    equipment_over: int
    documents_soon: int
    documents_over: int
    drills_over: int

    @property
    def todo(self) -> int:
        """要办的件数。"""
        return self.overdue + self.hazards_late + self.equipment_over + self.documents_over

    @property
    def is_bad(self) -> bool:
        return self.todo > 0


def today(scope: Scope, institution_id: int, now: datetime) -> SafetyToday:
    """今日卡片的数。"""
    day = clock.day_of(now)
    tasks = tasks_on(scope, institution_id, day, now)
    hazards = list_hazards(scope, institution_id, day)
    documents = list_documents(scope, institution_id, day)
    over = [d for d in documents if d.document.expires_on and d.document.expires_on < day]
    return SafetyToday(
        len(tasks),
        sum(t.state in (rules.DONE, rules.LATE) for t in tasks),
        sum(t.state == rules.OVERDUE for t in tasks),
        len(hazards),
        sum(h.is_late for h in hazards),
        sum(e.tone == "danger" for e in list_equipment(scope, institution_id, day)),
        sum(d.tone in ("danger", "warn", "info") for d in documents) - len(over),
        len(over),
        sum(d.is_over for d in drill_states(scope, institution_id, day)),
    )


def overdue_tasks(institution_id: int, now: datetime) -> list[Task]:
    """漏巡：for the task that tells the director."""
    from tuoyu.core.scope import SYSTEM

    rows = tasks_on(SYSTEM, institution_id, clock.day_of(now), now)
    return [t for t in rows if t.state == rules.OVERDUE]


def overdue_count(scope: Scope, institution_id: int, now: datetime) -> int:
    """今天漏巡的处数。"""
    rows = tasks_on(scope, institution_id, clock.day_of(now), now)
    return sum(t.state == rules.OVERDUE for t in rows)


def late_hazards(scope: Scope, institution_id: int, today: date) -> int:
    """超期未整改的隐患。"""
    return sum(h.is_late for h in list_hazards(scope, institution_id, today))


def institutions_with_points() -> QuerySet[Point, int]:
    """有巡查点的机构。"""
    rows = Point.objects.unscoped(reason="定时查漏巡")
    return rows.filter(ended_on=None).values_list("institution_id", flat=True).distinct()


def last_round_on(scope: Scope, institution_id: int) -> date | None:
    """最近一次巡查的日子。"""
    rows = Round.objects.visible_to(scope).filter(institution_id=institution_id)
    found: date | None = rows.aggregate(last=Max("day"))["last"]
    return found
