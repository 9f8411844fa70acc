"""请假的日子（纯规则）：which days may be asked for, and what the cut-off says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from tuoyu.core.errors import DomainError

REASONS = ("感冒发热", "其他生病", "家里有事", "外出", "接种体检")
LONGEST = 31
AHEAD = 60


@dataclass(frozen=True)
class Asked:
    """家长选的：today, tomorrow or a span."""

    when: str
    first: str
    last: str
    reason: str


def days_asked(
    asked: Asked,
    *,
    today: date,
    next_day: date | None,
    has_arrived: bool,
    is_open: Callable[[date], bool],
) -> list[date]:
    """要请的日子；each refusal says what, why and how to mend it."""
    if asked.reason not in REASONS:
        raise DomainError("reason", "请点一个请假原因")
    days = _span(asked, today, next_day)
    if days[0] < today:
        raise DomainError("past", f"{days[0]:%m-%d} 已过去，不能再请假；如记录不符请在月表里提异议")
    if days[-1] > today + timedelta(days=AHEAD):
        raise DomainError("far", f"最多提前 {AHEAD} 天请假，请把日期改到 {AHEAD} 天以内")
    if len(days) > LONGEST:
        raise DomainError("long", f"一次最多请 {LONGEST} 天，现为 {len(days)} 天，请分次提交")
    if days == [today] and has_arrived:
        raise DomainError("arrived", "今天已到园，不用再请假；提前接走时由老师登记离园")
    kept = [d for d in days if is_open(d) and not (d == today and has_arrived)]
    if not kept:
        raise DomainError("closed", "所选日期都不是在托的工作日，不用请假；请改选日期")
    return kept


def _span(asked: Asked, today: date, next_day: date | None) -> list[date]:
    if asked.when == "today":
        return [today]
    if asked.when == "tomorrow":
        if next_day is None:
            raise DomainError("none", "近期没有在托的工作日，请联系托育机构")
        return [next_day]
    if asked.when != "dates":
        raise DomainError("when", "请先选哪一天")
    try:
        first = date.fromisoformat(asked.first)
        last = date.fromisoformat(asked.last or asked.first)
    except ValueError as error:
        raise DomainError("date", "日期没有填全，请选开始和结束日期") from error
    if last < first:
        raise DomainError("order", f"结束日期 {last:%m-%d} 早于开始日期 {first:%m-%d}，请改正")
    if (last - first).days > 400:
        raise DomainError("long", f"一次最多请 {LONGEST} 天，请分次提交")
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def next_open(today: date, is_open: Callable[[date], bool]) -> date | None:
    """下一个在托的工作日。"""
    ahead = (today + timedelta(days=i) for i in range(1, 15))
    return next((d for d in ahead if is_open(d)), None)


def cutoff_text(cutoff: time, now: time, *, today_counts: bool) -> str:
    """截止时间：after it leave is still taken, and the parent is told."""
    if not today_counts or now < cutoff:
        return f"当天请假请在 {cutoff:%H:%M} 前提交"
    return f"已过今天 {cutoff:%H:%M} 的请假截止，仍可提交；园方会看到提交时间，餐费按园方规定"


def told(days: Sequence[date], reason: str, late: bool, cutoff: time) -> str:
    """办成以后的一句话。"""
    span = f"{days[0]:%m-%d}" if len(days) == 1 else f"{days[0]:%m-%d} 至 {days[-1]:%m-%d}"
    text = f"已请假 {span}（{len(days)} 天，{reason}），园方已收到"
    return f"{text}；已过 {cutoff:%H:%M} 截止，餐费按园方规定" if late else text
