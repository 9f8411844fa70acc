"""月表、某日经过与月结前的核对。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import models

from tuoyu.core import clock, crypto, rls
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import (
    DaySheet,
    DayStatus,
    Dispute,
    Event,
    EventKind,
    Flag,
    Method,
    MonthClose,
)
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.devices.models import Device
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.identity.models import User

MARKS = {DayStatus.PRESENT: "present", DayStatus.LEAVE: "leave", DayStatus.ABSENT: "absent"}


def mark_of(sheet: DaySheet | None) -> str:
    """一格：present, leave, absent, waiting (待核), or empty (no record: not an absence)."""
    if sheet is None:
        return ""
    return MARKS[DayStatus(sheet.status)] if sheet.status else "waiting"


@dataclass(frozen=True)
class Cell:
    """月表的一格。``mark`` is ``off`` outside the enrolment."""

    day: date
    mark: str
    is_corrected: bool = False
    flags: int = 0


@dataclass(frozen=True)
class MonthRow:
    """一名儿童的一个月。"""

    child_id: int
    child_name: str
    class_id: int
    class_name: str
    cells: tuple[Cell, ...]
    present: int
    leave: int
    absent: int
    waiting: int


@dataclass(frozen=True)
class MonthSheet:
    """月考勤表：children × days."""

    institution_id: int
    month: date
    days: tuple[date, ...]
    rows: tuple[MonthRow, ...]
    closed: MonthClose | None


def month_sheet(scope: Scope, institution_id: int, month: date) -> MonthSheet:
    """某机构某月的考勤表。"""
    first, end = month.replace(day=1), add_months(month.replace(day=1), 1)
    days = tuple(first + timedelta(days=i) for i in range((end - first).days))
    sheets = {(s.child_id, s.day): s for s in _sheets(scope, institution_id, first, end)}
    enrolments = (
        Enrolment.objects.visible_to(scope)
        .filter(institution_id=institution_id, period__overlap=(first, end))
        .select_related("class_group")
        .order_by("child_id", "period")
    )  # not joined with the child, whose row leaves the scope when the child leaves
    stays: dict[int, list[Enrolment]] = {}
    for row in enrolments:
        stays.setdefault(row.child_id, []).append(row)
    closed = (
        MonthClose.objects.visible_to(scope)
        .filter(institution_id=institution_id, month=first)
        .first()
    )
    names = names_of_enrolled(scope, stays)
    rows = [_month_row(stay, names, days, sheets) for stay in stays.values()]
    rows.sort(key=lambda r: (r.class_id, r.child_name, r.child_id))
    return MonthSheet(institution_id, first, days, tuple(rows), closed)


def _month_row(
    stay: list[Enrolment],
    names: dict[int, str],
    days: tuple[date, ...],
    sheets: dict[tuple[int, date], DaySheet],
) -> MonthRow:
    last = stay[-1]
    cells = []
    for day in days:
        sheet = sheets.get((last.child_id, day))
        if sheet is None and not any(_covers(e, day) for e in stay):
            cells.append(Cell(day, "off"))
        elif sheet is None:
            cells.append(Cell(day, ""))
        else:
            cells.append(Cell(day, mark_of(sheet), sheet.is_corrected, sheet.flags))
    marks = [c.mark for c in cells]
    return MonthRow(
        last.child_id,
        names[last.child_id],
        last.class_group_id,
        last.class_group.name,
        tuple(cells),
        *(marks.count(m) for m in ("present", "leave", "absent", "waiting")),
    )


def _covers(enrolment: Enrolment, day: date) -> bool:
    period = enrolment.period
    return bool(period.lower <= day and (period.upper is None or day < period.upper))


def _sheets(scope: Scope, institution_id: int, first: date, end: date) -> models.QuerySet[DaySheet]:
    return DaySheet.objects.visible_to(scope).filter(
        institution_id=institution_id, day__gte=first, day__lt=end
    )


def closed_at(institution_id: int, month: date) -> datetime | None:
    """月结时间，None 为未月结；families may know that a month is locked, not what else is in it."""
    with rls.as_system("家长可知本月是否已月结"):
        row = MonthClose.all_rows.filter(institution_id=institution_id, month=month).first()
    return row.closed_at if row else None


def count_days(scope: Scope, child_id: int, month: date) -> int:
    """当月到托天数。"""
    first = month.replace(day=1)
    return (
        DaySheet.objects.visible_to(scope)
        .filter(
            child_id=child_id,
            day__gte=first,
            day__lt=add_months(first, 1),
            status=DayStatus.PRESENT,
        )
        .count()
    )


@dataclass(frozen=True)
class TrailEvent:
    """某日的一个事件；``says`` is what a correction or leave asserts."""

    id: UUID
    kind: str
    at: datetime
    received_at: datetime
    method: str
    who: str
    reason: str
    says: str
    set_in_at: datetime | None
    set_out_at: datetime | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class DayTrail:
    """某日经过：what was first recorded, every correction, and what counts now."""

    child_id: int
    day: date
    sheet: DaySheet | None
    first_in_at: datetime | None
    last_out_at: datetime | None
    events: tuple[TrailEvent, ...]
    disputes: tuple[Dispute, ...]


def day_trail(scope: Scope, child_id: int, day: date) -> DayTrail:
    """一名儿童某日的全部记录，更正前后都在。"""
    events = list(
        Event.objects.visible_to(scope).filter(child_id=child_id, day=day).order_by("at", "id")
    )
    who = _names(scope, child_id, events)
    trusted = [e for e in events if not e.flags & Flag.SKEW]
    return DayTrail(
        child_id,
        day,
        DaySheet.objects.visible_to(scope).filter(child_id=child_id, day=day).first(),
        min((e.at for e in trusted if e.kind == EventKind.IN), default=None),
        max((e.at for e in trusted if e.kind == EventKind.OUT), default=None),
        tuple(_trail_event(e, who) for e in events),
        tuple(Dispute.objects.visible_to(scope).filter(child_id=child_id, day=day).order_by("id")),
    )


def _trail_event(e: Event, who: dict[tuple[str, object], str]) -> TrailEvent:
    names = [
        who.get(key, "")
        for key in (("guardian", e.guardian_id), ("user", e.user_id), ("device", e.device_id))
    ]
    says = "撤回" if e.set_status == 0 else ""
    if e.set_status:
        says = DayStatus(e.set_status).label
    return TrailEvent(
        e.id,
        EventKind(e.kind).label,
        e.at.astimezone(clock.ZONE),
        e.received_at.astimezone(clock.ZONE),
        Method(e.method).label,
        " · ".join(n for n in names if n),
        e.reason,
        says,
        e.set_in_at,
        e.set_out_at,
        tuple(f.label for f in Flag if e.flags & f),
    )


def _names(scope: Scope, child_id: int, events: list[Event]) -> dict[tuple[str, object], str]:
    """Names of those who acted: guardians of this child, users, devices."""
    out: dict[tuple[str, object], str] = {}
    links = Guardianship.objects.visible_to(scope).filter(
        child_id=child_id, guardian_id__in={e.guardian_id for e in events}
    )
    for link in links.select_related("guardian"):
        label = Guardianship.Relation(link.relation).label
        out["guardian", link.guardian_id] = f"{label} {link.guardian.name}"
    users = User.objects.filter(pk__in={e.user_id for e in events if e.user_id})
    out.update({("user", pk): name for pk, name in users.values_list("pk", "name")})
    devices = Device.objects.visible_to(scope).filter(
        pk__in={e.device_id for e in events if e.device_id}
    )
    out.update({("device", pk): name for pk, name in devices.values_list("pk", "name")})
    return out


@dataclass(frozen=True)
class Obstacle:
    """月结前要处理的一天。"""

    child_id: int
    child_name: str
    day: date
    why: str


def list_obstacles(scope: Scope, institution_id: int, month: date) -> tuple[Obstacle, ...]:
    """挡住月结的各天：待核的日考勤、未答复的异议。"""
    first = month.replace(day=1)
    end = add_months(first, 1)
    found = [
        (child, day, "待核")
        for child, day in _sheets(scope, institution_id, first, end)
        .filter(status=None)
        .values_list("child_id", "day")
    ]
    found += [
        (child, day, "家长异议未答复")
        for child, day in Dispute.objects.visible_to(scope)
        .filter(institution_id=institution_id, day__gte=first, day__lt=end, answered_at=None)
        .values_list("child_id", "day")
    ]
    names = names_of_enrolled(scope, {child for child, _, _ in found})
    rows = [Obstacle(c, names.get(c, "已离园儿童"), d, why) for c, d, why in found]
    return tuple(sorted(rows, key=lambda o: (o.day, o.child_name, o.why)))


def hash_sheets(sheets: models.QuerySet[DaySheet]) -> str:
    """日考勤散列（SM3）：what exactly was confirmed."""
    rows = sheets.order_by("child_id", "day").values_list(
        "child_id", "day", "status", "in_at", "out_at", "is_corrected"
    )
    lines = ("|".join("" if v is None else _plain(v) for v in row) for row in rows.iterator())
    return crypto.sm3("\n".join(lines).encode()).hex()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).isoformat()
    return str(value)
