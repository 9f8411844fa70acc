"""地图：written values, small counties by leader lines, and the same figures as a table."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.indicators import atlas, selectors
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Indicator
from tuoyu.domains.regions.selectors import list_uncounted, list_units_in


@page("gov:map:view", title="地图")
def city_map(request: Request) -> HttpResponse:
    """全市地图；a county officer sees all units and opens his own."""
    book, today = current_book(), clock.today()
    choices = [i for i in book.indicators.values() if i.headline and i.grain == "county"]
    asked = next((i for i in choices if i.id == request.GET.get("i")), None)
    chosen = asked or first_known(choices, today)
    cards = selectors.breakdown(book, chosen, today)
    own = {u.code for u in list_units_in(request.actor.scope)}
    may_open = request.actor.may("gov:institution:view")

    def link(code: str) -> str:
        if code not in own or not may_open:
            return ""
        return f"{reverse('government:institutions')}?unit={code}"

    picked = next(iter(own)) if len(own) == 1 else ""
    whole = selectors.city_card(book, chosen, today)
    context = {
        "page_title": "地图",
        "indicator": chosen,
        "tabs": [
            {"title": i.name, "url": f"?i={i.id}", "count": None, "current": i is chosen}
            for i in choices
        ],
        "whole": whole,
        "cards": [{"card": c, "url": link(c.region.code)} for c in cards],
        "areas": atlas.areas(book.city.map_file, cards, list_uncounted(), atlas.DESK, link, picked),
        "frame": atlas.DESK,
        "keys": atlas.keys(whole),
        "uncounted": list_uncounted(),
        "city": book.city,
        "zones": [c.region for c in cards if c.region.maps_to],
        "no_outline": atlas.without_place(book.city.map_file, cards),
    }
    return render(request, "government/map.html", context)


def first_known(choices: list[Indicator], on: date) -> Indicator:
    """先看有数的：the first target of which any unit has a figure, else the first."""
    book = current_book()
    for choice in choices:
        if any(c.value is not None for c in selectors.breakdown(book, choice, on)):
            return choice
    return choices[0]
