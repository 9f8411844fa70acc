"""预约规则：seats by the half hour, the price, the last moment to cancel. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STEP = 30  # minutes; what is sold and counted
HALF = timedelta(minutes=STEP)


@dataclass(frozen=True, slots=True)
class HalfHour:
    """半小时的余位，and what it was worked out from."""

    minute: int
    staff: int
    ratio: int
    size: int
    expected: int
    booked: int
    most: int | None = None

    @property
    def seats(self) -> int:
        """还能约几人；below zero means too many for the people there."""
        room = min(self.staff * self.ratio, self.size) - self.expected - self.booked
        return room if self.most is None else min(room, self.most - self.booked)

    @property
    def is_short(self) -> bool:
        """人手不足：more children than the ratio or the class size allows."""
        return self.expected + self.booked > min(self.staff * self.ratio, self.size)

    @property
    def time(self) -> str:
        return clock_words(self.minute)

    @property
    def end(self) -> str:
        return clock_words(self.minute + STEP)

    @property
    def why(self) -> str:
        """没有余位的原因。"""
        if self.seats > 0:
            return ""
        if self.staff == 0:
            return "没有证书有效的保育人员在班"
        if self.expected + self.booked >= self.size:
            return f"本班最多 {self.size} 人"
        if self.expected + self.booked >= self.staff * self.ratio:
            return f"按 1:{self.ratio} 的配比，{self.staff} 名保育人员已满"
        return "已约满"


def clock_words(minute: int) -> str:
    """分钟写成 09:30。"""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def steps(start: int, end: int) -> range:
    """[start, end) 内各个半小时的起点。"""
    return range(start, end, STEP)


def is_aligned(minute: int) -> bool:
    """是否整点或半点。"""
    return minute % STEP == 0


def free_runs(halves: Sequence[HalfHour]) -> list[tuple[int, int]]:
    """连续有余位的时段 [start, end)。"""
    runs: list[tuple[int, int]] = []
    for half in halves:
        if half.seats <= 0:
            continue
        if runs and runs[-1][1] == half.minute:
            runs[-1] = (runs[-1][0], half.minute + STEP)
        else:
            runs.append((half.minute, half.minute + STEP))
    return runs


def first_full(halves: Iterable[HalfHour], start: int, end: int) -> HalfHour | None:
    """时段里第一个没有余位的半小时。"""
    return next((h for h in halves if start <= h.minute < end and h.seats <= 0), None)


def amount(unit: str, unit_fen: int, minutes: int) -> int:
    """估算费用（分）；a part of a fen is dropped, as in billing."""
    return unit_fen * minutes // 60 if unit == "hour" else unit_fen


def cancel_until(start: datetime, hours: int) -> datetime:
    """免费取消截止。"""
    return start - timedelta(hours=hours)
