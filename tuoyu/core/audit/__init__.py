"""审计：record, seal, verify."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol


class Who(Protocol):
    """操作人（``core.access.Actor`` 即是）。"""

    @property
    def user_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def region_code(self) -> str: ...


def record(
    *,
    actor: Who,
    action: str,
    target: str,
    at: datetime,
    persons: Iterable[int] = (),
    note: str = "",
    result: str = "完成",
) -> Any:
    """写一条操作日志：in the caller's own transaction, so both stand or fall together."""
    from tuoyu.core.audit.models import AuditEvent

    return AuditEvent.objects.create(
        at=at,
        user_id=actor.user_id,
        actor=actor.name[:80],
        role=actor.role,
        region_code=actor.region_code,
        action=action[:80],
        target=target[:200],
        persons=sorted(set(persons)),
        note=note[:300],
        result=result[:220],
    )
