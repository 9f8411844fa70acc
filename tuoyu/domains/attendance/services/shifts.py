"""员工到岗与离岗。"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import push_live
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import StaffShift
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.workforce.models import Staff


def start_shift(
    *, scope: Scope, staff_id: int, class_group_id: int | None, at: datetime
) -> StaffShift:
    """到岗：someone in another room is moved, so that nobody counts twice."""
    staff = _access(scope, staff_id)
    if class_group_id is not None:
        rooms = ClassGroup.objects.visible_to(scope).filter(
            pk=class_group_id, institution_id=staff.institution_id
        )
        if not rooms.exists():
            raise NotFound
    with transaction.atomic():
        present = _open(staff).select_for_update().first()
        if present is not None:
            if present.class_group_id == class_group_id:
                return present
            _close(present, at)
        made = StaffShift.all_rows.create(
            staff_id=staff.pk,
            institution_id=staff.institution_id,
            region_code=staff.region_code,
            class_group_id=class_group_id,
            in_at=at,
        )
        push_live([f"institution:{staff.institution_id}"], "shift")
    return made


def end_shift(*, scope: Scope, staff_id: int, at: datetime) -> None:
    """离岗。"""
    staff = _access(scope, staff_id)
    with transaction.atomic():
        present = _open(staff).select_for_update().first()
        if present is None:
            raise DomainError("not-on-duty", f"{staff.name}没有到岗记录，请先登记到岗")
        _close(present, at)
        push_live([f"institution:{staff.institution_id}"], "shift")


def _access(scope: Scope, staff_id: int) -> Staff:
    staff = Staff.objects.visible_to(scope).filter(pk=staff_id, left_on=None).first()
    if staff is None:
        raise NotFound
    return staff


def _open(staff: Staff) -> QuerySet[StaffShift]:
    return StaffShift.all_rows.filter(staff_id=staff.pk, out_at=None)


def _close(shift: StaffShift, at: datetime) -> None:
    if at < shift.in_at:
        raise DomainError("time-order", "离岗时间早于到岗时间，请核对")
    shift.out_at = at
    shift.save(update_fields=["out_at"])
