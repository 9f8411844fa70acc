"""喂药的规则：due times of a day, early or late, why a request may be refused. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
# Shown as 「暂按」 until the institution has set its own; no document gives a number.
FIRST_ALARM_MINUTES = 10
FIRST_TOLERANCE_MINUTES = 30
MOST_DAYS = 30  # a longer treatment is asked again, so that the parent looks at it again
MOST_TIMES = 6

REFUSALS = {
    "label": "看不清药品标签或有效期",
    "package": "不是原包装",
    "prescription": "处方药没有医嘱或处方",
    "conflict": "与过敏或忌口有冲突",
    "method": "用法超出园内能做的",
    "ill": "孩子状况不宜入园，请先就医",
    "other": "其他（须写明）",
}
SKIPS = ("孩子未到园", "孩子已离园", "孩子拒服或吐出", "家长电话要求停", "药品未带来或已用完")


def due_at(day: date, at: time) -> datetime:
    """应喂时刻。"""
    return datetime.combine(day, at, ZONE)


def dues_on(day: date, from_on: date, to_on: date, times: Iterable[time]) -> list[datetime]:
    """当天应喂的时刻，先后有序。"""
    if not from_on <= day < to_on:
        return []
    return [due_at(day, t) for t in sorted(times)]


def is_due(due: datetime, from_on: date, to_on: date, times: Iterable[time]) -> bool:
    """这个时刻在不在委托里。"""
    local = due.astimezone(ZONE)
    return local in dues_on(local.date(), from_on, to_on, times)


def minutes_off(due: datetime, at: datetime) -> int:
    """早晚几分钟：negative is early."""
    return round((at - due).total_seconds() / 60)


def off_words(minutes: int) -> str:
    """早晚，写成文字。"""
    if minutes == 0:
        return "准时"
    return f"{'早' if minutes < 0 else '晚'} {abs(minutes)} 分钟"


def wants_reason(due: datetime, at: datetime, tolerance: int) -> bool:
    """早晚超出本园设定，须写原因。"""
    return abs(at - due) > timedelta(minutes=tolerance)


def faults(
    *, today: date, from_on: date, to_on: date, times: list[time], dose: str, medicine: str
) -> list[str]:
    """委托单的毛病：each says what, why and how."""
    out = []
    if not medicine.strip():
        out.append("没有写药名，老师无法核对；请照药盒写全名")
    if not any(c.isdigit() or c in "半一二两三" for c in dose):
        out.append("每次用量里没有数量，老师无法照量喂；请写明如「2.5 ml」「半包」")
    if not times:
        out.append("没有填喂药时间，到时无法提醒；请至少填一个时间")
    if len(set(times)) != len(times):
        out.append("同一时间填了两次，会被当成喂两次；请删去一个")
    if len(times) > MOST_TIMES:
        out.append(f"一天最多填 {MOST_TIMES} 次；次数更多请先与老师商量")
    if from_on < today:
        out.append("开始日期已过去，请改为今天或以后")
    if to_on <= from_on:
        out.append("结束日期早于开始日期，请改正")
    elif (to_on - from_on).days > MOST_DAYS:
        out.append(f"一次最多委托 {MOST_DAYS} 天，请分次填写，好让您再看一遍用量")
    return out
