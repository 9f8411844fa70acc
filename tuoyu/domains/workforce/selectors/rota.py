"""排班与员工请假的读取。"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.workforce.models import LeaveState, RotaShift, StaffLeave


def list_shifts(scope: Scope, institution_id: int, first: date, end: date) -> list[RotaShift]:
    """[first, end) 的排班。"""
    rows = RotaShift.objects.visible_to(scope).filter(
        institution_id=institution_id, day__gte=first, day__lt=end
    )
    return list(rows.select_related("staff", "class_group").order_by("day", "from_minute", "id"))


def access_shift(scope: Scope, shift_id: int) -> RotaShift:
    """取一条排班。"""
    rows = RotaShift.objects.visible_to(scope).select_related("staff", "class_group")
    found = rows.filter(pk=shift_id).first()
    if found is None:
        raise NotFound
    return found


def _leaves(scope: Scope, institution_id: int) -> QuerySet[StaffLeave]:
    rows = StaffLeave.objects.visible_to(scope).filter(institution_id=institution_id)
    return rows.select_related("staff")


def list_leaves(
    scope: Scope, institution_id: int, *, since: date, staff_id: int | None = None
) -> list[StaffLeave]:
    """员工请假：what waits first, then the newest."""
    rows = _leaves(scope, institution_id).filter(to_on__gt=since)
    if staff_id is not None:
        rows = rows.filter(staff_id=staff_id)
    found = list(rows.order_by("-from_on", "-id")[:200])
    return sorted(found, key=lambda r: r.state != LeaveState.ASKED)


def count_asked(scope: Scope, institution_id: int) -> int:
    """待批的员工请假。"""
    return _leaves(scope, institution_id).filter(state=LeaveState.ASKED).count()


def access_leave(scope: Scope, leave_id: int, *, lock: bool = False) -> StaffLeave:
    """取一份员工请假。"""
    rows = StaffLeave.objects.visible_to(scope)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.select_related("staff").filter(pk=leave_id).first()
    if found is None:
        raise NotFound
    return found


def away(scope: Scope, institution_id: int, first: date, end: date) -> dict[tuple[int, date], str]:
    """(人员, 日期) → 假别；granted leave only."""
    rows = _leaves(scope, institution_id).filter(
        state=LeaveState.GRANTED, from_on__lt=end, to_on__gt=first
    )
    found: dict[tuple[int, date], str] = {}
    for row in rows:
        day = max(row.from_on, first)
        while day < min(row.to_on, end):
            found[row.staff_id, day] = StaffLeave.Kind(row.kind).label
            day += timedelta(days=1)
    return found
