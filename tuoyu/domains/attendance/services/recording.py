"""考勤的写入：every way to the day sheets goes through ``record``."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tuoyu.core import clock, crypto
from tuoyu.core.events import publish, push_live
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.attendance.events import ClosedMonthChanged, DoorRecorded
from tuoyu.domains.attendance.models import (
    EventKind,
    Flag,
    Method,
    RefusedPickup,
)
from tuoyu.domains.attendance.services import telling
from tuoyu.domains.attendance.services.calling import Verdict, call_record
from tuoyu.domains.institutions.models import Institution

WORDS = {
    "id-reused": "这个编号已用于另一件事，请由设备重新生成编号后再发",
    "malformed": "内容不完整：须有儿童、种类、时间（请假与更正还须有日期），请核对后重发",
    "future": "发生时间晚于现在 10 分钟以上，请校准设备时钟后重新打卡",
    "ancient": "发生时间太早或日期太远，超出可补传的范围，请由机构按更正补录",
    "not-enrolled": "该儿童当日不在本机构入托，请核对是否点错人或入托登记未办",
    "no-reason": "更正须写明原因，请补写后再提交",
    "blocked": "此人被登记为禁止接走，不能放行；请通知园长，并留住孩子",
    "unknown-bearer": "此人今日没有接走这个孩子的授权，请联系监护人或由园长放行",
    "no-release": "没有 30 分钟内的园长放行记录，请园长在机构端登记放行后再试",
    "signature": "签名不符，未采信；请重新配对设备",
    "unpaired": "设备未配对或已停用，请由园长重新配对",
}


@dataclass(frozen=True)
class NewEvent:
    """一个待存事件。``at``: when it happened or was stated; ``day``: for leave and fixes only."""

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
    code_hash: bytes | None = None


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
    found = record_rows(institution_id=institution_id, rows=rows, at=at, device_id=device_id)
    return [Answer(uuid.UUID(v.id), v.outcome, v.code) for v in found]


def record_rows(
    *, institution_id: int, rows: list[dict[str, Any]], at: datetime, device_id: uuid.UUID | None
) -> list[Verdict]:
    """同上，行已备好（门口接口用）。One statement; safe to repeat after a lost connection."""
    if not rows:
        return []
    if _touches_past_month(rows, at):
        with transaction.atomic():  # the news of a closed month is stored with the change
            return _record(institution_id, device_id, at, rows)
    return _record(institution_id, device_id, at, rows)


_REFUSED_AT_DOOR = frozenset({"blocked", "unknown-bearer", "no-release"})


def _record(
    institution_id: int, device_id: uuid.UUID | None, at: datetime, rows: list[dict[str, Any]]
) -> list[Verdict]:
    tell_now = connection.in_atomic_block
    found = call_record(institution_id, device_id, at, rows, tell=tell_now)
    stored = {v.id for v in found if v.outcome == "stored"}
    children = {r["child"] for r in rows if r["id"] in stored}
    if children and tell_now:
        publish(DoorRecorded(tuple(sorted(children))))
    elif children:
        telling.tell(institution_id, found[0].region_code, children)
    closed = {v.id for v in found if v.is_closed}
    if closed:
        _tell_closed(institution_id, [r for r in rows if r["id"] in closed])
    refused = {v.id: v.code for v in found if v.code in _REFUSED_AT_DOOR}
    if refused:
        _keep_refused(institution_id, device_id, at, rows, refused)
    return found


def _day_of(row: dict[str, Any]) -> date:
    if row["kind"] >= EventKind.ABSENT and row.get("day"):
        return date.fromisoformat(row["day"])
    return clock.day_of(datetime.fromisoformat(row["at"]))


def _touches_past_month(rows: list[dict[str, Any]], at: datetime) -> bool:
    """Only a month that is over can be closed."""
    month = clock.day_of(at).replace(day=1)
    return any(_day_of(row) < month for row in rows)


def _tell_closed(institution_id: int, rows: list[dict[str, Any]]) -> None:
    months: dict[date, set[int]] = {}
    for row in rows:
        months.setdefault(_day_of(row).replace(day=1), set()).add(row["child"])
    for month, children in sorted(months.items()):
        publish(ClosedMonthChanged(institution_id, month, tuple(sorted(children))))


def _keep_refused(
    institution_id: int,
    device_id: uuid.UUID | None,
    at: datetime,
    rows: list[dict[str, Any]],
    refused: dict[str, str],
) -> None:
    """A refusal in red stays on record for the director."""
    region = Institution.objects.unscoped(reason="机构信息公开").values_list(
        "region_code", flat=True
    )
    region_code = region.get(pk=institution_id)
    RefusedPickup.all_rows.bulk_create(
        [
            RefusedPickup(
                event_id=row["id"],
                child_id=row["child"],
                institution_id=institution_id,
                region_code=region_code,
                at=datetime.fromisoformat(row["at"]),
                received_at=at,
                device_id=device_id,
                guardian_id=row.get("guardian"),
                code=refused[row["id"]],
            )
            for row in rows
            if row["id"] in refused
        ],
        ignore_conflicts=True,
    )
    push_live([f"institution:{institution_id}"], "refused")


def _row(e: NewEvent, flags: int) -> dict[str, Any]:
    return {
        "id": str(e.id),
        "child": e.child_id,
        "kind": int(e.kind),
        "at": e.at.isoformat(),
        "day": e.day.isoformat() if e.day else None,
        "method": str(e.method),
        "guardian": e.guardian_id,
        "code": e.code_hash.hex() if e.code_hash else None,
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
