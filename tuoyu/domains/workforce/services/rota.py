"""排班：planned shift by shift, or a week at a time from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from tuoyu.core import workdays
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.workforce.models import RotaShift, Staff
from tuoyu.domains.workforce.rules import STEP, clock_text
from tuoyu.domains.workforce.selectors.people import access_staff, working
from tuoyu.domains.workforce.selectors.rota import access_shift, away, list_shifts

WEEK = timedelta(days=7)


def plan_shift(
    *,
    scope: Scope,
    staff_id: int,
    class_group_id: int,
    day: date,
    from_minute: int,
    to_minute: int,
    by_name: str,
    at: datetime,
) -> RotaShift:
    """排一个班：in whole half hours, in a room of the same institution, not during leave."""
    staff = access_staff(scope, staff_id)
    _check_span(from_minute, to_minute)
    _check_room(scope, staff, class_group_id)
    if (staff.pk, day) in away(scope, staff.institution_id, day, day + timedelta(days=1)):
        raise DomainError("on-leave", f"{staff.name} {day} 请假已准，请换人，或先撤回请假")
    if day < staff.hired_on:
        raise DomainError("not-hired", f"{staff.name} {staff.hired_on} 才入职，请改日期或换人")
    try:
        with transaction.atomic():
            return RotaShift.all_rows.create(
                staff=staff,
                institution_id=staff.institution_id,
                region_code=staff.region_code,
                class_group_id=class_group_id,
                day=day,
                from_minute=from_minute,
                to_minute=to_minute,
                made_at=at,
                made_by_name=by_name,
            )
    except IntegrityError as error:
        raise DomainError(
            "twice", f"{staff.name} {day} 这段时间已排在班上，请先删去原来的班次，或错开时间"
        ) from error


def _check_span(from_minute: int, to_minute: int) -> None:
    if from_minute % STEP or to_minute % STEP:
        raise DomainError("half-hour", "上下班时间以半小时为单位，如 07:30、12:00，请改正")
    if not 0 <= from_minute < to_minute <= 1440:
        raise DomainError(
            "span",
            f"下班 {clock_text(to_minute)} 应晚于上班 {clock_text(from_minute)}，请核对",
        )


def _check_room(scope: Scope, staff: Staff, class_group_id: int) -> None:
    rooms = ClassGroup.objects.visible_to(scope).filter(
        pk=class_group_id, institution_id=staff.institution_id, is_open=True
    )
    if not rooms.exists():
        raise NotFound


def drop_shift(*, scope: Scope, shift_id: int) -> None:
    """删去一个班次：a plan, not a record; who was really there is another table."""
    RotaShift.all_rows.filter(pk=access_shift(scope, shift_id).pk).delete()


@dataclass(frozen=True)
class Copied:
    """沿用上周的结果：how many were made, and who was left out and why."""

    made: int
    left_out: tuple[str, ...]


def copy_week(
    *, scope: Scope, institution_id: int, monday: date, by_name: str, at: datetime
) -> Copied:
    """沿用上周：what stands already stays; leave, holidays and people who left are passed over."""
    before = list_shifts(scope, institution_id, monday - WEEK, monday)
    if not before:
        raise DomainError("empty", "上一周没有排班，没有可沿用的；请逐班排")
    off = away(scope, institution_id, monday, monday + WEEK)
    taken = {(s.staff_id, s.day) for s in list_shifts(scope, institution_id, monday, monday + WEEK)}
    here = _here(scope, institution_id, monday)
    rows, left_out = [], set()
    for old in before:
        day = old.day + WEEK
        if not workdays.is_workday(day) or (old.staff_id, day) in taken:
            continue
        if old.staff_id not in here or not old.class_group.is_open:
            left_out.add(f"{old.staff.name}（已离职或班级停用）")
        elif (old.staff_id, day) in off:
            left_out.add(f"{old.staff.name}（{day.month} 月 {day.day} 日{off[old.staff_id, day]}）")
        else:
            rows.append(_again(old, day, by_name, at))
    RotaShift.all_rows.bulk_create(rows)
    return Copied(len(rows), tuple(sorted(left_out)))


def _here(scope: Scope, institution_id: int, on: date) -> set[int]:
    rows = working(Staff.objects.visible_to(scope), on).filter(institution_id=institution_id)
    return set(rows.values_list("pk", flat=True))


def _again(old: RotaShift, day: date, by_name: str, at: datetime) -> RotaShift:
    return RotaShift(
        staff_id=old.staff_id,
        institution_id=old.institution_id,
        region_code=old.region_code,
        class_group_id=old.class_group_id,
        day=day,
        from_minute=old.from_minute,
        to_minute=old.to_minute,
        made_at=at,
        made_by_name=by_name,
    )
