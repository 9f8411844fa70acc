"""门口来件的读法：from what a device sent to rows for the record function, one bad one alone.

Plain Python; nothing here trusts a type, a length or a character.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tuoyu.core import clock
from tuoyu.domains.children.rules import to_bytes

KINDS = {"in": 1, "out": 2, "absent": 3, "correct": 4}
METHODS = frozenset({"qr", "code", "wall", "release"})
STATUSES: dict[object, int] = {"present": 1, "leave": 2, "absent": 3, 1: 1, 2: 2, 3: 3}
_BIG = 1 << 62
_EVIDENCE_CHARS = 2_000

Row = dict[str, Any]
Seal = Callable[[dict[str, Any]], str | None]


@dataclass(frozen=True)
class Unread:
    """读不出的事件：the answer it gets."""

    id: str | None
    code: str


def read_events(body: str) -> list[Any]:
    """来件里的事件；a packet is one event or ``{"events": [...]}``."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    events = found.get("events", [found]) if isinstance(found, dict) else None
    return events if isinstance(events, list) else []


def id_of(raw: Any) -> str | None:
    """事件编号（不论内容好坏），用来答复。"""
    value = raw.get("id") if isinstance(raw, dict) else None
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def read_event(raw: Any, seal: Seal) -> Row | Unread:
    """一个事件 → 一行；``seal`` encrypts what is left of the evidence."""
    event_id = id_of(raw)
    try:
        if event_id is None:
            raise ValueError("没有编号")
        return _row(event_id, raw, seal)
    except _Refused as refused:
        return Unread(event_id, refused.code)
    except (ValueError, TypeError, KeyError, OverflowError):
        return Unread(event_id, "malformed")


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _row(event_id: str, raw: dict[str, Any], seal: Seal) -> Row:
    kind = KINDS[raw["kind"]]
    method = raw.get("method", "wall")
    if method not in METHODS:
        raise ValueError("没有这种方式")
    at = _instant(raw["at"])
    row: Row = {
        "id": event_id,
        "child": _number(raw["child"]),
        "kind": kind,
        "at": at.isoformat(),
        "method": method,
    }
    evidence = raw.get("evidence")
    if evidence is not None:
        _read_evidence(row, evidence, seal)
    if kind >= 3:
        day = raw.get("day")
        row["day"] = date.fromisoformat(day).isoformat() if day else clock.day_of(at).isoformat()
        row["reason"] = _words(raw.get("reason"))
        status = STATUSES[raw["set_status"]] if raw.get("set_status") is not None else None
        if kind == 4 and status is None:
            raise ValueError("更正须写明改成什么")
        row["set_status"] = status or 3
        for name in ("set_in_at", "set_out_at"):
            if raw.get(name) is not None:
                row[name] = _instant(raw[name]).isoformat()
    return row


def _read_evidence(row: Row, evidence: Any, seal: Seal) -> None:
    """``by`` becomes a column (guardian, or the hash of a 代接码); the rest is sealed."""
    if not isinstance(evidence, dict):
        raise TypeError("晨检内容应是一组字段")
    rest = {k: v for k, v in evidence.items() if v not in (None, "", [])}
    by = rest.pop("by", None)
    if row["method"] == "release":
        rest = {**rest, "by": by} if by is not None else rest  # whom the director let through
    elif row["method"] == "code":
        row["code"] = to_bytes(by).hex() if isinstance(by, str) and len(by) <= 64 else None
    elif by is not None:
        row["guardian"] = _number(by)
    if rest:
        text = json.dumps(rest, ensure_ascii=False)
        if len(text) > _EVIDENCE_CHARS:
            raise ValueError("晨检内容过长")
        text.encode()  # a lone surrogate is no text
        row["evidence"] = seal(rest)


def _number(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _BIG:
        raise ValueError("编号不对")
    return value


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("时间须带时区")
    if at.year < 2000:
        raise _Refused("ancient")
    if at.year > 2200:
        raise _Refused("future")
    return at


def _words(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("原因应是文字")
    value.encode()
    if "\x00" in value:
        raise ValueError("原因里有不可见字符")
    return value.strip()[:120]
