"""动态：door events, corrections, leave, confirmations, told in one line each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tuoyu.core import clock
from tuoyu.domains.attendance.models import (
    DayStatus,
    Dispute,
    Event,
    EventKind,
    Flag,
    GuardianConfirmation,
    Method,
)
from tuoyu.domains.attendance.rules import Fact, derive
from tuoyu.domains.moments.models import Photo


@dataclass(frozen=True)
class Item:
    """一条动态。"""

    at: datetime
    icon: str
    text: str
    note: str = ""
    kind: str = ""
    photos: tuple[Photo, ...] = ()


def tell(events: Iterable[Event], relations: Mapping[int, str]) -> list[Item]:
    """事件 → 动态，新的在前。"""
    found: list[Item] = []
    for event in events:
        found.extend(_tell(event, relations))
    return sorted(found, key=lambda i: i.at, reverse=True)


def _tell(event: Event, relations: Mapping[int, str]) -> list[Item]:
    if event.kind == EventKind.IN:
        item = Item(
            event.at, "door", f"到园，{by_whom(event, relations, '送到')}", _flag(event), "ok"
        )
        return [*_morning_check(event), item]
    if event.kind == EventKind.OUT:
        text = f"离园，{by_whom(event, relations, '接走')}"
        return [Item(event.at, "home", text, _flag(event), "ok")]
    if event.kind == EventKind.CORRECT:
        return [Item(event.at, "edit", _correction(event), f"原因：{event.reason}")]
    return [_absence(event, relations)]


def by_whom(event: Event, relations: Mapping[int, str], verb: str) -> str:
    """谁送到、谁接走。"""
    who = relations.get(event.guardian_id or 0)
    if who:
        return f"{who}{verb}"
    return {
        Method.CODE: f"代接码{verb}",
        Method.WALL: "老师点名",
        Method.DESK: "园方补录",
    }.get(Method(event.method) if event.method in Method.values else Method.DESK, "园方登记")


def _flag(event: Event) -> str:
    if event.flags & Flag.SKEW:
        return "设备时间不准，待园方核对"
    if event.flags & Flag.LATE:
        return f"断网补传，{event.received_at.astimezone(clock.ZONE):%m-%d %H:%M} 收到"
    return ""


def _morning_check(event: Event) -> list[Item]:
    """晨检：only when something was written down."""
    found = evidence(event)
    heat, signs = found.get("temperature"), found.get("symptoms") or []
    if heat in (None, "") and not signs:
        return []
    words = "、".join(str(s) for s in signs)
    text = f"晨检：{words}" if words else "晨检正常"
    text += f"，体温 {heat} ℃" if heat not in (None, "") else ""
    return [Item(event.at, "thermo", text, "", "" if words else "ok")]


def evidence(event: Event) -> dict[str, Any]:
    """晨检等（已解密）。"""
    try:
        found = json.loads(event.evidence) if event.evidence else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _absence(event: Event, relations: Mapping[int, str]) -> Item:
    who = relations.get(event.guardian_id or 0, "园方")
    day = f"{event.day:%m-%d}"
    if not event.set_status:
        return Item(event.at, "undo", f"{who}撤回 {day} 请假")
    if event.set_status == DayStatus.LEAVE:
        return Item(event.at, "leave", f"{who}请假 {day}", event.reason)
    return Item(event.at, "leave", f"{day} 记为缺勤", event.reason)


def _correction(event: Event) -> str:
    status = DayStatus(event.set_status).label if event.set_status in DayStatus.values else "待核"
    return f"{event.day:%m-%d} 考勤已更正为「{status}{_times(event.set_in_at, event.set_out_at)}」"


def _times(came: datetime | None, left: datetime | None) -> str:
    parts = [hm(t) for t in (came, left) if t is not None]
    return f" {'–'.join(parts)}" if parts else ""


def hm(instant: datetime | None) -> str:
    """时:分。"""
    return f"{instant.astimezone(clock.ZONE):%H:%M}" if instant else "—"


def original(events: Iterable[Event]) -> str:
    """更正以前的记录：the day sheet's own rule, without the corrections."""
    day = derive(fact(e) for e in events if e.kind != EventKind.CORRECT)
    if day is None or day.status is None:
        return "没有记录"
    word = str(DayStatus(day.status).label)
    return f"{word}{_times(day.in_at, day.out_at)}" if day.status == DayStatus.PRESENT else word


def fact(event: Event) -> Fact:
    """事件中与日考勤有关的部分。"""
    return Fact(
        event.id,
        event.kind,
        event.at,
        event.reason,
        event.set_status,
        event.set_in_at,
        event.set_out_at,
        event.flags,
    )


def acts(confirmed: Iterable[GuardianConfirmation], disputes: Iterable[Dispute]) -> list[Item]:
    """家长自己的动作与园方的答复。"""
    found = [
        Item(c.confirmed_at, "check", f"已确认 {c.month.month} 月考勤", "", "ok") for c in confirmed
    ]
    for d in disputes:
        found.append(Item(d.made_at, "flag", f"提出 {d.day:%m-%d} 考勤异议", d.reason))
        if d.answered_at is not None:
            verdict = "采纳" if d.accepted else "未采纳"
            found.append(Item(d.answered_at, "msg", f"园方{verdict} {d.day:%m-%d} 异议", d.answer))
    return found


def by_day(items: Iterable[Item]) -> list[tuple[date, list[Item]]]:
    """按日分组，新的在前。"""
    groups: dict[date, list[Item]] = {}
    for item in sorted(items, key=lambda i: i.at, reverse=True):
        groups.setdefault(clock.day_of(item.at), []).append(item)
    return sorted(groups.items(), reverse=True)
