"""审计链：seals committed rows in batches and finds a changed or missing one.

leaf = SM3(canonical row); batch root = SM3(previous root ‖ Merkle root of its leaves). The sealer
numbers the rows itself, off the write path (an id drawn before a lock is out of chain order).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from tuoyu.core.audit.models import AuditEvent, SealedBatch, SealedRow
from tuoyu.core.crypto import sm3

BATCH = 1000
_LOCK = 7_310_001


def leaf(event: AuditEvent) -> bytes:
    """一行的散列；the canonical form is version 1 and must never change for stored rows."""
    row = [
        1,
        str(event.id),
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.user_id,
        event.actor,
        event.role,
        event.region_code,
        event.action,
        event.target,
        event.persons,
        event.note,
        event.result,
    ]
    return sm3(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())


def merkle(leaves: list[bytes]) -> bytes:
    """默克尔根：an odd leaf moves up alone."""
    level = leaves
    while len(level) > 1:
        paired = [sm3(level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


@transaction.atomic
def seal(*, at: datetime) -> int:
    """封存尚未封存的日志；returns how many. Only one sealer runs at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        if not row or not row[0]:
            return 0
    sealed = SealedRow.objects.values("event_id")
    waiting = list(AuditEvent.objects.exclude(id__in=sealed).order_by("at", "id")[:50_000])
    last = SealedBatch.objects.order_by("-number").first()
    number, previous = (last.number, bytes(last.root)) if last else (0, b"\0" * 32)
    next_row = last.first_row + last.count if last else 1
    for start in range(0, len(waiting), BATCH):
        chunk = waiting[start : start + BATCH]
        leaves = [leaf(e) for e in chunk]
        number += 1
        previous = sm3(previous + merkle(leaves))
        batch = SealedBatch.objects.create(
            number=number, sealed_at=at, first_row=next_row, count=len(chunk), root=previous
        )
        SealedRow.objects.bulk_create(
            SealedRow(number=next_row + i, event_id=e.id, leaf=leaf_, batch=batch)
            for i, (e, leaf_) in enumerate(zip(chunk, leaves, strict=True))
        )
        next_row += len(chunk)
    return len(waiting)


@dataclass(frozen=True)
class Fault:
    """一处不符。"""

    row: int
    event_id: str
    what: str


def verify() -> Iterator[Fault]:
    """核对全链：yields each changed or missing row, and each batch whose root does not follow."""
    previous, expected = b"\0" * 32, 1
    for batch in SealedBatch.objects.order_by("number").iterator():
        if batch.first_row != expected:
            yield Fault(expected, "", f"第 {batch.number} 批之前缺少封存记录")
        rows = list(SealedRow.objects.filter(batch=batch).order_by("number"))
        if len(rows) != batch.count:
            yield Fault(batch.first_row, "", f"第 {batch.number} 批应有 {batch.count} 行")
        events = AuditEvent.objects.in_bulk([r.event_id for r in rows])
        for row in rows:
            event = events.get(row.event_id)
            if event is None:
                yield Fault(row.number, str(row.event_id), "日志缺失")
            elif leaf(event) != bytes(row.leaf):
                yield Fault(row.number, str(row.event_id), "日志被改动")
        if rows:
            previous = sm3(previous + merkle([bytes(r.leaf) for r in rows]))
        if previous != bytes(batch.root):
            yield Fault(batch.first_row, "", f"第 {batch.number} 批的链根不符")
            previous = bytes(batch.root)
        expected = batch.first_row + batch.count
