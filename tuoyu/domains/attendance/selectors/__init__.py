"""考勤的读取：scope first; rows or frozen dataclasses."""

from __future__ import annotations

from tuoyu.domains.attendance.selectors.boards import (
    ChildToday,
    MissingList,
    RoomToday,
    TodayBoard,
    missing_without_leave,
    today_board,
)
from tuoyu.domains.attendance.selectors.months import (
    Cell,
    DayTrail,
    MonthRow,
    MonthSheet,
    Obstacle,
    TrailEvent,
    count_days,
    day_trail,
    hash_sheets,
    list_obstacles,
    month_sheet,
)
from tuoyu.domains.attendance.selectors.ratios import (
    OnDuty,
    ratio_board,
    ratio_table,
    staff_on_duty,
)
from tuoyu.domains.attendance.selectors.refusals import list_refused_pickups, list_releases

__all__ = [
    "Cell",
    "ChildToday",
    "DayTrail",
    "MissingList",
    "MonthRow",
    "MonthSheet",
    "Obstacle",
    "OnDuty",
    "RoomToday",
    "TodayBoard",
    "TrailEvent",
    "count_days",
    "day_trail",
    "hash_sheets",
    "list_obstacles",
    "list_refused_pickups",
    "list_releases",
    "missing_without_leave",
    "month_sheet",
    "ratio_board",
    "ratio_table",
    "staff_on_duty",
    "today_board",
]
