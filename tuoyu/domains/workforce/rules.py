"""排班的算法：half hours, the required line and the gaps below it. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEP = 30


def clock_text(minute: int) -> str:
    """当日第几分钟 → 07:30。"""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def half_hours(from_minute: int, to_minute: int) -> list[int]:
    """覆盖一段时间的各个半小时的起点。"""
    return list(range(from_minute // STEP * STEP, to_minute, STEP))


def needed(children: int, ratio: int | None) -> int | None:
    """需要几名保育人员；a class type without a ratio asks an unknown number, not zero."""
    if children == 0:
        return 0
    return None if not ratio else -(-children // ratio)


def covering(spans: Iterable[tuple[int, int]], minute: int) -> int:
    """整个半小时都在的有几人：half a half hour does not count."""
    return sum(start <= minute and minute + STEP <= end for start, end in spans)


@dataclass(frozen=True)
class Gap:
    """连续的缺口。"""

    from_minute: int
    to_minute: int
    needed: int
    planned: int

    @property
    def text(self) -> str:
        return f"{clock_text(self.from_minute)}–{clock_text(self.to_minute)}"


def gaps(cells: Sequence[tuple[int, int | None, int]]) -> list[Gap]:
    """(半小时, 需要, 已排) → 缺口；neighbours of the same shortage are one."""
    found: list[Gap] = []
    for minute, want, have in cells:
        if want is None or have >= want:
            continue
        last = found[-1] if found else None
        if last and last.to_minute == minute and (last.needed, last.planned) == (want, have):
            found[-1] = Gap(last.from_minute, minute + STEP, want, have)
        else:
            found.append(Gap(minute, minute + STEP, want, have))
    return found
