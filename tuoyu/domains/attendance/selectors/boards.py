"""今日：who came, who is missing, room by room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import models

from tuoyu.core import clock, workdays
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, Event, EventKind, Flag
from tuoyu.domains.attendance.rules import live_state
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import ClassGroup, Institution


@dataclass(frozen=True)
class ChildToday:
    """一名儿童今日的状态：in, out, leave, absent, or empty (not come)."""

    child_id: int
    name: str
    born_on: date
    has_allergy: bool
    class_id: int
    usual_in: time | None
    state: str
    is_waiting: bool
    in_at: datetime | None
    out_at: datetime | None
    reason: str
    flags: int


@dataclass(frozen=True)
class RoomToday:
    """一个班的今日；children not yet here come first, by their usual time."""

    class_id: int
    name: str
    class_type: str
    capacity: int
    children: tuple[ChildToday, ...]

    @property
    def expected(self) -> int:
        """应到：enrolled, less those on leave or known absent."""
        return len(self.children) - self.on_leave

    @property
    def arrived(self) -> int:
        return sum(c.state in ("in", "out") for c in self.children)

    @property
    def present(self) -> int:
        """此刻在班。"""
        return sum(c.state == "in" for c in self.children)

    @property
    def on_leave(self) -> int:
        return sum(c.state in ("leave", "absent") for c in self.children)

    @property
    def missing(self) -> int:
        return sum(c.state == "" for c in self.children)

    @property
    def waiting(self) -> int:
        """待核。"""
        return sum(c.is_waiting for c in self.children)


@dataclass(frozen=True)
class TodayBoard:
    """今日看板。"""

    institution_id: int
    day: date
    now: datetime
    leave_cutoff: time
    is_past_cutoff: bool
    rooms: tuple[RoomToday, ...]

    def total(self, name: str) -> int:
        """各班合计：expected, arrived, present, on_leave, missing, waiting."""
        return sum(int(getattr(room, name)) for room in self.rooms)

    @property
    def expected(self) -> int:
        return self.total("expected")

    @property
    def arrived(self) -> int:
        return self.total("arrived")

    @property
    def present(self) -> int:
        return self.total("present")

    @property
    def on_leave(self) -> int:
        return self.total("on_leave")

    @property
    def missing(self) -> int:
        return self.total("missing")

    @property
    def waiting(self) -> int:
        return self.total("waiting")


def today_board(
    scope: Scope, institution_id: int, day: date, now: datetime, cutoff: time | None = None
) -> TodayBoard:
    """某机构某日的看板（与人数无关）；give ``cutoff`` (请假截止) when the page has it already."""
    if cutoff is None:
        institutions = Institution.objects.unscoped(reason="机构信息公开")
        cutoff = institutions.values_list("leave_cutoff", flat=True).get(pk=institution_id)
    rooms = ClassGroup.objects.unscoped(reason="机构信息公开").filter(
        institution_id=institution_id, is_open=True
    )
    by_room: dict[int, list[ChildToday]] = {}
    for child in _children(scope, institution_id, day):
        by_room.setdefault(child.class_id, []).append(child)
    return TodayBoard(
        institution_id,
        day,
        now,
        cutoff,
        now >= _cutoff(day, cutoff),
        tuple(
            RoomToday(
                room.pk,
                room.name,
                room.class_type,
                room.capacity,
                tuple(sorted(by_room.get(room.pk, []), key=_order)),
            )
            for room in rooms
        ),
    )


_PLACE = {"": 0, "in": 1, "out": 2, "leave": 3, "absent": 4}


def _order(child: ChildToday) -> tuple[int, time, str]:
    return _PLACE[child.state], child.usual_in or time.max, child.name


def _cutoff(day: date, cutoff: time) -> datetime:
    return clock.at(day, cutoff.hour, cutoff.minute)


def _children(scope: Scope, institution_id: int, day: date) -> list[ChildToday]:
    enrolled = (
        Enrolment.objects.visible_to(scope)
        .filter(institution_id=institution_id, period__contains=day)
        .values_list(
            "class_group_id",
            "child_id",
            "child__name",
            "child__born_on",
            "child__has_allergy",
            "child__usual_in",
        )
    )  # columns, not rows: of a child's file the board shows only these
    sheets = {
        s.child_id: s
        for s in DaySheet.objects.visible_to(scope).filter(institution_id=institution_id, day=day)
    }
    last = dict(
        Event.objects.visible_to(scope)
        .filter(institution_id=institution_id, day=day, kind__in=(EventKind.IN, EventKind.OUT))
        .annotate(skew=models.F("flags").bitand(int(Flag.SKEW)))
        .filter(skew=0)
        .order_by("at", "id")
        .values_list("child_id", "kind")
    )  # the last one of each child stays
    return [_child_today(row, sheets.get(row[1]), last.get(row[1])) for row in enrolled]


def _child_today(
    row: tuple[int, int, str, date, bool, time | None],
    sheet: DaySheet | None,
    last_kind: int | None,
) -> ChildToday:
    class_id, child_id, name, born_on, has_allergy, usual_in = row
    state = live_state(
        sheet.status if sheet else None,
        is_corrected=bool(sheet and sheet.is_corrected),
        has_out=bool(sheet and sheet.out_at),
        last_kind=last_kind,
    )
    return ChildToday(
        child_id,
        name,
        born_on,
        has_allergy,
        class_id,
        usual_in,
        state,
        sheet is not None and sheet.status is None,
        sheet.in_at.astimezone(clock.ZONE) if sheet and sheet.in_at else None,
        sheet.out_at.astimezone(clock.ZONE) if sheet and sheet.out_at else None,
        sheet.reason if sheet else "",
        sheet.flags if sheet else 0,
    )


@dataclass(frozen=True)
class MissingList:
    """一家机构的「未到未请假」。"""

    institution_id: int
    institution_name: str
    region_code: str
    leave_cutoff: time
    expected: int
    children: tuple[tuple[int, str], ...]


def missing_without_leave(
    scope: Scope, day: date, now: datetime, institution_id: int | None = None
) -> tuple[MissingList, ...]:
    """未到未请假：after each institution's own cut-off, on working days; most missing first."""
    if not workdays.is_workday(day):
        return ()
    enrolments = Enrolment.objects.visible_to(scope).filter(period__contains=day)
    if institution_id is not None:
        enrolments = enrolments.filter(institution_id=institution_id)
    known = DaySheet.objects.visible_to(scope).filter(
        child_id=models.OuterRef("child_id"), day=day, status__isnull=False
    )
    if day == clock.day_of(now):
        enrolments = enrolments.filter(
            institution__leave_cutoff__lte=now.astimezone(clock.ZONE).time()
        )
    elif day > clock.day_of(now):
        return ()
    absent = enrolments.filter(~models.Exists(known)).values_list(
        "institution_id", "child_id", "child__name"
    )
    by_institution: dict[int, list[tuple[int, str]]] = {}
    for inst, child, name in absent.order_by("child__usual_in", "child__name"):
        by_institution.setdefault(inst, []).append((child, name))
    expected = dict(
        enrolments.filter(institution_id__in=by_institution)
        .values_list("institution_id")
        .annotate(n=models.Count("id"))
    )
    institutions = Institution.objects.unscoped(reason="机构信息公开").filter(pk__in=by_institution)
    rows = [
        MissingList(
            i.pk,
            i.name,
            i.region_code,
            i.leave_cutoff,
            expected[i.pk],
            tuple(by_institution[i.pk]),
        )
        for i in institutions
    ]
    return tuple(sorted(rows, key=lambda r: (-len(r.children), r.institution_id)))
