"""在班配比：only carers who are on duty in that room with valid papers count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import StaffShift
from tuoyu.domains.attendance.rules import RoomRatio, judge_room
from tuoyu.domains.attendance.selectors.boards import TodayBoard, today_board
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.workforce.models import Staff
from tuoyu.domains.workforce.selectors import list_counted


def ratio_table() -> dict[str, int | None]:
    """各班型的配比（国家包）；混龄班国家未定，取国家包登记的从严口径。"""
    national = current_book().national
    table = {code: found.ratio for code, found in national.class_types.items()}
    if table.get("mixed") is None:
        table["mixed"] = national.norm("mixed_ratio_strict")
    return table


@dataclass(frozen=True)
class OnDuty:
    """一名员工的在岗情况。"""

    staff_id: int
    name: str
    class_id: int | None
    since: datetime | None
    is_certified: bool

    @property
    def is_on_duty(self) -> bool:
        return self.since is not None


def staff_on_duty(scope: Scope, institution_id: int, now: datetime) -> tuple[OnDuty, ...]:
    """本机构员工：在岗与否、当日证书是否有效。"""
    day = clock.day_of(now)
    staff = list(
        Staff.objects.visible_to(scope)
        .filter(institution_id=institution_id, hired_on__lte=day)
        .filter(models.Q(left_on=None) | models.Q(left_on__gt=day))
        .order_by("name", "id")
    )
    shifts = {
        s.staff_id: s
        for s in StaffShift.objects.visible_to(scope)
        .filter(institution_id=institution_id, in_at__lte=now, in_at__gte=clock.at(day))
        .filter(models.Q(out_at=None) | models.Q(out_at__gt=now))
    }
    known = [(person.pk, person.hired_on, person.left_on) for person in staff]
    certified = list_counted(scope, institution_id, day, known)
    return tuple(
        OnDuty(
            person.pk,
            person.name,
            shifts[person.pk].class_group_id if person.pk in shifts else None,
            shifts[person.pk].in_at.astimezone(clock.ZONE) if person.pk in shifts else None,
            person.pk in certified,
        )
        for person in staff
    )


def ratio_board(
    scope: Scope,
    institution_id: int,
    now: datetime,
    board: TodayBoard | None = None,
    staff: tuple[OnDuty, ...] | None = None,
) -> tuple[RoomRatio, ...]:
    """各班此刻的配比；give ``board`` and ``staff`` when the page has them already."""
    board = board or today_board(scope, institution_id, clock.day_of(now), now)
    staff = staff if staff is not None else staff_on_duty(scope, institution_id, now)
    ratios = ratio_table()
    return tuple(
        judge_room(
            class_id=room.class_id,
            name=room.name,
            class_type=room.class_type,
            ratio=ratios.get(room.class_type),
            present=room.present,
            staff=sum(
                s.is_on_duty and s.is_certified and s.class_id == room.class_id for s in staff
            ),
        )
        for room in board.rooms
    )
