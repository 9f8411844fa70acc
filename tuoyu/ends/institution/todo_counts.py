"""今日的数：unpaid, unsigned, expiring; each equals its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.billing.models import Bill
from tuoyu.domains.billing.selectors.bills import state_of
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.ends.institution.views.todo import list_due, list_to_sign


@dataclass(frozen=True)
class Figures:
    """一个园要办的。"""

    unpaid: int
    part: int
    unpaid_fen: int
    late: int
    unsigned: int
    due: int
    over: int


def figures_of(scope: Scope, institution_id: int, now: datetime) -> Figures:
    """未缴、待签字、将到期。"""
    today = clock.day_of(now)
    bills = dict(
        Bill.objects.visible_to(scope)
        .filter(institution_id=institution_id)
        .values_list("pk", "due_on")
    )
    found = standings(bills)
    owing = {pk: s for pk, s in found.items() if s.left_fen > 0}
    unpaid = [pk for pk, s in owing.items() if state_of(s) == "unpaid"]
    due = list_due(scope, institution_id, today)
    return Figures(
        unpaid=len(unpaid),
        part=len(owing) - len(unpaid),
        unpaid_fen=sum(s.left_fen for s in owing.values()),
        late=sum((bills[pk] or today) < today for pk in owing),
        unsigned=len(list_to_sign(scope)),
        due=len(due),
        over=sum(d.days_left is None or d.days_left <= 0 for d in due),
    )
