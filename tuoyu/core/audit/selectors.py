"""操作日志的读取：filter, and how far the chain is sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from tuoyu.core import clock
from tuoyu.core.audit.models import AuditEvent, SealedBatch, SealedRow
from tuoyu.core.scope import Scope


@dataclass(frozen=True)
class Wanted:
    """查询条件。"""

    text: str = ""
    action: str = ""
    from_on: date | None = None
    to_on: date | None = None
    refused: bool = False


def list_events(scope: Scope, wanted: Wanted, *, whole_city: bool) -> QuerySet[AuditEvent]:
    """操作日志（数据范围内），newest first; rows without a region belong to the whole city."""
    rows = AuditEvent.objects.all()
    if scope.kind == "region":
        inside = Q(region_code__startswith=scope.region_prefix)
        rows = rows.filter(inside | Q(region_code="")) if whole_city else rows.filter(inside)
    elif scope.kind != "system":
        return rows.none()
    if text := wanted.text.strip():
        rows = rows.filter(
            Q(actor__icontains=text) | Q(target__icontains=text) | Q(note__icontains=text)
        )
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.from_on:
        rows = rows.filter(at__gte=clock.at(wanted.from_on))
    if wanted.to_on:
        rows = rows.filter(at__lt=clock.at(wanted.to_on + timedelta(days=1)))
    if wanted.refused:
        rows = rows.filter(result__startswith="拒绝")
    return rows.order_by("-at", "-id")


def list_actions(limit: int = 200) -> list[str]:
    """出现过的动作名。"""
    rows = AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct()
    return list(rows[:limit])


@dataclass(frozen=True)
class ChainState:
    """封存到哪里。"""

    last: SealedBatch | None
    sealed: int
    waiting: int

    @property
    def root(self) -> str:
        return bytes(self.last.root).hex() if self.last else ""


def chain_state() -> ChainState:
    """链的现状。"""
    last = SealedBatch.objects.order_by("-number").first()
    sealed = last.first_row + last.count - 1 if last else 0
    total = AuditEvent.objects.count()
    return ChainState(last, sealed, max(total - SealedRow.objects.count(), 0))


def looked_at(
    child_id: int, *, before: datetime | None = None, leave_out_users: Iterable[int] = ()
) -> QuerySet[AuditEvent]:
    """谁看过、办过某名儿童的档案，新的在前。

    The caller has made sure that the child is the reader's own. A guardian's own visits are left
    out by ``leave_out_users``.
    """
    rows = AuditEvent.objects.filter(persons__contains=[child_id])
    if before is not None:
        rows = rows.filter(at__lt=before)
    return rows.exclude(user_id__in=list(leave_out_users)).order_by("-at", "-id")
