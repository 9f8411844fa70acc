"""多付以后：days taken back in a month already paid, so that something is owed back.

The director corrects the day, the month is settled again, the delta goes its whole way; the claim
is set off where an order of the institution waits, and stays open where none does.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction

from tuoyu.core import clock, workdays
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import DaySheet, DayStatus, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.subsidies.models import Line, LineState, Run
from tuoyu.sim.draws import stream, uuid_of
from tuoyu.sim.state import Built


def take_back_days(b: Built, rule: str, month: date) -> bool:
    """两名刚够出勤线的儿童各更正一天；answers whether there were any."""
    run = Run.all_rows.filter(rule=rule, month=month, number=0).first()
    if run is None:
        return False
    # Those who were paid with the fewest days stand on the line itself.
    paid = Line.all_rows.filter(run=run, state=LineState.PAID, delta_fen__gt=0, days__isnull=False)
    least = paid.order_by("days").values_list("days", flat=True).first()
    found = list(paid.filter(days=least).order_by("institution_id", "child_id"))
    rng = stream(b.seed, "take-back")
    at = clock.at(workdays.before(b.city.now.date(), 4), 9, 10)
    chosen: dict[int, Line] = {}
    for line in found:
        chosen.setdefault(line.institution_id, line)
    with transaction.atomic():
        for line in list(chosen.values())[:2]:
            _absent(b, line, month, uuid_of(stream(rng.getrandbits(60), "event"),
                                            int(at.timestamp() * 1000)), at)  # fmt: skip
    return bool(chosen)


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
