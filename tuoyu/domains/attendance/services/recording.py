"""考勤的写入：every way to the day sheets goes through ``record``."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from tuoyu.core import crypto
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.attendance.models import DayStatus, EventKind, Flag, Method

WORDS = {
    "id-reused": "这个编号已用于另一件事，请由设备重新生成编号后再发",
    "malformed": "内容不完整：须有儿童、种类、时间（请假与更正还须有日期），请核对后重发",
    "future": "发生时间晚于现在 10 分钟以上，请校准设备时钟后重新打卡",
    "ancient": "发生时间太早或日期太远，超出可补传的范围，请由机构按更正补录",
    "not-enrolled": "该儿童当日不在本机构入托，请核对是否点错人或入托登记未办",
    "no-reason": "更正须写明原因，请补写后再提交",
    "signature": "签名不符，未采信；请重新配对设备",
    "unpaired": "设备未配对或已停用，请由园长重新配对",
}


@dataclass(frozen=True)
class NewEvent:
    """一个待存事件。``at`` is when it happened (or was stated); ``day`` only for leave and fixes."""

    child_id: int
    kind: EventKind
    at: datetime
    method: Method
    id: uuid.UUID = field(default_factory=uuid7)
    day: date | None = None
    guardian_id: int | None = None
    user_id: int | None = None
    reason: str = ""
    set_status: int | None = None
    set_in_at: datetime | None = None
    set_out_at: datetime | None = None
    evidence: dict[str, Any] | None = None
    flags: int = 0


@dataclass(frozen=True)
class Answer:
    """逐条答复：stored | duplicate | refused."""

    id: uuid.UUID
    outcome: str
    code: str = ""

    @property
    def text(self) -> str:
        return WORDS.get(self.code, "")


def record(
    *,
    institution_id: int,
    events: Sequence[NewEvent],
    at: datetime,
    device_id: uuid.UUID | None = None,
    skewed: bool = False,
) -> list[Answer]:
    """打卡入库：stores a batch of one institution, answers each event, updates the day sheets.

    One bad event never loses the others. ``skewed`` marks a batch whose sender's clock is off by
    more than ten minutes: its events are kept and flagged, but no day rests on them.
    """
    rows = [_row(e, Flag.SKEW if skewed else 0) for e in events]
    return record_rows(institution_id=institution_id, rows=rows, at=at, device_id=device_id)


def record_rows(
    *, institution_id: int, rows: list[dict[str, Any]], at: datetime, device_id: uuid.UUID | None
) -> list[Answer]:
    """同上，行已备好（门口接口用）。"""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_id, outcome, why FROM attendance_record(%s, %s, %s, %s::jsonb)",
            [institution_id, device_id, at, json.dumps(rows)],
        )
        return [Answer(*row) for row in cursor.fetchall()]


def _row(e: NewEvent, flags: int) -> dict[str, Any]:
    return {
        "id": str(e.id),
        "child": e.child_id,
        "kind": int(e.kind),
        "at": e.at.isoformat(),
        "day": e.day.isoformat() if e.day else None,
        "method": str(e.method),
        "guardian": e.guardian_id,
        "user": e.user_id,
        "reason": e.reason,
        "set_status": e.set_status,
        "set_in_at": e.set_in_at.isoformat() if e.set_in_at else None,
        "set_out_at": e.set_out_at.isoformat() if e.set_out_at else None,
        "evidence": seal_evidence(e.evidence),
        "flags": e.flags | flags,
    }


def seal_evidence(evidence: dict[str, Any] | None) -> str | None:
    """晨检内容加密（base64 of the sealed bytes, as the SQL function takes it)."""
    if not evidence:
        return None
    text = json.dumps(evidence, ensure_ascii=False, sort_keys=True)
    return base64.b64encode(crypto.seal(text, "attendance_event.evidence")).decode()


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
) -> list[Answer]:
    """请假：one event a day; asking again for the same day replaces the reason."""
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
