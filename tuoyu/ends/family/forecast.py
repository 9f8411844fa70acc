"""本月出勤预报（纯规则）：days attended, days left, and the day on which the line can be reached.

Missing is never zero: without a minimum in force the forecast is 待定 with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

PRESENT, LEAVE = 1, 2


class Reach(Enum):
    """预报结论。"""

    REACHED = "reached"
    REACHABLE = "reachable"
    SHORT = "short"
    UNDETERMINED = "undetermined"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Line:
    """补助出勤线：``min_days`` None is 待定; ``outside`` says why the rule does not apply."""

    min_days: int | None
    why: str = ""
    outside: str = ""


@dataclass(frozen=True)
class Forecast:
    """一个月的预报。``mark`` counts the cells up to the day that reaches the line (0: none)."""

    reach: Reach
    title: str
    text: str
    attended: int
    leave: int
    left: int
    cells: tuple[str, ...]
    mark: int = 0
    mark_text: str = ""
    first: str = ""
    last: str = ""


def forecast(
    *,
    today: date,
    workdays: Iterable[date],
    sheets: Mapping[date, int | None],
    line: Line,
    today_is_open: bool = True,
) -> Forecast:
    """预报。

    ``workdays`` are the month's working days within the enrolment; ``sheets`` the day sheets so
    far, leave to come among them; ``today_is_open`` says whether the child can still arrive today.
    """
    came = {day for day, status in sheets.items() if status == PRESENT}
    off = {day for day, status in sheets.items() if status == LEAVE}
    days = sorted({*workdays, *came})
    still = [d for d in days if _can_come(d, today, today_is_open) and d not in came | off]
    base = {
        "attended": len(came),
        "leave": len(off),
        "left": len(still),
        "cells": tuple("a" if d in came else "l" if d in off else "." for d in days),
        "first": f"{days[0]:%m-%d}" if days else "",
        "last": f"{days[-1]:%m-%d}" if days else "",
    }
    return _judge(line, days, sorted(came), still, base)


def _can_come(day: date, today: date, today_is_open: bool) -> bool:
    return day > today or (day == today and today_is_open)


def _judge(
    line: Line, days: list[date], came: list[date], still: list[date], base: Mapping[str, object]
) -> Forecast:
    count = len(came)
    if line.outside:
        text = f"{line.outside}；到托照常记录，不影响入托。"
        return _made(Reach.OUTSIDE, f"本月已到托 {count} 天", text, base)
    if line.min_days is None:
        text = f"补助出勤线待定：{line.why}。"
        return _made(Reach.UNDETERMINED, f"本月已到托 {count} 天", text, base)
    need = line.min_days - count
    if need <= 0:
        on = came[line.min_days - 1] if line.min_days > 0 else None
        mark = _mark(days, on, f"{on:%m-%d} 已满 {line.min_days} 天") if on else {}
        text = f"已出勤 {count} 天，已满足补助出勤线（{line.min_days} 天）。"
        return _made(Reach.REACHED, "已满补助出勤线", text, {**base, **mark})
    if need > len(still):
        text = f"已出勤 {count} 天，本月还有 {len(still)} 个工作日，到不了 {line.min_days} 天；"
        text += "补助由机构申领，不影响入托。"
        return _made(Reach.SHORT, f"本月已到托 {count} 天", text, base)
    on = still[need - 1]
    text = f"已出勤 {count} 天，再 {need} 天满足补助出勤线。"
    mark = _mark(days, on, f"{on:%m-%d} 可满 {line.min_days} 天")
    return _made(Reach.REACHABLE, f"再到托 {need} 天满补助线", text, {**base, **mark})


def _mark(days: list[date], on: date, text: str) -> dict[str, object]:
    return {"mark": days.index(on) + 1, "mark_text": text}


def _made(reach: Reach, title: str, text: str, base: Mapping[str, object]) -> Forecast:
    return Forecast(reach=reach, title=title, text=text, **base)  # type: ignore[arg-type]
