"""人才端工作台：whose certificate runs out, and who has not been trained this year."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.institutions.selectors import list_names
from tuoyu.domains.workforce.models import Post
from tuoyu.domains.workforce.selectors import (
    SOON,
    Expiring,
    count_staff,
    list_expiring,
    untrained,
)

PAGE = 50


@page("academy:home:view", title="工作台")
def home(request: Request) -> HttpResponse:
    """讲师首页。"""
    today, scope = clock.today(), request.actor.scope
    expiring = list_expiring(scope, today, max(SOON))
    not_yet = untrained(scope, today)
    names = list_names(scope)
    shown = request.GET.get("show", "expiring")
    groups = bands(expiring)
    waiting: Any = expiring if shown == "expiring" else not_yet
    listed = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": f"{len(expiring)} 本证书两个月内到期" if expiring else "两个月内没有证书到期",
        "facts": facts(groups, not_yet.count(), count_staff(scope, today)),
        "shown": "expiring" if shown == "expiring" else "untrained",
        "tabs": tabs(shown, len(expiring), not_yet.count()),
        "listed": listed,
        "expiring": [{"of": e, "institution": names.get(e.institution_id, "")} for e in listed]
        if shown == "expiring"
        else [],
        "untrained": [
            {"of": s, "post": Post(s.post).label, "institution": s.institution.name} for s in listed
        ]
        if shown != "expiring"
        else [],
        "by_institution": by_institution(expiring, not_yet, names),
    }
    return render(request, "academy/home.html", context)


def bands(rows: list[Expiring]) -> dict[str, int]:
    """已到期、7 天、30 天、60 天内。"""
    found = Counter(band(r.certificate.days_left or 0) for r in rows)
    return {key: found.get(key, 0) for key in ("over", "7", "30", "60")}


def band(left: int) -> str:
    if left <= 0:
        return "over"
    return next((str(days) for days in SOON if left <= days), "60")


def facts(groups: dict[str, int], untrained_count: int, staff: int) -> list[dict[str, str]]:
    """概要条。"""
    return [
        {"name": "已到期", "text": str(groups["over"]), "note": "本"},
        {"name": "7 天内到期", "text": str(groups["7"]), "note": "本"},
        {"name": "30 天内到期", "text": str(groups["30"]), "note": "本"},
        {"name": "60 天内到期", "text": str(groups["60"]), "note": "本"},
        {"name": "今年未轮训", "text": f"{untrained_count:,}", "note": f"/ {staff:,} 人"},
    ]


def tabs(shown: str, expiring: int, waiting: int) -> list[dict[str, Any]]:
    return [
        {
            "title": "证书到期",
            "url": "?",
            "count": expiring,
            "current": shown == "expiring",
            "hot": expiring > 0,
        },
        {
            "title": "今年未轮训",
            "url": "?show=untrained",
            "count": waiting,
            "current": shown != "expiring",
        },
    ]


def by_institution(rows: list[Expiring], waiting: Any, names: dict[int, str]) -> list[Any]:
    """按机构：most to do first, at most thirty."""
    due = Counter(r.institution_id for r in rows)
    late = Counter(waiting.order_by().values_list("institution_id", flat=True))
    order = sorted(names, key=lambda i: (-(due[i] + late[i]), names[i]))
    found = [{"name": names[i], "due": due[i], "late": late[i]} for i in order[:30]]
    return [f for f in found if f["due"] or f["late"]]
