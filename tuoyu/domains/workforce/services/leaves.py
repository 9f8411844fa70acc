"""员工请假：the person asks, the director decides; nobody grants his own."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish
from tuoyu.domains.workforce.events import LeaveAsked, LeaveDecided
from tuoyu.domains.workforce.models import LeaveState, Staff, StaffLeave
from tuoyu.domains.workforce.selectors.people import access_staff
from tuoyu.domains.workforce.selectors.rota import access_leave

DECIDES = "inst:leave:decide"
LONGEST = 366


def ask_leave(
    *,
    by: Actor,
    staff_id: int,
    kind: str,
    first: date,
    last: date,
    reason: str,
    at: datetime,
) -> StaffLeave:
    """请假（``last`` 含当日）：one's own; a director may enter it for someone who rang up."""
    staff = access_staff(by.scope, staff_id)
    if by.user_id is None or (staff.user_id != by.user_id and not by.may(DECIDES)):
        raise NotFound
    _check_days(first, last)
    try:
        with transaction.atomic():
            made = _ask(by, staff, kind, first, last, reason, at)
    except IntegrityError as error:
        raise DomainError(
            "overlap", f"{staff.name}在这几天已有请假，请先撤回原来的，或改日期"
        ) from error
    publish(LeaveAsked(made.pk, at))
    return made


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise DomainError("days", f"最后一天 {last} 早于第一天 {first}，请核对")
    if (last - first).days >= LONGEST:
        raise DomainError("long", f"一次请假最多 {LONGEST} 天，请分次提出")


def _ask(
    by: Actor, staff: Staff, kind: str, first: date, last: date, reason: str, at: datetime
) -> StaffLeave:
    return StaffLeave.all_rows.create(
        staff=staff,
        institution_id=staff.institution_id,
        region_code=staff.region_code,
        kind=StaffLeave.Kind(kind),
        from_on=first,
        to_on=last + timedelta(days=1),
        reason=reason or None,
        state=LeaveState.ASKED,
        asked_at=at,
        asked_by=by.user_id or 0,
        asked_by_name=by.name,
    )


def decide_leave(*, by: Actor, leave_id: int, granted: bool, note: str, at: datetime) -> StaffLeave:
    """准假或不准：a refusal has its reason. One's own is decided by another person."""
    row = access_leave(by.scope, leave_id, lock=True)
    if row.state != LeaveState.ASKED:
        raise DomainError("decided", f"这份请假{row.get_state_display()}，不用再批；请刷新页面")
    if row.staff.user_id is not None and row.staff.user_id == by.user_id:
        raise DomainError("own", "本人的请假须由另一位负责人批；请联系举办方或另一位园长")
    if not granted and not note.strip():
        raise DomainError("reason", "不准假须写明理由，让请假人知道怎么安排")
    row.state = LeaveState.GRANTED if granted else LeaveState.REFUSED
    row.decided_at, row.decided_by_name, row.note = at, by.name, note.strip()
    row.save(update_fields=["state", "decided_at", "decided_by_name", "note"])
    publish(LeaveDecided(row.pk, at))
    return row


def withdraw_leave(*, by: Actor, leave_id: int, at: datetime) -> StaffLeave:
    """撤回：by the person or the director, before the leave has begun or while it waits."""
    row = access_leave(by.scope, leave_id, lock=True)
    if row.staff.user_id != by.user_id and not by.may(DECIDES):
        raise NotFound
    if row.state not in (LeaveState.ASKED, LeaveState.GRANTED):
        raise DomainError("decided", f"这份请假{row.get_state_display()}，不能再撤回；请刷新页面")
    row.state, row.decided_at, row.decided_by_name = LeaveState.WITHDRAWN, at, by.name
    row.save(update_fields=["state", "decided_at", "decided_by_name"])
    return row
