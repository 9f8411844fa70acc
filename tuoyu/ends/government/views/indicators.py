"""指标：each with formula, numerator, denominator, source, target, light, and its rows."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.indicators import selectors
from tuoyu.domains.indicators.measures import MEASURES
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.plain import citation
from tuoyu.domains.regions.models import Region
from tuoyu.domains.regions.selectors import home_region, list_units_in, unit_names
from tuoyu.ends.government.behind import columns_of, lines, ordered
from tuoyu.ends.government.paging import SIZES, page_of


@page("gov:indicator:view", title="指标")
def listing(request: Request) -> HttpResponse:
    """本级全部指标；targets first, tracked ones after."""
    book, today = current_book(), clock.today()
    region = home_region(request.actor.scope)
    cards = selectors.list_cards(book, region, today)
    context = {
        "page_title": "指标",
        "region": region,
        "pack": book.pack,
        "headline": [row(c) for c in cards if c.indicator.headline],
        "others": [row(c) for c in cards if not c.indicator.headline],
        "duties": [
            {"duty": d, "cite": citation(book, d.cite)}
            for d in selectors.list_headline_duties(book)
        ],
        "counts": tally(cards),
    }
    return render(request, "government/indicators.html", context)


def row(card: selectors.Card) -> dict[str, Any]:
    """指标一行。"""
    book = current_book()
    return {
        "card": card,
        "cite": citation(book, card.indicator.cite),
        "url": reverse("government:indicator", args=[card.indicator.id]),
    }


def tally(cards: list[selectors.Card]) -> list[dict[str, Any]]:
    """概要条：达标、未达标、未知、跟踪。"""
    judged = [c for c in cards if c.target is not None]
    reached = sum(c.reached for c in judged)
    unknown = sum(c.value is None for c in cards)
    open_ = sum(not c.reached and c.value is not None for c in judged)
    return [
        {"name": "有目标的指标", "text": str(len(judged)), "note": "项"},
        {"name": "达标", "text": str(reached), "note": "项"},
        {"name": "未达标", "text": str(open_), "note": "项"},
        {"name": "未知", "text": str(unknown), "note": "项，缺数不作零"},
    ]


@page("gov:indicator:view", title="指标详情")
def detail(request: Request, indicator_id: str) -> HttpResponse:
    """一个指标：本级、各单位、依据与口径。"""
    book, today = current_book(), clock.today()
    indicator = selectors.access_indicator(book, indicator_id)
    region = home_region(request.actor.scope)
    cards = {c.indicator.id: c for c in selectors.list_cards(book, region, today)}
    card = cards[indicator.id]
    units = selectors.breakdown(book, indicator, today, list_units_in(request.actor.scope))
    asked = [book.interpretations[i] for i in indicator.interpretations]
    context = {
        "page_title": indicator.name,
        "card": card,
        "indicator": indicator,
        "cite": citation(book, indicator.cite),
        "parts": parts_of(card, region),
        "units": [
            {"card": c, "url": rows_url(indicator.id, "numerator", c.region.code, c.numerator)}
            for c in sorted(units, key=by_value)
        ],
        "asked": asked,
        "today": today,
        "is_city": region.level == Region.Level.CITY,
    }
    return render(request, "government/indicator.html", context)


def by_value(card: selectors.Card) -> tuple[bool, Any]:
    """高的在前，未知的在后。"""
    return (card.value is None, -card.value if card.value is not None else 0)


def parts_of(card: selectors.Card, region: Region) -> list[dict[str, Any]]:
    """分子与分母。"""
    named = [("numerator", "分子", card.numerator)]
    if card.denominator:
        named.append(("denominator", "分母", card.denominator))
    return [
        {
            "title": title,
            "part": part,
            "url": rows_url(card.indicator.id, name, "", part),
        }
        for name, title, part in named
    ]


def rows_url(indicator_id: str, name: str, unit: str, part: selectors.Part) -> str:
    if not part.can_open or part.fact is None:
        return ""
    url = reverse("government:indicator_rows", args=[indicator_id, name])
    return f"{url}?unit={unit}" if unit else url


@page("gov:indicator:view", title="指标名单")
def behind(request: Request, indicator_id: str, part: str) -> HttpResponse:
    """数背后的名单：what was counted, row by row."""
    book, today = current_book(), clock.today()
    indicator = selectors.access_indicator(book, indicator_id)
    how, rows = selectors.rows_behind(indicator, part, request.actor.scope, today)
    unit = request.GET.get("unit", "")
    if unit:
        rows = rows.filter(**{how.unit_path: unit})
    measure = indicator.numerator if part == "numerator" else indicator.denominator
    listed = page_of(request, ordered(how, rows), 50)
    names = unit_names()
    assert measure is not None
    context = {
        "page_title": measure.name,
        "indicator": indicator,
        "measure": measure,
        "how": MEASURES[measure.id],
        "unit_name": names.get(unit, ""),
        "listed": listed,
        "sizes": SIZES,
        "head": columns_of(how).head,
        "rows": lines(how, listed, names, today),
        "today": today,
    }
    return render(request, "government/indicator_rows.html", context)
