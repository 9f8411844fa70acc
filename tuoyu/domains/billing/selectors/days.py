"""到托天数：for refunds and for care by the hour, from the day sheets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from tuoyu.core import workdays
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.billing.rules import Days
from tuoyu.domains.enrolment.models import Enrolment


@dataclass
class Usage:
    """一个月实际使用。"""

    minutes: int = 0
    days: int = 0
    open_days: int = 0


def days_of(institution_id: int, month: date, today: date) -> dict[int, Days]:
    """每名儿童一个月的到托：a workday of the stay without any record counts as open."""
    end = add_months(month, 1)
    planned = [d for d in workdays.days_of(month) if d < today]
    stays: dict[int, set[date]] = defaultdict(set)
    rows = Enrolment.all_rows.filter(
        institution_id=institution_id, period__overlap=(month, end)
    ).values_list("child_id", "period")
    for child, period in rows:
        stays[child].update(d for d in planned if d in period)
    sheets: dict[int, dict[date, int | None]] = defaultdict(dict)
    found = DaySheet.all_rows.filter(
        institution_id=institution_id, day__gte=month, day__lt=end
    ).values_list("child_id", "day", "status")
    for child, day, status in found:
        sheets[child][day] = status
    return {child: _count(days, sheets.get(child, {})) for child, days in stays.items()}


def _count(planned: set[date], sheets: dict[date, int | None]) -> Days:
    states = [sheets.get(d) for d in planned]
    return Days(
        workdays=len(planned),
        attended=states.count(DayStatus.PRESENT),
        leave=states.count(DayStatus.LEAVE),
        absent=states.count(DayStatus.ABSENT),
        open_days=states.count(None),
    )


def minutes_and_days(institution_id: int, month: date) -> dict[int, Usage]:
    """计时托、临时托的实际使用；a day without both times is open."""
    out: dict[int, Usage] = defaultdict(Usage)
    rows = DaySheet.all_rows.filter(
        institution_id=institution_id, day__gte=month, day__lt=add_months(month, 1)
    )
    for child, status, came, went in rows.values_list("child_id", "status", "in_at", "out_at"):
        if status is None or (status == DayStatus.PRESENT and not (came and went)):
            out[child].open_days += 1
        elif status == DayStatus.PRESENT and came and went:
            out[child].minutes += int((went - came).total_seconds()) // 60
            out[child].days += 1
    return dict(out)
