"""余位：worked out from the people who will be in the room, each time anew.

Read as the system: a family is told how many seats are left, not who is in the room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from tuoyu.core import clock, rls
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DaySheet, DayStatus, StaffShift
from tuoyu.domains.attendance.selectors.ratios import ratio_table
from tuoyu.domains.bookings import rules
from tuoyu.domains.bookings.models import Booking, Opening, State
from tuoyu.domains.bookings.rules import HalfHour
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.workforce.selectors import list_counted

BY_BOOKING = (ServiceForm.HOURLY, ServiceForm.TEMPORARY)


@dataclass(frozen=True)
class Room:
    """一个班当日的在班情况：minutes during which each counts."""

    planned: int
    here: int
    children: tuple[tuple[int, int], ...]
    booked: tuple[tuple[int, int], ...]


def half_hours(opening: Opening, now: datetime) -> list[HalfHour]:
    """开放时段的各个半小时。"""
    with rls.as_system("余位按在班人员与应到儿童计算，只把余数告诉家长"):
        room = _room(opening, now)
        group = ClassGroup.all_rows.get(pk=opening.class_group_id)
    kind = current_book().national.class_types[group.class_type]
    ratio = ratio_table().get(group.class_type) or 0
    size = min(kind.max_children, group.capacity)
    return [
        HalfHour(
            minute,
            room.here if _is_now(opening.day, minute, now) else room.planned,
            ratio,
            size,
            _covering(room.children, minute),
            _covering(room.booked, minute),
            opening.most,
        )
        for minute in rules.steps(opening.from_minute, opening.to_minute)
    ]


def _covering(spans: Iterable[tuple[int, int]], minute: int) -> int:
    return sum(start < minute + rules.STEP and minute < end for start, end in spans)


def _is_now(day: date, minute: int, now: datetime) -> bool:
    """这半小时已经开始：who is really there counts, not who was planned."""
    return clock.day_of(now) == day and minute <= _minute(now)


def _minute(at: datetime) -> int:
    there = at.astimezone(clock.ZONE)
    return there.hour * 60 + there.minute


def _room(opening: Opening, now: datetime) -> Room:
    able = certified(opening.institution_id, opening.day)
    is_today = clock.day_of(now) == opening.day
    return Room(
        planned=len(able & set(opening.staff_ids)),
        here=len(able & _on_duty(opening, now)) if is_today else 0,
        children=tuple(_children(opening, is_today)),
        booked=tuple(_booked(opening)),
    )


def certified(institution_id: int, day: date) -> set[int]:
    """当日在职且证件有效的人员：the same who count in the ratio of the room."""
    return list_counted(SYSTEM, institution_id, day)


def _on_duty(opening: Opening, now: datetime) -> set[int]:
    shifts = StaffShift.all_rows.filter(
        Q(out_at=None) | Q(out_at__gt=now),
        institution_id=opening.institution_id,
        class_group_id=opening.class_group_id,
        in_at__lte=now,
        in_at__gte=clock.at(opening.day),
    )
    return set(shifts.values_list("staff_id", flat=True))


def _children(opening: Opening, is_today: bool) -> list[tuple[int, int]]:
    """包月儿童：all day, less leave, until they have gone. By-the-hour children who came unbooked
    count from when they came.
    """
    stays = Enrolment.all_rows.filter(
        class_group_id=opening.class_group_id, period__contains=opening.day
    )
    forms = dict(stays.values_list("child_id", "form"))
    sheets = {
        s.child_id: s for s in DaySheet.all_rows.filter(day=opening.day, child_id__in=list(forms))
    }
    with_seat = set(_live(opening).values_list("child_id", flat=True))
    spans = []
    for child, form in forms.items():
        sheet = sheets.get(child)
        if sheet is not None and sheet.status in (DayStatus.LEAVE, DayStatus.ABSENT):
            continue
        if form in BY_BOOKING:
            if child in with_seat or sheet is None or sheet.in_at is None:
                continue
            spans.append((_minute(sheet.in_at), _gone(sheet, is_today)))
        else:
            spans.append((0, _gone(sheet, is_today)))
    return spans


def _gone(sheet: DaySheet | None, is_today: bool) -> int:
    if not is_today or sheet is None or sheet.out_at is None:
        return 1440
    return _minute(sheet.out_at)


def _live(opening: Opening) -> QuerySet[Booking]:
    return Booking.all_rows.filter(
        class_group_id=opening.class_group_id, day=opening.day, state=State.BOOKED
    )


def _booked(opening: Opening) -> list[tuple[int, int]]:
    return [minutes_of(b) for b in _live(opening)]


def minutes_of(booking: Booking) -> tuple[int, int]:
    """预约时段写成分钟。"""
    start, end = booking.period.lower, booking.period.upper
    return _minute(start), _minute(end) or 1440
