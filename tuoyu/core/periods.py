"""期间与月龄：期间一律左闭右开，月份写作 “2025-07”。"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True)
class Period:
    """期间：自 start 起（含），到 end 止（不含）；end 为空表示尚无止日。"""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"期间的止日 {self.end} 应晚于起日 {self.start}")

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """两个期间是否有共同的一天。"""
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )

    def covers(self, other: Period) -> bool:
        """是否完整包含另一期间。"""
        if self.end is None:
            return self.start <= other.start
        return self.start <= other.start and other.end is not None and other.end <= self.end

    @property
    def last_day(self) -> date | None:
        """最后一天（含），供显示用。"""
        return None if self.end is None else self.end - timedelta(days=1)


def inclusive(first: date, last: date | None) -> Period:
    """由文件里的“自某日至某日”（两端都含）得到左闭右开的期间。"""
    return Period(first, None if last is None else last + timedelta(days=1))


def month_start(month: str) -> date:
    """月份的第一天：“2025-07” → 2025-07-01。"""
    found = _MONTH.match(month)
    if found is None:
        raise ValueError(f"月份“{month}”的写法不对，应如 2025-07")
    return date(int(found.group(1)), int(found.group(2)), 1)


def month_of(day: date) -> str:
    """日期所在的月份：2025-07-15 → “2025-07”。"""
    return f"{day.year:04d}-{day.month:02d}"


def add_months(day: date, months: int) -> date:
    """加若干个月；到期月没有对应日的，取月末日（民法典第二百零二条）。"""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def month_period(month: str) -> Period:
    """月份对应的期间。"""
    start = month_start(month)
    return Period(start, add_months(start, 1))


def month_last_day(month: str) -> date:
    """月份的最后一天。"""
    return add_months(month_start(month), 1) - timedelta(days=1)


def next_month(month: str, step: int = 1) -> str:
    """后（或前）若干个月的月份。"""
    return month_of(add_months(month_start(month), step))


def months_between(first: str, last: str) -> Iterator[str]:
    """依次给出两个月份之间（两端都含）的每个月份。"""
    month = first
    while month <= last:
        yield month
        month = next_month(month)


def age_months(birth: date, day: date) -> int:
    """月龄：出生至某日已满的月数。没有对应日的月份，到月末日即算满月。"""
    if day < birth:
        raise ValueError(f"出生日期 {birth} 晚于 {day}，请核对")
    months = (day.year - birth.year) * 12 + day.month - birth.month
    return months if add_months(birth, months) <= day else months - 1
