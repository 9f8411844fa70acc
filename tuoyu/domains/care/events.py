"""班上的消息。"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class CareRecorded:
    """班上事件已存：published once for each new event, inside the transaction that stored it."""

    id: uuid.UUID
    institution_id: int
    region_code: str
    class_group_id: int | None
    child_id: int | None
    kind: str
    at: datetime
    received_at: datetime
    by: int | None
    by_name: str
    detail: Mapping[str, Any]
    device_id: uuid.UUID | None = None


@dataclass(frozen=True)
class RoundMissed:
    """睡眠巡视漏查：a room has a sleeping child whose round is overdue."""

    institution_id: int
    region_code: str
    class_group_id: int
    children: int
    due_at: datetime
    found_at: datetime
