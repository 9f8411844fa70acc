"""机构端的几种读法：what stood before a correction, the months at a glance, disputes, 待核."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models.functions import TruncMonth

from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import (
    DaySheet,
    DayStatus,
    Dispute,
    Event,
    EventKind,
    GuardianConfirmation,
    MonthClose,
)
from tuoyu.domains.attendance.rules import Day, Fact, derive

Key = tuple[int, date]


def first_marks(scope: Scope, institution_id: int, first: date, end: date) -> dict[Key, Day | None]:
    """已更正的日子原来的样子：the same rule over the day's events without the corrections."""
    corrected = set(
        DaySheet.objects.visible_to(scope)
        .filter(institution_id=institution_id, day__gte=first, day__lt=end, is_corrected=True)
        .values_list("child_id", "day")
    )
    if not corrected:
        return {}
    facts: dict[Key, list[Fact]] = defaultdict(list)
    events = (
        Event.objects.visible_to(scope)
        .filter(institution_id=institution_id, day__gte=first, day__lt=end)
        .filter(child_id__in={child for child, _ in corrected})
        .exclude(kind=EventKind.CORRECT)
    )
    for e in events:
        facts[e.child_id, e.day].append(
            Fact(e.id, e.kind, e.at, e.reason, e.set_status, flags=e.flags)
        )
    return {key: derive(facts[key]) if key in facts else None for key in corrected}


@dataclass(frozen=True)
class MonthLine:
    """月结一览的一行。"""

    month: date
    children: int
    days: int
    waiting: int
    disputes: int
    confirmed: int
    closed: MonthClose | None


def list_months(
    scope: Scope, institution_id: int, today: date, months: int = 12
) -> list[MonthLine]:
    """近若干个月，最近的在前（四条查询，与人数无关）。"""
    this = today.replace(day=1)
    since = add_months(this, 1 - months)
    mine = {"institution_id": institution_id}
    sheets = {
        row["m"]: row
        for row in DaySheet.objects.visible_to(scope)
        .filter(**mine, day__gte=since, day__lt=add_months(this, 1))
        .annotate(m=TruncMonth("day"))
        .order_by()
        .values("m")
        .annotate(
            children=models.Count("child_id", distinct=True),
            days=models.Count("id", filter=models.Q(status=DayStatus.PRESENT)),
            waiting=models.Count("id", filter=models.Q(status=None)),
        )
    }
    open_disputes = Dispute.objects.visible_to(scope).filter(**mine, answered_at=None)
    disputes = {
        row["m"]: row["n"]
        for row in open_disputes.annotate(m=TruncMonth("day"))
        .order_by()
        .values("m")
        .annotate(n=models.Count("id"))
    }
    confirmations = GuardianConfirmation.objects.visible_to(scope)
    confirmed = dict(
        confirmations.filter(**mine, month__gte=since)
        .order_by()
        .values_list("month")
        .annotate(n=models.Count("id"))
    )
    closed = {
        c.month: c for c in MonthClose.objects.visible_to(scope).filter(**mine, month__gte=since)
    }
    known = [m for m in {*sheets, *disputes, *closed} if m >= since]
    out: list[MonthLine] = []
    month = this
    while month >= min([this, *known]):
        row = sheets.get(month)
        out.append(
            MonthLine(
                month,
                row["children"] if row else 0,
                row["days"] if row else 0,
                row["waiting"] if row else 0,
                disputes.get(month, 0),
                confirmed.get(month, 0),
                closed.get(month),
            )
        )
        month = add_months(month, -1)
    return out


def list_waiting(scope: Scope, institution_id: int, today: date) -> models.QuerySet[DaySheet]:
    """待核的日考勤（未结月份），oldest first."""
    closed = MonthClose.objects.visible_to(scope).filter(
        institution_id=institution_id, month=models.OuterRef("first_of_month")
    )
    return (
        DaySheet.objects.visible_to(scope)
        .filter(institution_id=institution_id, status=None, day__lte=today)
        .annotate(first_of_month=TruncMonth("day"))
        .filter(~models.Exists(closed))
        .order_by("day", "child_id")
    )


def list_disputes(scope: Scope, institution_id: int, *, is_open: bool) -> models.QuerySet[Dispute]:
    """考勤异议：open ones oldest first, answered ones newest first."""
    rows = Dispute.objects.visible_to(scope).filter(
        institution_id=institution_id, answered_at__isnull=is_open
    )
    return rows.order_by("made_at", "id") if is_open else rows.order_by("-answered_at", "-id")
