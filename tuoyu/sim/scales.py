"""规模：how large a city is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Scale:
    """规模。``until`` None: the days go up to the demo clock, this morning included.

    ``empty_seats`` is the share of places that nobody takes in the whole time.
    """

    name: str
    institutions: int
    places: int
    start: date
    until: date | None = None
    frauds: int = 1
    empty_seats: float = 0.115


SCALES = {
    "tiny": Scale("tiny", 14, 330, date(2025, 8, 1)),
    "demo": Scale("demo", 60, 2_840, date(2025, 1, 1)),
    "full": Scale(
        "full", 1_000, 41_000, date(2025, 1, 1), until=date(2026, 1, 1), frauds=6, empty_seats=0.02
    ),
}
