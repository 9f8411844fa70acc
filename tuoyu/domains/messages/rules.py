"""免打扰与重试（纯规则）。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

MOST_TRIES = 5
AGAIN = (1, 5, 15, 60)  # minutes
STALE = timedelta(minutes=30)  # an arrival told later than this interrupts nobody


@dataclass(frozen=True)
class Quiet:
    """免打扰时段；may go over midnight."""

    start: time = time(21, 0)
    end: time = time(7, 0)

    def covers(self, moment: time) -> bool:
        if self.start == self.end:
            return False
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def due_at(now: datetime, quiet: Quiet | None, *, is_grave: bool) -> datetime:
    """应发时间：at once, or when the quiet hours are over. ``now`` is in local time."""
    if is_grave or quiet is None or not quiet.covers(now.time()):
        return now
    ends = now.replace(hour=quiet.end.hour, minute=quiet.end.minute, second=0, microsecond=0)
    return ends if ends > now else ends + timedelta(days=1)


def try_again_at(now: datetime, tries: int) -> datetime | None:
    """下次再试；None: enough."""
    if tries >= MOST_TRIES:
        return None
    return now + timedelta(minutes=AGAIN[min(tries, len(AGAIN)) - 1])
