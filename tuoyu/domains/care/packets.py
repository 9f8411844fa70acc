"""班级平板来件的读法：from what a device sent to events, one bad one alone.

The same shape as at the door (``attendance.packets``): a packet is one event or
``{"events": [...]}``. Nothing here trusts a type, a length or a character.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from tuoyu.domains.attendance.packets import Unread, id_of, read_events
from tuoyu.domains.care import kinds
from tuoyu.domains.care.services.recording import NewCare

__all__ = ["Unread", "id_of", "read_event", "read_events"]
_BIG = 1 << 62


def read_event(raw: Any, *, by: int | None, by_name: str) -> NewCare | Unread:
    """一个事件 → 一行；who acted is known from the session or the PIN, never from the event."""
    event_id = id_of(raw)
    try:
        if event_id is None:
            raise ValueError("没有编号")
        kind = kinds.find(raw.get("kind"))
        detail = raw.get("detail", {})
        if kind is None or not isinstance(detail, dict):
            raise ValueError("没有这种事件")
        return NewCare(
            kind=kind.code,
            at=_instant(raw["at"]),
            child_id=_number(raw.get("child")),
            class_group_id=_number(raw.get("room")),
            detail=kind.read(detail),
            by=by,
            by_name=by_name,
            id=uuid.UUID(event_id),
        )
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError):
        return Unread(event_id, "malformed")


def _number(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _BIG:
        raise ValueError("编号不对")
    return value


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None or not 2000 <= at.year <= 2200:
        raise ValueError("时间须带时区")
    return at
