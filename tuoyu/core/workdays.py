"""工作日：national holidays and make-up days by ``chinese_calendar``.

A year that the calendar does not know yet counts Monday to Friday, and ``is_official`` says so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar


def is_official(day: date) -> bool:
    """该年节假日安排是否已公布。"""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """是否工作日（含调休）。"""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add(start: datetime, days: int) -> datetime:
    """若干工作日之后的同一时刻。"""
    end = start
    while days > 0:
        end += timedelta(days=1)
        if is_workday(end.date()):
            days -= 1
    return end


def before(day: date, days: int) -> date:
    """若干工作日之前的工作日。"""
    while days > 0:
        day -= timedelta(days=1)
        if is_workday(day):
            days -= 1
    return day


def between(start: date, end: date) -> int:
    """[start, end) 内的工作日数；negative when ``end`` lies before ``start``."""
    if end < start:
        return -between(end, start)
    return sum(is_workday(start + timedelta(days=i)) for i in range((end - start).days))


def days_of(month: date) -> list[date]:
    """当月工作日。"""
    day, found = month.replace(day=1), []
    while day.month == month.month:
        if is_workday(day):
            found.append(day)
        day += timedelta(days=1)
    return found
