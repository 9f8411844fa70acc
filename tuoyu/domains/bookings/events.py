"""预约消息。"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Booked:
    """已预约。"""

    booking_id: int
    child_id: int
    institution_id: int


@dataclass(frozen=True)
class BookingCancelled:
    """预约已取消。"""

    booking_id: int
    child_id: int
    institution_id: int
    by_institution: bool
