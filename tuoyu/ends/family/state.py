"""今天的状态：one card that a parent reads at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from tuoyu.core import clock, workdays
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Event, EventKind, Flag
from tuoyu.domains.attendance.rules import live_state
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.ends.family import reads
from tuoyu.ends.family.timeline import by_whom, hm

AT_DOOR = (EventKind.IN, EventKind.OUT)
SPAN = 334  # length of the day line on its 358-wide view box


@dataclass(frozen=True)
class Today:
    """今天。``tone`` is ok, wait or off; ``big`` the hero number or word."""

    word: str
    big: str
    note: str
    tone: str
    icon: str
    line: DayLine | None = None
    call: str = ""


@dataclass(frozen=True)
class DayLine:
    """一天的横线：opening to closing, the child's stay, and now (SVG units)."""

    start: int
    end: int
    now: int
    opens: str
    closes: str
    near_end: bool
    near_start: bool


def today_of(
    scope: Scope,
    child_id: int,
    enrolment: Enrolment | None,
    sheet: DaySheet | None,
    relations: dict[int, str],
    now: datetime,
) -> tuple[Today, list[Event]]:
    """今天的状态与今天的事件；``sheet`` is today's."""
    day = clock.day_of(now)
    if enrolment is None or day not in enrolment.period:
        return Today("未在托", "未在托", _why_not_in(enrolment, day), "off", "info"), []
    start, end = reads.day_range(1, day)
    events = reads.events_of(scope, child_id, start, end)
    return _judge(enrolment, sheet, events, relations, now), events


def _why_not_in(enrolment: Enrolment | None, day: date) -> str:
    if enrolment is None:
        return "还没有入托登记，可到「服务」里查找托育机构"
    starts = enrolment.period.lower
    if starts is not None and day < starts:
        return f"{enrolment.institution.name} · {starts:%Y-%m-%d} 起入托"
    return f"{enrolment.institution.name} · 已结束在托"


def _judge(
    enrolment: Enrolment,
    sheet: DaySheet | None,
    events: list[Event],
    relations: dict[int, str],
    now: datetime,
) -> Today:
    inst = enrolment.institution
    clock_time = now.astimezone(clock.ZONE).time()
    line = day_line(inst.opens_at, inst.closes_at, sheet, clock_time)
    where = _where(sheet, events)
    if sheet is not None and where == "out":
        who = _who(events, EventKind.OUT, relations, "接走")
        return Today("已离园", hm(sheet.out_at), f"{who} · {inst.name}", "ok", "home", line)
    if sheet is not None and where == "in":
        who = _who(events, EventKind.IN, relations, "送到")
        return Today("已到园", hm(sheet.in_at), f"{who} · {inst.name}", "ok", "check", line)
    if sheet is not None and sheet.status == DayStatus.LEAVE:
        return Today(
            "今天请假", "请假", f"{sheet.reason or '未写原因'} · {inst.name}", "off", "leave"
        )
    if sheet is not None and sheet.status == DayStatus.ABSENT:
        note = f"园方登记 · {inst.name}；不符可联系园方更正"
        return Today("记为缺勤", "缺勤", note, "wait", "info")
    if not workdays.is_workday(now.astimezone(clock.ZONE).date()):
        return Today("今天休息", "休息", f"非工作日 · {inst.name}", "off", "sun")
    if clock_time >= inst.closes_at:
        return Today("今天没有到园记录", "未到园", f"{inst.name} 已闭园", "wait", "clock")
    if clock_time < inst.opens_at:
        note = f"{inst.opens_at:%H:%M} 开园 · {inst.name}"
        return Today("还没开园", "未到园", note, "wait", "clock", line)
    return Today("还没到园", "未到园", inst.name, "wait", "clock", line)


def _where(sheet: DaySheet | None, events: list[Event]) -> str:
    """此刻在哪：a child may leave and come back, so the last act at the door decides."""
    if sheet is None:
        return ""
    door = [
        e for e in events if e.kind in (EventKind.IN, EventKind.OUT) and not e.flags & Flag.SKEW
    ]
    return live_state(
        sheet.status,
        is_corrected=sheet.is_corrected,
        has_out=sheet.out_at is not None,
        last_kind=door[-1].kind if door else None,
    )


def _who(events: list[Event], kind: EventKind, relations: dict[int, str], verb: str) -> str:
    """首次到园、末次离园是谁；a corrected time has nobody at the door."""
    found = [e for e in events if e.kind == kind and not e.flags & Flag.SKEW]
    if not found:
        return "园方更正"
    return by_whom(found[0] if kind == EventKind.IN else found[-1], relations, verb)


def day_line(opens: time, closes: time, sheet: DaySheet | None, now: time) -> DayLine:
    """横线的长度：integers only."""

    def at(moment: time | None) -> int:
        first, last = _minutes(opens), _minutes(closes)
        if moment is None or last <= first:
            return 0
        part = (_minutes(moment) - first) * SPAN // (last - first)
        return max(0, min(SPAN, part))

    came = sheet.in_at.astimezone(clock.ZONE).time() if sheet and sheet.in_at else None
    left = sheet.out_at.astimezone(clock.ZONE).time() if sheet and sheet.out_at else None
    here = max(at(left or now), at(came))
    return DayLine(
        start=12 + at(came) if came else 0,
        end=12 + here,
        now=12 + at(now),
        opens=f"{opens:%H:%M} 开园",
        closes=f"{closes:%H:%M} 闭园",
        near_start=at(now) < SPAN // 3,
        near_end=at(now) > SPAN * 2 // 3,
    )


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
