"""考勤表的格子：one word a day, both values where it was corrected, flags in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.core import clock, workdays
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Flag
from tuoyu.domains.attendance.rules import Day
from tuoyu.domains.attendance.selectors import Cell, MonthSheet

SHORT = {"present": "到", "leave": "假", "absent": "缺", "waiting": "核", "": "", "off": ""}
FULL = {
    "present": "到托",
    "leave": "请假",
    "absent": "缺勤",
    "waiting": "待核",
    "": "无记录",
    "off": "不在托",
}
BY_STATUS = {DayStatus.PRESENT: "present", DayStatus.LEAVE: "leave", DayStatus.ABSENT: "absent"}
WEEK = "一二三四五六日"


@dataclass(frozen=True)
class Box:
    """一格。``was`` is the mark before the correction."""

    day: date
    mark: str
    short: str
    was: str
    says: str
    is_rest: bool
    is_corrected: bool
    has_flags: bool
    is_future: bool


@dataclass(frozen=True)
class Line:
    """一名儿童的一行。"""

    child_id: int
    name: str
    room: str
    boxes: list[Box]
    present: int
    leave: int
    absent: int
    waiting: int
    blank: int


def flag_words(flags: int) -> list[str]:
    """存疑标记的说明。"""
    return [f.label for f in Flag if flags & f]


def mark_before(before: Day | None) -> str:
    """更正前的标记。"""
    if before is None:
        return ""
    return BY_STATUS[DayStatus(before.status)] if before.status else "waiting"


def lines(
    sheet: MonthSheet, first: dict[tuple[int, date], Day | None], room: int | None
) -> list[Line]:
    """月表的行。"""
    today = clock.today()
    rest = {d for d in sheet.days if not workdays.is_workday(d)}
    out = []
    for row in sheet.rows:
        if room is not None and row.class_id != room:
            continue
        boxes = [_box(c, row.child_id, first, today, rest) for c in row.cells]
        blank = sum(b.mark == "" and not b.is_rest and not b.is_future for b in boxes)
        out.append(
            Line(
                row.child_id,
                row.child_name,
                row.class_name,
                boxes,
                row.present,
                row.leave,
                row.absent,
                row.waiting,
                blank,
            )
        )
    return out


def _box(
    cell: Cell,
    child_id: int,
    first: dict[tuple[int, date], Day | None],
    today: date,
    rest: set[date],
) -> Box:
    before = first.get((child_id, cell.day)) if cell.is_corrected else None
    was = mark_before(before) if cell.is_corrected else ""
    parts = [f"{cell.day:%m-%d} {FULL[cell.mark]}"]
    if cell.is_corrected:
        parts.append(f"已更正，原为{FULL[was]}")
    parts += flag_words(cell.flags)
    return Box(
        cell.day,
        cell.mark,
        SHORT[cell.mark],
        (SHORT[was] or "无") if cell.is_corrected else "",
        "；".join(parts),
        cell.day in rest,
        cell.is_corrected,
        bool(cell.flags),
        cell.day > today,
    )


def heads(days: Iterable[date]) -> list[dict[str, Any]]:
    """表头：day, weekday, whether a working day."""
    return [{"day": d, "week": WEEK[d.weekday()], "rest": not workdays.is_workday(d)} for d in days]


def total(rows: list[Line]) -> dict[str, int]:
    """合计行。"""
    return {
        name: sum(getattr(r, name) for r in rows)
        for name in ("present", "leave", "absent", "waiting", "blank")
    }


def status_text(sheet: DaySheet | None) -> str:
    """当日状态的字。"""
    if sheet is None:
        return "无记录"
    return DayStatus(sheet.status).label if sheet.status else "待核"
