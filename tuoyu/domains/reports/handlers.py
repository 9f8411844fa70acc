"""员工请假的通知：the director is told of an asked leave, the person of the answer."""

from __future__ import annotations

from tuoyu.core.events import on
from tuoyu.domains.messages.selectors import staff_users
from tuoyu.domains.messages.services import tell
from tuoyu.domains.workforce.events import LeaveAsked, LeaveDecided
from tuoyu.domains.workforce.models import StaffLeave

LEAVES = "/inst/leaves/"


def _row(leave_id: int) -> StaffLeave:
    return StaffLeave.all_rows.select_related("staff").get(pk=leave_id)


@on(LeaveAsked)
def told_director(event: LeaveAsked) -> None:
    """请批假。"""
    row = _row(event.leave_id)
    people = [u for u in staff_users(row.institution_id, "inst:leave:decide") if u != row.asked_by]
    tell(
        kind="act",
        users=people,
        title=f"{row.staff.name}请{row.get_kind_display()}，请批",
        body=f"{row.from_on} 起 {(row.to_on - row.from_on).days} 天",
        url=LEAVES,
        at=event.at,
        institution_id=row.institution_id,
        key=f"staff-leave:{row.pk}",
    )


@on(LeaveDecided)
def told_person(event: LeaveDecided) -> None:
    """告知结果。"""
    row = _row(event.leave_id)
    if row.staff.user_id is None:
        return
    days = f"{row.from_on} 起 {(row.to_on - row.from_on).days} 天"
    tell(
        kind="act",
        users=[row.staff.user_id],
        title=f"请假{row.get_state_display()}",
        body=f"{days}：{row.note}" if row.note else days,
        url=LEAVES,
        at=event.at,
        institution_id=row.institution_id,
        key=f"staff-leave:{row.pk}:{row.state}",
    )
