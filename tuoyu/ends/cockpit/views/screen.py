"""大屏：the same figures as on the desks, readable at five metres."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.indicators import atlas, selectors
from tuoyu.domains.indicators.alarms import list_alarms
from tuoyu.domains.indicators.today import InstitutionDay, institutions_today, total_of
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Indicator
from tuoyu.domains.regions.selectors import home_region, list_uncounted, list_units_in, unit_names
from tuoyu.ends.cockpit.drawing import ranking, trend_line

SIDE = 4
BUILDS = 3


@page("cockpit:screen:view", title="大屏")
def screen(request: Request) -> HttpResponse:
    """1920 × 1080。"""
    book, now, scope = current_book(), clock.now(), request.actor.scope
    region = home_region(scope)
    cards = selectors.list_cards(book, region, now.date())
    shares, builds = arranged(cards)
    hero = shares[0]
    units = ranked_units([c.indicator for c in shares], now.date())
    ranked = units[0].indicator
    days = institutions_today(scope, now)
    totals, alarms = total_of(days), list_alarms(scope, now)
    own = {u.code for u in list_units_in(scope)}
    without = atlas.without_place(book.city.map_file, units)
    context = {
        "page_title": f"{book.city.name}普惠托育运行",
        "now": now,
        "as_of": max((c.as_of for c in cards if c.as_of), default=None),
        "hero": module(hero),
        "trend": trend_line(*trend_of(hero, now.date())),
        "second": module(shares[1]) if len(shares) > 1 else None,
        "rights": [module(c) for c in shares[2:SIDE]],
        "builds": [module(c) for c in builds],
        "areas": atlas.areas(
            book.city.map_file,
            units,
            list_uncounted(),
            atlas.SCREEN,
            lambda code: link(code, own),
            region.code if len(own) == 1 else "",
            mark=True,
        ),
        "keys": [dict(k, y=26 + n * 36) for n, k in enumerate(atlas.keys(units[0]))],
        "ranked": ranked,
        "no_outline": len(without),
        "plates": plates(units, own) if len(without) == len(units) else [],
        "builds_title": "其余目标" if any(c.denominator for c in builds) else "建设任务",
        "frame": atlas.SCREEN,
        "ranking": ranking(units),
        "units": units,
        "reached": sum(u.reached for u in units),
        "alarms": alarms[:3],
        "alarm_count": len(alarms),
        "totals": totals,
        "arrived": f"{totals.arrived:,}",
        "expected": f"{totals.expected:,}",
        "silent": silent(days),
        "zones": [u.region.short_name for u in units if u.region.maps_to],
    }
    return render(request, "cockpit/screen.html", context)


def arranged(cards: list[selectors.Card]) -> tuple[list[selectors.Card], list[selectors.Card]]:
    """版面：ratios of the document's own targets at large, bare counts and the rest in small."""
    headline = [c for c in cards if c.indicator.headline]
    shares = [c for c in headline if c.denominator] or list(cards)
    shares.sort(key=lambda c: c.value is None)  # 没有数的不占最大的一格
    counts = [c for c in cards if not c.denominator and c.indicator.target is not None]
    counts.sort(key=lambda c: not c.indicator.headline)
    return shares, [*shares[SIDE:], *counts][:BUILDS]


def ranked_units(choices: list[Indicator], on: date) -> list[selectors.Card]:
    """图与排位用的指标：the first of the targets for which any unit has a figure."""
    book = current_book()
    boards = (selectors.breakdown(book, i, on) for i in choices)
    first: list[selectors.Card] = []
    for units in boards:
        first = first or units
        if any(u.value is not None for u in units):
            return units
    return first


def module(card: selectors.Card) -> dict[str, Any]:
    """一个模块。"""
    return {"card": card, "url": reverse("government:indicator", args=[card.indicator.id])}


def plates(units: list[selectors.Card], own: set[str]) -> list[dict[str, Any]]:
    """没有轮廓的城市：name and figure of each unit in place of the map."""
    return [
        {
            "name": u.region.short_name,
            "text": u.text,
            "reached": u.reached,
            "url": link(u.region.code, own),
        }
        for u in units
    ]


def link(code: str, own: set[str]) -> str:
    return f"{reverse('government:institutions')}?unit={code}" if code in own else ""


def trend_of(card: selectors.Card, on: date) -> tuple[list[tuple[date, Any]], Any]:
    """走势：the numerator's months over today's denominator, so that one thing moves."""
    facts = selectors.trend(card.numerator.measure.id, card.region.code, on)
    below = card.denominator.value if card.denominator else 1
    if not below:
        return [], card.target
    scale = card.indicator.scale
    return [(f.on, f.value * scale / below) for f in facts], card.target


def silent(days: list[InstitutionDay]) -> str:
    """今天还没有打卡的机构，按单位。"""
    names = unit_names()
    found = Counter(names.get(d.unit_code, "") for d in days if d.expected and not d.has_reported)
    if not found:
        return "没有未报机构"
    most = "、".join(f"{name} {n}" for name, n in found.most_common(4))
    more = "等" if len(found) > 4 else ""
    return f"今天尚无打卡的机构 {sum(found.values())} 家：{most}{more}"
