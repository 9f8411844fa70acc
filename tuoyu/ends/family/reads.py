"""家长端要读的行：all through the caller's own scope."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import models

from tuoyu.core import workdays
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import (
    DaySheet,
    DayStatus,
    Dispute,
    Event,
    GuardianConfirmation,
)
from tuoyu.domains.children.models import Consent, Guardianship, PickupCode
from tuoyu.domains.enrolment.models import Enrolment


def enrolment_of(scope: Scope, child_id: int, on: date) -> Enrolment | None:
    """当日的入托登记；else the latest one."""
    rows = Enrolment.objects.visible_to(scope).filter(child_id=child_id)
    rows = rows.select_related("institution", "class_group")
    return rows.filter(period__contains=on).first() or rows.order_by("-period").first()


def stays_of(scope: Scope) -> list[Enrolment]:
    """自己孩子的全部入托登记，先后有序：one query for a page that asks about several."""
    rows = Enrolment.objects.visible_to(scope).select_related("institution", "class_group")
    return list(rows.order_by("period"))


def stay_on(stays: Iterable[Enrolment], child_id: int, on: date) -> Enrolment | None:
    """当日的入托登记；else the latest one (as ``enrolment_of``, from rows already read)."""
    own = [s for s in stays if s.child_id == child_id]
    return next((s for s in own if on in s.period), own[-1] if own else None)


def stay_in(stays: Iterable[Enrolment], child_id: int, month: date) -> Enrolment | None:
    """某月的入托登记：the latest that touches the month."""
    end = next_month(month)
    touching = [
        s
        for s in stays
        if s.child_id == child_id
        and (s.period.lower is None or s.period.lower < end)
        and (s.period.upper is None or s.period.upper > month)
    ]
    return touching[-1] if touching else None


def next_month(month: date) -> date:
    """次月首日。"""
    return month + timedelta(days=calendar.monthrange(month.year, month.month)[1])


def previous_month(month: date) -> date:
    """上月首日。"""
    return (month - timedelta(days=1)).replace(day=1)


def workdays_in(enrolment: Enrolment | None, month: date) -> list[date]:
    """当月在托期内的工作日。"""
    if enrolment is None:
        return []
    return [d for d in workdays.days_of(month) if d in enrolment.period]


def sheets_of(scope: Scope, child_id: int, start: date, end: date) -> dict[date, DaySheet]:
    """[start, end) 的日考勤。"""
    rows = DaySheet.objects.visible_to(scope).filter(child_id=child_id, day__gte=start, day__lt=end)
    return {row.day: row for row in rows.order_by("day")}


def sheet_on(scope: Scope, child_id: int, day: date) -> DaySheet | None:
    """某日的日考勤。"""
    return sheets_of(scope, child_id, day, day + timedelta(days=1)).get(day)


def sheets_by_child(scope: Scope, month: date, day: date) -> dict[int, dict[date, DaySheet]]:
    """各个孩子某月与某日的日考勤（一次查询）。"""
    in_month = models.Q(day__gte=month, day__lt=next_month(month))
    found: dict[int, dict[date, DaySheet]] = {}
    for row in DaySheet.objects.visible_to(scope).filter(in_month | models.Q(day=day)):
        found.setdefault(row.child_id, {})[row.day] = row
    return found


def confirmed_in(scope: Scope, month: date) -> set[int]:
    """该月考勤家长已确认的孩子。"""
    rows = GuardianConfirmation.objects.visible_to(scope).filter(month=month)
    return set(rows.values_list("child_id", flat=True))


def leave_ahead(scope: Scope, child_id: int, today: date) -> list[DaySheet]:
    """今天及以后的请假。"""
    rows = DaySheet.objects.visible_to(scope).filter(
        child_id=child_id, day__gte=today, status=DayStatus.LEAVE
    )
    return list(rows.order_by("day"))


def events_of(scope: Scope, child_id: int, start: date, end: date) -> list[Event]:
    """[start, end) 的门口事件，先后有序。"""
    rows = Event.objects.visible_to(scope).filter(child_id=child_id, day__gte=start, day__lt=end)
    return list(rows.order_by("at", "id"))


def events_since(scope: Scope, child_id: int, since: datetime) -> list[Event]:
    """某刻以来发生的事件：leave for days to come and corrections of days long past among them."""
    rows = Event.objects.visible_to(scope).filter(child_id=child_id, at__gte=since)
    return list(rows.order_by("at", "id"))


def relations_of(scope: Scope, child_id: int) -> dict[int, str]:
    """监护人编号 → 称呼（妈妈）。"""
    rows = Guardianship.objects.visible_to(scope).filter(child_id=child_id)
    return {
        guardian: str(Guardianship.Relation(relation).label)
        for guardian, relation in rows.values_list("guardian_id", "relation")
    }


def people_of(scope: Scope, child_id: int, on: date) -> list[Guardianship]:
    """当日有效的监护人与接送人。"""
    rows = Guardianship.objects.visible_to(scope).filter(child_id=child_id, from_on__lte=on)
    rows = rows.exclude(to_on__lte=on).select_related("guardian")
    return list(rows.order_by("-is_guardian", "id"))


def confirmation_of(scope: Scope, child_id: int, month: date) -> GuardianConfirmation | None:
    """家长月确认。"""
    rows = GuardianConfirmation.objects.visible_to(scope)
    return rows.filter(child_id=child_id, month=month).first()


def disputes_of(scope: Scope, child_id: int, start: date, end: date) -> list[Dispute]:
    """[start, end) 的考勤异议，新的在前。"""
    rows = Dispute.objects.visible_to(scope).filter(child_id=child_id, day__gte=start, day__lt=end)
    return list(rows.order_by("-made_at", "-id"))


def codes_of(scope: Scope, child_id: int, on: date) -> list[PickupCode]:
    """当日的代接码。"""
    rows = PickupCode.objects.visible_to(scope).filter(child_id=child_id, valid_on=on)
    return list(rows.order_by("-made_at", "-id"))


def access_code(scope: Scope, code_id: int) -> PickupCode:
    """取一个代接码。"""
    row = PickupCode.objects.visible_to(scope).filter(pk=code_id).first()
    if row is None:
        raise NotFound
    return row


def consents_of(scope: Scope, child_id: int) -> list[Consent]:
    """孩子的各项同意，新的在前。"""
    rows = Consent.objects.visible_to(scope).filter(child_id=child_id)
    return list(rows.order_by("-granted_at", "-id"))


def day_range(days: int, today: date) -> tuple[date, date]:
    """最近若干天（含今天）。"""
    return today - timedelta(days=days - 1), today + timedelta(days=1)


def counted(sheets: Iterable[DaySheet], status: DayStatus) -> int:
    """某状态的天数。"""
    return sum(s.status == status for s in sheets)
