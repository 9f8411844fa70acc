"""到时提醒：once when it is time, once more when the tolerance has passed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.medicine import telling
from tuoyu.domains.medicine.models import DoseAlarm, MedicineRequest
from tuoyu.domains.medicine.selectors import Due, board, current_on


def raise_due(*, at: datetime) -> int:
    """提醒该喂的药；answers how many were raised now."""
    today = current_on(MedicineRequest.all_rows.all(), clock.day_of(at))
    made = 0
    for institution_id in sorted(set(today.values_list("institution_id", flat=True))):
        for due in board(SYSTEM, institution_id, at):
            if due.arrived and due.is_near:
                made += _raise(due, "near", at)
            if due.arrived and due.is_late:
                made += _raise(due, "late", at)
    return made


@transaction.atomic
def _raise(due: Due, kind: str, at: datetime) -> int:
    request = due.request
    _, is_new = DoseAlarm.all_rows.get_or_create(
        request=request,
        due_at=due.due_at,
        kind=kind,
        defaults={
            "institution_id": request.institution_id,
            "region_code": request.region_code,
            "at": at,
        },
    )
    if is_new:
        when = f"{due.due_at.astimezone(clock.ZONE):%H:%M}"
        verb = "该喂药了" if kind == "near" else "的药还没喂"
        telling.tell_staff(request, f"{request.child.name} {when} {verb}",
                           f"{due.class_name} · {request.dose}", at,
                           f"dose-{kind}-{request.pk}-{due.due_at:%m%d%H%M}")  # fmt: skip
    return int(is_new)
