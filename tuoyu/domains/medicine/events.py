"""喂药的消息：higher rooms and the messages learn what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DoseSigned:
    """一次喂药已由两人签字（或登记未喂）。"""

    request_id: int
    child_id: int
    institution_id: int
    due_at: datetime
    at: datetime
