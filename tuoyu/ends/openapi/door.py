"""门口事件的接收：the one route whose speed is a budget (see docs/architecture.md).

Called before sessions, form tokens and pages; everything it needs to trust is checked here.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

from tuoyu.core import clock
from tuoyu.domains.attendance.models import Flag
from tuoyu.domains.attendance.packets import Unread, id_of, read_event, read_events
from tuoyu.domains.attendance.services import WORDS, record_rows, seal_evidence
from tuoyu.domains.children.rules import to_bytes
from tuoyu.domains.devices.rules import is_signed
from tuoyu.domains.devices.selectors import DoorDevice, find_door_device

MAX_BYTES = 1024 * 1024
MAX_EVENTS = 500
MAX_SKEW = timedelta(minutes=10)
EARLY, LATE = timedelta(hours=1), timedelta(hours=2)

_HEADERS = (
    ("Content-Type", "application/json; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Answered = dict[str, str | None]
Row = dict[str, Any]


class Unreadable(Exception):
    """整个请求读不出。"""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


def receive_events(request: HttpRequest) -> HttpResponse:
    """接收一批门口事件，逐条答复（Django 的视图）。"""
    now = clock.now()
    device = request.headers.get("X-Device", "")
    if _length(request.META) > MAX_BYTES:
        status, raw = _too_large(now)
    else:
        status, raw = receive(device, request.body, now)
    return HttpResponse(raw, status=status, headers=dict(headers_of(raw)))


def receive(device_id: str, body: bytes, now: datetime) -> tuple[int, bytes]:
    """接收一批门口事件，逐条答复：the one function behind every way in."""
    if len(body) > MAX_BYTES:
        return _too_large(now)
    try:
        sent_at, packets = _read(body)
        for last in (False, True):
            try:
                device = _device(device_id, now)
                return _answer(200, {"answers": _receive(device, packets, sent_at, now)}, now)
            except (OperationalError, InterfaceError):
                # Our connection was ended. Sending again is safe: ids were made by the device.
                if last or connection.in_atomic_block:
                    raise
                connection.close()
    except Unreadable as why:
        return _answer(why.status, {"code": why.code, "error": why.text}, now)
    except (OperationalError, InterfaceError):
        text = "服务器正在恢复，事件请留在设备里，稍后再发"
        return _answer(503, {"code": "busy", "error": text}, now)
    raise AssertionError("unreachable")


def headers_of(raw: bytes) -> list[tuple[str, str]]:
    """答复的头。"""
    return [("Content-Length", str(len(raw))), *_HEADERS]


def _answer(status: int, body: dict[str, Any], now: datetime) -> tuple[int, bytes]:
    body["now"] = now.isoformat(timespec="milliseconds")
    return status, _encode(body).encode()


def _too_large(now: datetime) -> tuple[int, bytes]:
    text = "一次发送超过 1 MB，请分批发送"
    return _answer(413, {"code": "too-large", "error": text}, now)


def _length(environ: dict[str, Any]) -> int:
    try:
        return int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _read(body: bytes) -> tuple[datetime | None, list[Any]]:
    """The request as a whole: form and count."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable(422, "not-json", "内容不是 JSON，请升级设备程序") from None
    if not isinstance(found, dict):
        raise Unreadable(422, "no-packets", "内容应有 packets 一栏，请升级设备程序")
    packets = found.get("packets", found.get("events"))
    if not isinstance(packets, list):
        raise Unreadable(422, "no-packets", "内容应有 packets 一栏，请升级设备程序")
    if len(packets) > MAX_EVENTS:
        raise Unreadable(422, "too-many", f"一次最多 {MAX_EVENTS} 个事件，请分批发送")
    return _instant(found.get("sent_at")), packets


def _instant(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo is not None else None


def _device(device_id: str, now: datetime) -> DoorDevice:
    """The door's connection is not pinged before each use: a lost one is noticed and reopened."""
    connection.health_check_done = True  # type: ignore[attr-defined]
    found = None
    with contextlib.suppress(ValueError):
        found = find_door_device(uuid.UUID(device_id), now)
    if found is None:
        raise Unreadable(401, "unpaired", WORDS["unpaired"])
    return found


def _receive(
    device: DoorDevice, packets: list[Any], sent_at: datetime | None, now: datetime
) -> list[Answered]:
    """Signature first, then each event by itself, then one call to the database."""
    skewed = sent_at is None or abs(sent_at - now) > MAX_SKEW
    flags = int(Flag.SKEW) if skewed else 0
    answers: list[Answered] = []
    waiting: dict[str, list[int]] = {}  # event id → places of its answers
    rows: dict[str, Row] = {}
    for packet in packets:
        body, trusted = _open_packet(device, packet)
        events = read_events(body)
        if len(answers) + len(events) > MAX_EVENTS:
            raise Unreadable(422, "too-many", f"一次最多 {MAX_EVENTS} 个事件，请分批发送")
        if not events:
            answers.append(_refused(None, "malformed" if trusted else "signature"))
        for raw in events:
            if not trusted:
                answers.append(_refused(id_of(raw), "signature"))
                continue
            row = read_event(raw, seal_evidence)
            if isinstance(row, Unread):
                answers.append(_refused(row.id, row.code))
                continue
            row["flags"] = flags | _outside(device, row)
            _queue(row, rows, waiting, answers)
    if rows:
        found = record_rows(
            institution_id=device.institution_id,
            rows=list(rows.values()),
            at=now,
            device_id=device.id,
        )
        for answer in found:
            told: Answered = {
                "id": answer.id,
                "outcome": answer.outcome,
                "code": answer.code,
                "text": WORDS.get(answer.code, ""),
            }
            for place in waiting[answer.id]:
                answers[place] = told
    return answers


def _queue(
    row: Row, rows: dict[str, Row], waiting: dict[str, list[int]], answers: list[Answered]
) -> None:
    """The same id twice in one request is one event, unless the two differ."""
    event_id = row["id"]
    first = rows.get(event_id)
    if first is not None and any(first[k] != row[k] for k in ("child", "kind", "at")):
        answers.append(_refused(event_id, "id-reused"))
        return
    rows.setdefault(event_id, row)
    waiting.setdefault(event_id, []).append(len(answers))
    answers.append({})


def _open_packet(device: DoorDevice, packet: Any) -> tuple[str, bool]:
    """The packet's text and whether this device signed it."""
    if not isinstance(packet, dict):
        return "", False
    body, signature = packet.get("body"), packet.get("signature")
    if not isinstance(body, str):
        return "", False
    if not isinstance(signature, str):
        return body, False
    try:
        return body, is_signed(device.key, body.encode(), to_bytes(signature))
    except ValueError:
        return body, False


def _outside(device: DoorDevice, row: Row) -> int:
    """开园时间以外：an hour before opening to two hours after closing is a day's work."""
    if row["kind"] > 2:
        return 0
    at = datetime.fromisoformat(row["at"]).astimezone(clock.ZONE)
    opens = at.replace(hour=device.opens_at.hour, minute=device.opens_at.minute)
    closes = at.replace(hour=device.closes_at.hour, minute=device.closes_at.minute)
    return 0 if opens - EARLY <= at <= closes + LATE else int(Flag.OUTSIDE)


def _refused(event_id: str | None, code: str) -> Answered:
    return {"id": event_id, "outcome": "refused", "code": code, "text": WORDS[code]}
