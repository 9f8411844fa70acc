"""多付以后：days taken back in a month already paid, so that something is owed back.

The director corrects the day, the month is settled again, the delta goes its whole way; the claim
is set off where an order of the institution waits, and stays open where none does.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from tuoyu.core import clock, workdays
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import DaySheet, DayStatus, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.funds.models import Order
from tuoyu.domains.funds.models.payments import OrderState
from tuoyu.domains.subsidies.models import Line, LineState, Run
from tuoyu.sim.draws import stream, uuid_of
from tuoyu.sim.state import Built


def take_back_days(b: Built, rule: str, month: date) -> bool:
    """两名刚够出勤线的儿童各更正一天；answers whether there were any."""
    run = Run.all_rows.filter(rule=rule, month=month, number=0).first()
    if run is None:
        return False
    rng = stream(b.seed, "take-back")
    at = clock.at(workdays.before(b.city.now.date(), 4), 9, 10)
    chosen = _just_enough(run)
    with transaction.atomic():
        for line in chosen:
            number = uuid_of(stream(rng.getrandbits(60), "event"), int(at.timestamp() * 1000))
            _absent(b, line, month, number, at)
    return bool(chosen)


def _just_enough(run: Run) -> list[Line]:
    """One whose institution has an order waiting (set off at once), and one that must owe it."""
    lines = Line.all_rows.filter(run=run, days__isnull=False)
    short = lines.filter(gate="attended").values("unit_code").annotate(most=Max("days"))
    edge = {row["unit_code"]: row["most"] + 1 for row in short.order_by("unit_code")}
    paid = lines.filter(state=LineState.PAID, delta_fen__gt=0).order_by("institution_id", "pk")
    found = [line for line in paid if line.days == edge.get(line.unit_code)]
    waiting = set(
        Order.all_rows.filter(programme=run.rule, state=OrderState.WAITING).values_list(
            "institution_id", flat=True
        )
    )
    with_order = [line for line in found if line.institution_id in waiting]
    without = [line for line in found if line.institution_id not in waiting]
    return with_order[:1] + without[:1]


def _absent(b: Built, line: Line, month: date, number: uuid.UUID, at: datetime) -> None:
    day = (
        DaySheet.all_rows.filter(
            child_id=line.child_id,
            day__gte=month,
            day__lt=add_months(month, 1),
            status=DayStatus.PRESENT,
        )
        .order_by("day")
        .values_list("day", flat=True)
        .first()
    )
    event = NewEvent(
        line.child_id,
        EventKind.CORRECT,
        at,
        Method.DESK,
        id=number,
        day=day,
        user_id=b.cast.director[line.institution_id],
        reason="复核监控，当日未到托，原为误点",
        set_status=DayStatus.ABSENT,
    )
    record(institution_id=line.institution_id, events=[event], at=at)
