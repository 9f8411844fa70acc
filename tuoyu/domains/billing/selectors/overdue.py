"""逾期账单与催缴的读取。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tuoyu.core.scope import Scope
from tuoyu.domains.billing import rules
from tuoyu.domains.billing.models import Bill, Reminder
from tuoyu.domains.billing.selectors.money import standings


@dataclass(frozen=True)
class Overdue:
    """一张逾期的账单。"""

    bill: Bill
    left_fen: int
    days: int


def overdue_of(scope: Scope, child_ids: Iterable[int], today: date) -> list[Overdue]:
    """这些孩子逾期未缴的账单，the oldest first."""
    rows = Bill.objects.visible_to(scope).filter(child_id__in=list(child_ids), due_on__lt=today)
    listed = list(rows.order_by("due_on", "pk")[:60])
    found = standings([b.pk for b in listed])
    return [
        Overdue(b, found[b.pk].left_fen, (today - b.due_on).days)
        for b in listed
        if b.due_on is not None and rules.is_overdue(b.due_on, found[b.pk].left_fen, today)
    ]


def reminders_since(scope: Scope, child_ids: Iterable[int], since: datetime) -> list[Reminder]:
    """近来的催缴，新的在前。"""
    rows = Reminder.objects.visible_to(scope).filter(
        child_id__in=list(child_ids), sent_at__gte=since
    )
    return list(rows.select_related("bill").order_by("-sent_at", "-pk")[:60])


def list_reminders(bill: Bill) -> list[Reminder]:
    """一张账单的催缴。"""
    return list(Reminder.all_rows.filter(bill=bill).order_by("number"))
