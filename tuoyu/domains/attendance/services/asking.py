"""请假、撤回与更正。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.attendance.models import DayStatus, EventKind, Method
from tuoyu.domains.attendance.services.recording import Answer, NewEvent, record
from tuoyu.domains.institutions.models import Institution


def ask_leave(
    *,
    child_id: int,
    institution_id: int,
    days: Sequence[date],
    reason: str,
    at: datetime,
    guardian_id: int | None = None,
    user_id: int | None = None,
    method: Method = Method.PARENT,
    even_late: bool = False,
) -> list[Answer]:
    """请假：one event a day; asking again for the same day replaces the reason.

    A parent asks until the institution's cut-off of that day; later the institution records it.
    ``even_late`` is for a page that has told the parent of the cut-off: the event keeps its time,
    so that whoever settles meals sees that it came after.
    """
    if method == Method.PARENT and not even_late:
        for day in days:
            _check_cutoff(institution_id, day, at)
    events = [
        NewEvent(
            child_id,
            EventKind.ABSENT,
            at,
            method,
            day=day,
            guardian_id=guardian_id,
            user_id=user_id,
            reason=reason,
            set_status=DayStatus.LEAVE,
        )
        for day in days
    ]
    return record(institution_id=institution_id, events=events, at=at)


def withdraw_leave(
    *, child_id: int, institution_id: int, day: date, at: datetime, guardian_id: int | None = None
) -> list[Answer]:
    """撤回请假：a second event; the first stays."""
    if day < clock.day_of(at):
        raise DomainError("past-day", "过去的日子不能撤回请假，可在月度核对时提出异议")
    event = NewEvent(
        child_id,
        EventKind.ABSENT,
        at,
        Method.PARENT,
        day=day,
        guardian_id=guardian_id,
        reason="撤回请假",
        set_status=0,
    )
    return record(institution_id=institution_id, events=[event], at=at)


def correct(
    *,
    child_id: int,
    institution_id: int,
    day: date,
    status: DayStatus,
    reason: str,
    user_id: int,
    at: datetime,
    in_at: datetime | None = None,
    out_at: datetime | None = None,
) -> list[Answer]:
    """更正：a second record with a reason; the first stays and both are shown."""
    event = NewEvent(
        child_id,
        EventKind.CORRECT,
        at,
        Method.DESK,
        day=day,
        user_id=user_id,
        reason=reason.strip(),
        set_status=status,
        set_in_at=in_at,
        set_out_at=out_at,
    )
    return record(institution_id=institution_id, events=[event], at=at)


def _check_cutoff(institution_id: int, day: date, at: datetime) -> None:
    """请假截止。"""
    today = clock.day_of(at)
    if day < today:
        raise DomainError("past-day", "过去的日子不能再请假，可在月度核对时提出异议")
    if day > today:
        return
    institutions = Institution.objects.unscoped(reason="机构信息公开")
    cutoff = institutions.values_list("leave_cutoff", flat=True).get(pk=institution_id)
    if at.astimezone(clock.ZONE).time() > cutoff:
        raise DomainError(
            "after-cutoff", f"今天的请假在 {cutoff:%H:%M} 截止，请直接联系园里由老师登记"
        )
