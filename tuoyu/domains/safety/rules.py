"""安全规则：what is due when, and what is over. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tuoyu.core.periods import add_months

DONE, LATE, DUE, OVERDUE, WAITING = "done", "late", "due", "overdue", "waiting"
WORDS = {DONE: "已巡", LATE: "补巡", DUE: "待巡", OVERDUE: "漏巡", WAITING: "未到时"}
WARN_DAYS = (60, 30, 7)  # experience of the field (60/30/7 天提醒), no rule of law


@dataclass(frozen=True)
class Slot:
    """一次应巡：to be done after ``from_at`` and by ``due_at``."""

    from_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Filled:
    """一次应巡的情况。``at`` is when it was done."""

    slot: Slot
    state: str
    at: datetime | None = None

    @property
    def words(self) -> str:
        return WORDS[self.state]


def times_of(texts: Iterable[str]) -> list[time]:
    """「07:40」→ 时刻，in order."""
    return sorted(time.fromisoformat(t) for t in texts)


def slots_of_day(
    due_times: Sequence[time], at: Callable[[date, int, int], datetime], day: date
) -> list[Slot]:
    """每日的各次：each begins when the one before is due."""
    out, begin = [], at(day, 0, 0)
    for due in due_times:
        end = at(day, due.hour, due.minute)
        out.append(Slot(begin, end))
        begin = end
    return out


def fill(slots: Sequence[Slot], rounds: Iterable[datetime], now: datetime) -> list[Filled]:
    """把巡查对到应巡上：one round fills one slot; after its time it still fills it, as late."""
    left, out = sorted(rounds), []
    for n, slot in enumerate(slots):
        until = slots[n + 1].due_at if n + 1 < len(slots) else None
        found = next((r for r in left if r >= slot.from_at and (until is None or r <= until)), None)
        if found is None:
            state = OVERDUE if now > slot.due_at else DUE if now >= slot.from_at else WAITING
        else:
            left.remove(found)
            state = DONE if found <= slot.due_at else LATE
        out.append(Filled(slot, state, found))
    return out


def next_check(last: date, months: int) -> date:
    """下次检查日。"""
    return add_months(last, months)


def expiry_tone(expires_on: date | None, today: date) -> tuple[str, str]:
    """到期的颜色与字：over, 7, 30 and 60 days before; ``expires_on`` is the last good day."""
    if expires_on is None:
        return "", "长期有效"
    left = (expires_on - today).days
    if left < 0:
        return "danger", f"已过期 {-left} 天"
    far, near, last = WARN_DAYS
    if left <= last:
        return "danger", f"还剩 {left} 天"
    if left <= near:
        return "warn", f"还剩 {left} 天"
    return ("info", f"还剩 {left} 天") if left <= far else ("ok", "有效")


def week_of(day: date) -> date:
    """所在周的周一。"""
    return day - timedelta(days=day.weekday())
