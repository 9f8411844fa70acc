"""工作台：待办先于数字。"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.domains.funds.selectors import payments
from tuoyu.domains.indicators import selectors as indicators
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import home_region
from tuoyu.ends.government.alarms import alarms_of, release_strip
from tuoyu.ends.government.paging import page_of

WEEKDAYS = "一二三四五六日"
SHOWN = 4
NEW_CASES = "新件到达会出现在这里，按剩余时限排序。"


@page("gov:home:view", title="工作台")
def home(request: Request) -> HttpResponse:
    """监管端首页。"""
    now = clock.now()
    shown = "done" if request.GET.get("show") == "done" else "todo"
    waiting, done = cases.todo(request.actor), cases.done(request.actor)
    counts = due_counts(waiting, now)
    listed = page_of(request, waiting if shown == "todo" else done, 50)
    region = home_region(request.actor.scope)
    cards = []
    if request.actor.may("gov:indicator:view"):
        cards = indicators.list_cards(current_book(), region, now.date(), headline=True)
        cards = sorted(cards, key=lambda c: c.city_wide)[:SHOWN]  # 先列本级要考核的
    batches = []
    if request.actor.may("funds:batch:release"):
        batches = payments.list_to_release(request.actor.scope, request.actor.user_id)
    context = {
        "page_title": heading(counts, len(batches)),
        "day_text": f"{now:%m 月 %d 日} 星期{WEEKDAYS[now.weekday()]} · {region.name}",
        "alarms": release_strip(batches) + alarms_of(request.actor, now),
        "shown": shown,
        "empty_text": ("" if batches else "到您这里的件都办完了。") + NEW_CASES,
        "tabs": tabs(shown, counts["all"], done.count()),
        "listed": listed,
        "groups": groups(list(listed), counts, now) if shown == "todo" else [],
        "done_rows": [done_row(c) for c in listed] if shown == "done" else [],
        "cards": cards,
    }
    return render(request, "government/home.html", context)


def heading(counts: dict[str, int], batches: int = 0) -> str:
    """首页标题说出当天要办的事。"""
    urgent = counts["late"] + counts["today"]
    if urgent:
        return f"今天先办 {urgent} 件"
    if batches:
        return f"待拨付 {batches} 批"
    return f"今天没有到期的，待办 {counts['all']} 件" if counts["all"] else "没有待办"


def tabs(shown: str, todo: int, done: int) -> list[dict[str, Any]]:
    url = reverse("government:home")
    return [
        {"title": "待办", "url": url, "count": todo, "current": shown == "todo", "hot": todo > 0},
        {"title": "已办", "url": f"{url}?show=done", "count": done, "current": shown == "done"},
    ]


def edges(now: datetime) -> tuple[datetime, datetime, datetime]:
    """现在、今天末、本周末。"""
    tomorrow = clock.at(now.date() + timedelta(days=1))
    monday = clock.at(now.date() + timedelta(days=7 - now.weekday()))
    return now, tomorrow, monday


def due_counts(rows: Any, now: datetime) -> dict[str, int]:
    """各组件数：the whole list, whatever page is shown."""
    at, tomorrow, monday = edges(now)
    found: dict[str, int] = rows.order_by().aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(due_at__lt=at)),
        today=Count("pk", filter=Q(due_at__gte=at, due_at__lt=tomorrow)),
        week=Count("pk", filter=Q(due_at__gte=tomorrow, due_at__lt=monday)),
        later=Count("pk", filter=Q(due_at__gte=monday)),
        open=Count("pk", filter=Q(due_at=None)),
    )
    return found


def group_of(due: datetime | None, now: datetime) -> str:
    at, tomorrow, monday = edges(now)
    if due is None:
        return "open"
    if due < at:
        return "late"
    if due < tomorrow:
        return "today"
    return "week" if due < monday else "later"


def groups(rows: list[Case], counts: dict[str, int], now: datetime) -> list[dict[str, Any]]:
    """按到期分组。"""
    monday: date = edges(now)[2].date()
    titles = {
        "late": "已超时",
        "today": "今天到期",
        "week": "本周内",
        "later": f"{monday:%m 月 %d 日}以后",
        "open": "无时限",
    }
    out = []
    for key, title in titles.items():
        mine = [todo_row(c, now) for c in rows if group_of(c.due_at, now) == key]
        if mine:
            out.append({"title": title, "count": counts[key], "rows": mine})
    return out


def todo_row(case: Case, now: datetime) -> dict[str, Any]:
    """待办一行。"""
    left = cases.clock_of(case, now)
    return {
        "title": title_parts(case.title),
        "note": case.detail,
        "tag": case.kind.title,
        "tone": case.state_of.tone,
        "state": case.state_of.title,
        "came": case.arrived_at,
        "url": case.url,
        "left": left.text if left else "无时限",
        "share": left.share_permille // 10 if left else 100,
        "minutes": minutes_left(case, now),
        "hot": bool(left and left.tone == "is-danger"),
    }


def title_parts(title: str) -> tuple[str, str]:
    """机构与事项：a long name breaks before the matter, never inside it. The note after the name
    is left off: the strip at the top says it for the whole page.
    """
    name, _, matter = title.replace("（虚构）", "").partition(" ")
    return name, matter


def minutes_left(case: Case, now: datetime) -> int | None:
    return None if case.due_at is None else int((case.due_at - now).total_seconds() // 60)


def done_row(case: Case) -> dict[str, Any]:
    """已办一行。"""
    return {
        "title": title_parts(case.title),
        "note": case.detail,
        "tag": case.kind.title,
        "tone": case.state_of.tone,
        "state": case.state_of.title,
        "came": case.arrived_at,
        "url": case.url,
    }
