"""消息处理：what happens at the door is told to the family by a task of the same transaction."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app
from procrastinate.exceptions import ProcrastinateException

from tuoyu.core.events import on
from tuoyu.domains.attendance.events import DisputeAnswered, DoorRecorded
from tuoyu.domains.messages.services.door import tell_answer

log = logging.getLogger(__name__)
DOOR = "messages.door"


@on(DoorRecorded)
def door(event: DoorRecorded) -> None:
    """门口有事。"""
    task = app.configure_task(DOOR)
    if not event.after_commit:
        task.defer(children=list(event.child_ids))
        return
    try:
        task.defer(children=list(event.child_ids))
    except ProcrastinateException:
        log.warning("到离园告知没有排上，由补漏任务告知")


@on(DisputeAnswered)
def answered(event: DisputeAnswered) -> None:
    """异议有了答复：a row in the box, with the answer itself."""
    tell_answer(event.dispute_id, event.at)
