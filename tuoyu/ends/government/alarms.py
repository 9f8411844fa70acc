"""预警条：at most three, each leading to the institution's day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from tuoyu.core.access import Actor
from tuoyu.domains.funds.models import Batch
from tuoyu.domains.indicators.alarms import Alarm, list_alarms

ICONS = {"missing": "alert", "ratio": "staff"}


def alarms_of(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """今日预警。"""
    if not actor.may("gov:attendance:view"):
        return []
    return [as_strip(a) for a in list_alarms(actor.scope, now)[:3]]


def release_strip(batches: list[Batch]) -> list[dict[str, Any]]:
    """待拨付：one line for the releasing post, leading to the batch (to the list if several)."""
    if not batches:
        return []
    first, many = batches[0], len(batches) > 1
    return [
        {
            "url": reverse("government:payments")
            if many
            else reverse("government:payment", args=[first.pk]),
            "icon": "bank",
            "title": f"待拨付 {len(batches)} 批",
            "owner": f"{first.number}{'等' if many else ''} · {first.prepared_by_name} 编制",
            "warn": True,
            "text": "核对拨付",
        }
    ]


def as_strip(alarm: Alarm) -> dict[str, Any]:
    return {
        "url": reverse("government:attendance_of", args=[alarm.institution_id]),
        "icon": ICONS[alarm.kind],
        "title": alarm.title,
        "owner": f"{alarm.institution.split('（')[0]} · {alarm.task}",
        "text": alarm.text,
        "share": 0,
        "minutes": alarm.minutes,
    }
