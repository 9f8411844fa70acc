"""考勤发出的消息。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class MonthClosed:
    """月结已确认。"""

    institution_id: int
    month: date


@dataclass(frozen=True)
class ClosedMonthChanged:
    """已结月份有变：a late event or a correction reached a closed month; a delta may be due."""

    institution_id: int
    month: date
    child_ids: tuple[int, ...]


@dataclass(frozen=True)
class DoorRecorded:
    """门口有新事件。``after_commit``: told after the fact, when nothing may fail any more."""

    child_ids: tuple[int, ...]
    after_commit: bool = False


@dataclass(frozen=True)
class DisputeAnswered:
    """异议已答复。"""

    dispute_id: int
    at: datetime
