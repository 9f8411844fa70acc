"""审计的读取。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from tuoyu.core.audit.models import AuditEvent


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
