"""公示的消息：a handler runs inside the publisher's transaction, as the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NoticeEnded:
    """公示结束。``clear_ids`` are source rows without a standing objection, ``objected_ids`` those
    withdrawn because one was upheld. A row whose objection still waits is in neither: it is told
    by a further event of the same notice once the objection is answered.
    """

    source_type: str
    clear_ids: tuple[int, ...]
    objected_ids: tuple[int, ...]
    notice_id: int
    at: datetime
