"""业务时钟：the one place where time comes from.

Production reads the machine's clock. A demo or a test injects another one, so that a city can
stand in October 2025 whatever the wall says. Nothing else in the project may call ``now()``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
ENV = "TUOYU_CLOCK"  # "<ISO instant>@<unix seconds when that instant was true>"

# Process-wide, so that a server thread started by a test stands at the same instant.
_fixed: list[datetime] = []


def now() -> datetime:
    """现在：an aware instant in Asia/Shanghai."""
    if _fixed:
        return _fixed[-1]
    spec = os.environ.get(ENV)
    if spec:
        base, _, since = spec.partition("@")
        return datetime.fromisoformat(base).astimezone(ZONE) + timedelta(
            seconds=time.time() - float(since)
        )
    return datetime.fromtimestamp(time.time(), ZONE)


def today() -> date:
    """今天：the date in Asia/Shanghai."""
    return now().date()


def is_injected() -> bool:
    """是否演示时钟。"""
    return bool(_fixed or os.environ.get(ENV))


def at(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """某日某时：an aware instant on that day."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE)


def day_of(instant: datetime) -> date:
    """所属日期：the Shanghai date of an instant."""
    return instant.astimezone(ZONE).date()


@contextmanager
def fixed(instant: datetime) -> Iterator[datetime]:
    """固定时钟：for tests and for replaying."""
    _fixed.append(instant.astimezone(ZONE))
    try:
        yield instant
    finally:
        _fixed.pop()
