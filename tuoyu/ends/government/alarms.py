"""预警条：at most three, the gravest first, each with its owner and its clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.domains.attendance.selectors import MissingList, missing_without_leave
from tuoyu.domains.indicators.today import RoomRisk, rooms_at_risk
from tuoyu.domains.institutions.selectors import list_names


def alarms_of(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """今日预警：rooms short of carers, then those missing after the cut-off."""
    if not actor.may("gov:attendance:view"):
        return []
    risks, _ = rooms_at_risk(actor.scope, now)
    breaches = [r for r in risks if r.room.state == "breach"]
    missing = sorted(
        (r for r in missing_without_leave(actor.scope, clock.day_of(now), now)),
        key=lambda r: (-len(r.children), r.institution_id),
    )
    names = list_names(actor.scope) if breaches else {}
    found = [missing_alarm(r, now) for r in missing[:2]]
    found += [ratio_alarm(r, names) for r in breaches]
    found += [missing_alarm(r, now) for r in missing[2:]]
    return found[:3]


def missing_alarm(row: MissingList, now: datetime) -> dict[str, Any]:
    """未到未请假。"""
    over = now - clock.at(now.date(), row.leave_cutoff.hour, row.leave_cutoff.minute)
    minutes = int(over.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    text = f"超 {hours} 小时 {rest} 分" if hours else f"超 {minutes} 分"
    return {
        "url": reverse("government:attendance_of", args=[row.institution_id]),
        "icon": "alert",
        "title": f"{len(row.children)} 名儿童未到未请假",
        "owner": f"{row.institution_name} · 园长跟进",
        "text": text,
        "share": 0,
        "minutes": -minutes,
    }


def ratio_alarm(risk: RoomRisk, names: dict[int, str]) -> dict[str, Any]:
    """师幼比不足。"""
    room = risk.room
    short = (room.required or 0) - room.staff
    return {
        "url": reverse("government:attendance_of", args=[risk.institution_id]),
        "icon": "staff",
        "title": f"{room.name} {room.present} 人、持证在岗 {room.staff} 名，应 1 : {room.ratio}",
        "owner": f"{names.get(risk.institution_id, '')} · 园长调配",
        "text": f"差 {short} 名",
        "share": 0,
        "minutes": None,
    }
