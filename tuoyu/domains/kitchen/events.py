"""膳食的消息。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MenuPublished:
    """食谱已公布。"""

    menu_id: int
    institution_id: int
    at: datetime
