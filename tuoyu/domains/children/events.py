"""儿童域的消息。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ConsentChanged:
    """同意变了：``granted`` is what stands now."""

    child_id: int
    purpose: str
    granted: bool
    entry_id: int
    at: datetime
