"""班上事件的入库：an idempotent batch; one bad event alone does not refuse the others."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tuoyu.core import clock, crypto
from tuoyu.core.events import publish, push_live
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.care import kinds
from tuoyu.domains.care.events import CareRecorded
from tuoyu.domains.care.models import CareEvent, Flag
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import ClassGroup, Institution

MOST = 500
AHEAD = timedelta(minutes=10)
BEHIND = timedelta(hours=48)
OLDEST = timedelta(days=31)

WORDS = {
    "id-reused": "这个编号已用于另一件事，请由设备重新生成编号后再发",
    "malformed": "内容不完整或不在词表里，请在平板上重新记一次",
    "future": "发生时间晚于现在 10 分钟以上，请校准设备时钟后重新记录",
    "ancient": "发生时间已超过 31 天，不能补传，请由园长另行记录",
    "not-enrolled": "该儿童当日不在本机构入托，请核对是否点错人",
    "no-room": "本机构没有这个班，请刷新页面后再记",
    "not-undoable": "这条记录不能撤销；写错了请另记一条说明",
    "signature": "签名不符，未采信；请重新配对设备",
    "unpaired": "设备未配对或已停用，请由园长重新配对",
    "locked": "没有核对到经手人的口令，请解锁后重新上传",
}


@dataclass(frozen=True)
class NewCare:
    """一个待存的班上事件。``at`` is when it happened; ``detail`` has passed its kind's reader."""

    kind: str
    at: datetime
    child_id: int | None = None
    class_group_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    by: int | None = None
    by_name: str = ""
    id: uuid.UUID = field(default_factory=uuid7)


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
    events: Sequence[NewCare],
    at: datetime,
    device_id: uuid.UUID | None = None,
    skewed: bool = False,
) -> list[Answer]:
    """存一批班上事件，逐条答复；safe to repeat after a lost connection."""
    if not events:
        return []
    with transaction.atomic():
        batch = _Batch.read(institution_id, events, at)
        refused = {e.id: code for e in events if (code := batch.fault(e))}
        fresh = {e.id: e for e in events if e.id not in refused}  # the same id twice is one event
        stored = _insert(batch, list(fresh.values()), device_id, skewed=skewed)
        clashing = _clashing([e for e in events if e.id not in stored and e.id not in refused])
        for event in fresh.values():
            if event.id in stored:
                publish(batch.news(event, device_id))
        if stored:
            push_live([f"institution:{institution_id}"], "care")
    return _answers(events, stored, refused, clashing)


def _answers(
    events: Sequence[NewCare],
    stored: set[uuid.UUID],
    refused: dict[uuid.UUID, str],
    clashing: set[uuid.UUID],
) -> list[Answer]:
    out: list[Answer] = []
    told: set[uuid.UUID] = set()
    for event in events:
        if event.id in refused:
            out.append(Answer(event.id, "refused", refused[event.id]))
        elif event.id in clashing:
            out.append(Answer(event.id, "refused", "id-reused"))
        else:
            is_new = event.id in stored and event.id not in told
            out.append(Answer(event.id, "stored" if is_new else "duplicate"))
        told.add(event.id)
    return out


@dataclass(frozen=True)
class _Batch:
    """一批事件要对照的东西，各读一次。"""

    institution_id: int
    region_code: str
    at: datetime
    rooms: frozenset[int]
    enrolled: frozenset[tuple[int, date]]
    undone: Mapping[uuid.UUID, str]

    @classmethod
    def read(cls, institution_id: int, events: Sequence[NewCare], at: datetime) -> _Batch:
        inst = Institution.objects.unscoped(reason="机构信息公开")
        rooms = ClassGroup.objects.unscoped(reason="机构信息公开").filter(
            institution_id=institution_id
        )
        targets = [t for e in events if (t := undo_target(e))]
        return cls(
            institution_id,
            inst.values_list("region_code", flat=True).get(pk=institution_id),
            at,
            frozenset(rooms.values_list("pk", flat=True)),
            _enrolled(institution_id, events),
            dict(
                CareEvent.all_rows.filter(
                    institution_id=institution_id, pk__in=targets
                ).values_list("pk", "kind")
            )
            | {e.id: e.kind for e in events},
        )

    def fault(self, event: NewCare) -> str:
        """不能存的原因；empty when it can be."""
        kind = kinds.find(event.kind)
        if kind is None or kind.of_child != (event.child_id is not None):
            return "malformed"
        if event.at > self.at + AHEAD:
            return "future"
        if event.at < self.at - OLDEST:
            return "ancient"
        rooms = {event.class_group_id, event.detail.get("to")} - {None}
        if not rooms <= self.rooms:
            return "no-room"
        if event.child_id is not None and not self._is_enrolled(event):
            return "not-enrolled"
        target = undo_target(event)
        undone = kinds.find(self.undone.get(target)) if target else None
        return "not-undoable" if undone is not None and not undone.may_undo else ""

    def _is_enrolled(self, event: NewCare) -> bool:
        return (event.child_id, clock.day_of(event.at)) in self.enrolled

    def news(self, e: NewCare, device_id: uuid.UUID | None) -> CareRecorded:
        """给上层的消息。"""
        return CareRecorded(
            e.id,
            self.institution_id,
            self.region_code,
            e.class_group_id,
            e.child_id,
            e.kind,
            e.at,
            self.at,
            e.by,
            e.by_name,
            e.detail,
            device_id,
        )


def undo_target(event: NewCare) -> uuid.UUID | None:
    """撤销的是哪一条。"""
    return uuid.UUID(event.detail["of"]) if event.kind == "undo" else None


def _enrolled(institution_id: int, events: Sequence[NewCare]) -> frozenset[tuple[int, date]]:
    wanted = {(e.child_id, clock.day_of(e.at)) for e in events if e.child_id is not None}
    if not wanted:
        return frozenset()
    periods = Enrolment.all_rows.filter(
        institution_id=institution_id, child_id__in={child for child, _ in wanted}
    ).values_list("child_id", "period")
    return frozenset(
        (child, day)
        for child, period in periods
        for wanted_child, day in wanted
        if child == wanted_child
        and (period.lower is None or period.lower <= day)
        and (period.upper is None or day < period.upper)
    )


_COLUMNS = (
    ("id", "uuid"),
    ("institution_id", "bigint"),
    ("region_code", "text"),
    ("class_group_id", "bigint"),
    ("child_id", "bigint"),
    ("kind", "text"),
    ("day", "date"),
    ("at", "timestamptz"),
    ("received_at", "timestamptz"),
    ("device_id", "uuid"),
    ("user_id", "bigint"),
    ("by_name", "text"),
    ("detail", "jsonb"),
    ("undoes", "uuid"),
    ("flags", "int"),
)
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_TYPES = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS)
_INSERT = (
    f"INSERT INTO care_careevent ({_NAMES}, secret)"  # noqa: S608 - our own column names
    f" SELECT {_NAMES}, decode(secret, 'base64')"
    f" FROM jsonb_to_recordset(%s::jsonb) AS r({_TYPES}, secret text)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)


def _insert(
    batch: _Batch, events: list[NewCare], device_id: uuid.UUID | None, *, skewed: bool
) -> set[uuid.UUID]:
    """One statement; answers which were new, also when two senders race."""
    rows = [_row(batch, e, device_id, Flag.SKEW if skewed else 0) for e in events]
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [json.dumps(rows, ensure_ascii=False)])
        return {row[0] for row in cursor.fetchall()}


def _row(batch: _Batch, e: NewCare, device_id: uuid.UUID | None, flags: int) -> dict[str, Any]:
    kind = kinds.find(e.kind)
    is_sealed = kind is not None and kind.is_sealed
    target = undo_target(e)
    return {
        "id": str(e.id),
        "institution_id": batch.institution_id,
        "region_code": batch.region_code,
        "class_group_id": e.class_group_id,
        "child_id": e.child_id,
        "kind": e.kind,
        "day": clock.day_of(e.at).isoformat(),
        "at": e.at.isoformat(),
        "received_at": batch.at.isoformat(),
        "device_id": str(device_id) if device_id else None,
        "user_id": e.by,
        "by_name": e.by_name[:40],
        "detail": {} if is_sealed else dict(e.detail),
        "undoes": str(target) if target else None,
        "flags": flags | (Flag.LATE if batch.at - e.at > BEHIND else 0),
        "secret": _seal(e.detail) if is_sealed else None,
    }


def _seal(detail: Mapping[str, Any]) -> str:
    text = json.dumps(dict(detail), ensure_ascii=False, sort_keys=True)
    return base64.b64encode(crypto.seal(text, "care_careevent.secret")).decode()


def _clashing(events: list[NewCare]) -> set[uuid.UUID]:
    """同一编号而内容不同：the first stands."""
    if not events:
        return set()
    known = {
        row[0]: row[1:]
        for row in CareEvent.all_rows.filter(pk__in=[e.id for e in events]).values_list(
            "pk", "child_id", "kind", "at"
        )
    }
    return {e.id for e in events if known.get(e.id) != (e.child_id, e.kind, e.at)}
