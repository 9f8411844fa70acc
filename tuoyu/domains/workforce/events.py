"""从业人员的消息。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LeaveAsked:
    """员工提出请假。"""

    leave_id: int
    at: datetime


@dataclass(frozen=True)
class LeaveDecided:
    """员工请假已处理。"""

    leave_id: int
    at: datetime
