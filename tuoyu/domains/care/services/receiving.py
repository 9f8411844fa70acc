"""来件的接收：packets as at the door; each event is answered by itself.

A paired tablet signs each packet and says who unlocked it; a teacher's own phone sends without a
signature, and whoever is signed in is who acted.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tuoyu.core.errors import DomainError
from tuoyu.domains.care.packets import Unread, id_of, read_event, read_events
from tuoyu.domains.care.selectors.people import name_of
from tuoyu.domains.care.services.acting import is_proven
from tuoyu.domains.care.services.recording import MOST, WORDS, Answer, NewCare, record

MAX_SKEW = timedelta(minutes=10)
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Sender:
    """谁发来的：a device with its way to check a signature, or one signed-in person."""

    institution_id: int
    device_id: uuid.UUID | None = None
    is_signed: Callable[[str, object], bool] | None = None
    user_id: int | None = None
    name: str = ""


def receive(*, sender: Sender, body: bytes, at: datetime) -> list[dict[str, str | None]]:
    """收一批来件，逐条答复。"""
    packets, sent_at = _read(body)
    slots: list[Answer | dict[str, str | None]] = []
    new: list[NewCare] = []
    names: dict[int, str | None] = {}
    places: list[int] = []
    for packet in packets:
        for found in _open(sender, packet, names):
            if isinstance(found, NewCare):
                new.append(found)
                places.append(len(slots))
                slots.append({})
            else:
                slots.append(_told(found.id, "refused", found.code))
        if len(slots) > MOST:
            raise DomainError("too-many", f"一次最多 {MOST} 个事件，请分批发送")
    skewed = sent_at is None or abs(sent_at - at) > MAX_SKEW
    answers = record(
        institution_id=sender.institution_id,
        events=new,
        at=at,
        device_id=sender.device_id,
        skewed=skewed,
    )
    for where, answer in zip(places, answers, strict=True):
        slots[where] = _told(str(answer.id), answer.outcome, answer.code)
    return [s for s in slots if isinstance(s, dict)]


def _told(event_id: str | None, outcome: str, code: str) -> dict[str, str | None]:
    return {"id": event_id, "outcome": outcome, "code": code, "text": WORDS.get(code, "")}


def _read(body: bytes) -> tuple[Sequence[Any], datetime | None]:
    try:
        found = json.loads(body)
        packets = found["packets"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DomainError("not-json", "内容应有 packets 一栏，请升级设备程序") from None
    if not isinstance(packets, list) or len(packets) > MOST:
        raise DomainError("too-many", f"一次最多 {MOST} 个事件，请分批发送")
    try:
        sent_at = datetime.fromisoformat(found["sent_at"])
    except (ValueError, TypeError, KeyError):
        return packets, None
    return packets, sent_at if sent_at.tzinfo else None


def _open(sender: Sender, packet: Any, names: dict[int, str | None]) -> list[NewCare | Unread]:
    """A packet's events, or why all of them are refused."""
    body = packet.get("body") if isinstance(packet, dict) else None
    if not isinstance(body, str):
        return [Unread(None, "malformed")]
    events = read_events(body)
    by, name, fault = sender.user_id, sender.name, "" if events else "malformed"
    if sender.is_signed is not None:
        by, name, fault = _acting(sender, body, packet.get("signature"), fault, names)
    if fault:
        return [Unread(id_of(e), fault) for e in events] or [Unread(None, fault)]
    return [read_event(e, by=by, by_name=name) for e in events]


def _acting(
    sender: Sender, body: str, signature: object, fault: str, names: dict[int, str | None]
) -> tuple[int | None, str, str]:
    if sender.is_signed is None or not sender.is_signed(body, signature):
        return None, "", "signature"
    try:
        head = json.loads(body)
    except (ValueError, RecursionError):
        return None, "", "malformed"
    by = head.get("by") if isinstance(head, dict) else None
    if isinstance(by, bool) or not isinstance(by, int) or sender.device_id is None:
        return None, "", "locked"
    if not is_proven(sender.device_id, by, head.get("proof")):
        return None, "", "locked"
    if by not in names:
        names[by] = name_of(sender.institution_id, by)
    name = names[by]
    return by, name or "", fault or ("" if name else "locked")
