"""找托育：one search, one list, one map, the same numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.money import yuan_short
from tuoyu.domains.indicators import atlas, finding
from tuoyu.domains.indicators.selectors import vacancies
from tuoyu.domains.institutions.models import ClassType, Kind
from tuoyu.domains.institutions.selectors import current_fees
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.models import Region
from tuoyu.domains.regions.selectors import list_regions
from tuoyu.ends.public.pins import Pin, spread
from tuoyu.ends.public.shell import WHY, show
from tuoyu.ui.words import age, months_between

PAGE = 12


@page(None, title="找托育", why_public=WHY)
def find(request: Request) -> HttpResponse:
    """找托育。"""
    today, book = clock.today(), current_book()
    born = birth_of(request.GET.get("born", ""), today)
    search = search_of(request, born, today)
    types = finding.class_types_for(book, search.months)
    rows = finding.find_care(search, types, today)
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    ids = [i.pk for i in listed]
    fees, free = current_fees(ids, today), vacancies(ids)
    regions = list_regions()
    names = {r.code: r.short_name for r in regions}
    first = (listed.number - 1) * PAGE
    cards = [
        card(first + n, i, names, types, fees.get(i.pk, {}), free.get(i.pk, []))
        for n, i in enumerate(listed, 1)
    ]
    drawn_only = [r for r in regions if not r.is_counted]
    land, pins = drawing(list(listed), search.unit, first, names, drawn_only)
    total = listed.paginator.count
    return show(
        request,
        "public/find.html",
        "public:home",
        page_title="找托育",
        heading=heading(total, rows.filter(free__gt=0).count() if total else 0, types, search),
        search=search,
        born=request.GET.get("born", "") if born else "",
        age_text=age(born, today) if born else "",
        units=[(r.code, r.name) for r in regions if r.is_unit and r.is_counted],
        types=[ClassType(t).label for t in types] if search.months is not None else [],
        chips=chips(request, search),
        sorts=sorts(request, search),
        cards=cards,
        listed=listed,
        land=land,
        pins=pins,
        unplaced=sum(i.lon is None for i in listed),
        frame=atlas.FIND,
    )


def birth_of(text: str, today: date) -> date | None:
    """出生年月：2024-03; anything else counts as not given."""
    try:
        born = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return born if born <= today else None


def search_of(request: HttpRequest, born: date | None, today: date) -> finding.Search:
    get = request.GET.get
    sort = get("sort", "vacant")
    return finding.Search(
        text=get("q", ""),
        unit=get("unit", ""),
        months=months_between(born, today) if born else None,
        vacant=get("vacant") == "1",
        recognised=get("recognised") == "1",
        sort=sort if sort in finding.SORTS else "vacant",
    )


def heading(total: int, open_: int, types: list[str], search: finding.Search) -> str:
    """标题说出结果。"""
    if not total:
        return "没有符合的机构"
    what = "、".join(ClassType(t).label for t in types[:2]) if search.months is not None else ""
    return f"{total:,} 家，{open_:,} 家有{what}空位"


def link(request: HttpRequest, **changes: str) -> str:
    """同样的条件，换一处。"""
    query = request.GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        if value:
            query[key] = value
        else:
            query.pop(key, None)
    return f"?{query.urlencode()}"


def chips(request: HttpRequest, search: finding.Search) -> list[dict[str, Any]]:
    on = [("vacant", "有空位", search.vacant), ("recognised", "普惠", search.recognised)]
    return [
        {"title": title, "on": held, "url": link(request, **{key: "" if held else "1"})}
        for key, title, held in on
    ]


def sorts(request: HttpRequest, search: finding.Search) -> list[dict[str, Any]]:
    return [
        {"title": title, "url": link(request, sort=key), "current": search.sort == key}
        for key, title in finding.SORTS.items()
    ]


def card(
    number: int,
    i: Any,
    names: dict[str, str],
    types: list[str],
    fees: dict[str, int],
    free: list[Any],
) -> dict[str, Any]:
    """一张机构卡：vacancy always with its time; no published figure is 未报, not full."""
    order = list(ClassType.values)
    fitting = sorted(
        (v for v in free if v.class_type in types), key=lambda v: order.index(v.class_type)
    )
    places = [f"{ClassType(v.class_type).label} 余 {v.vacant}" for v in fitting if v.vacant]
    return {
        "no": number,
        "id": i.pk,
        "name": i.name,
        "kind": Kind(i.kind).label,
        "recognised": i.is_recognised,
        "where": where(names.get(i.unit_code, ""), i.address),
        "record_no": i.record_no,
        "vacant": i.free,
        "places": places,
        "at": max((v.at for v in fitting), default=None),
        "fee": None if i.fee_fen is None else yuan_short(i.fee_fen),
        "fee_many": len({fees[t] for t in types if t in fees}) > 1,
    }


def where(unit: str, address: str) -> str:
    """所在地：the unit only when the address does not begin with it."""
    return address if address.startswith(unit) else f"{unit} · {address}"


def drawing(
    rows: list[Any], unit: str, first: int, names: dict[str, str], uncounted: list[Region]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """底图与编号（与名单同号）。"""
    land, place = atlas.ground(current_book().city.map_file, unit, uncounted, atlas.FIND)
    placed = [(n, i) for n, i in enumerate(rows, first + 1) if i.lon is not None and i.lat]
    spots = spread([place(i.lon, i.lat) for _, i in placed], atlas.FIND.width, atlas.FIND.height)
    for area in land:
        hidden = any(_near(area["x"], area["y"], spot) for spot in spots)
        area["name"] = "" if hidden else names.get(area["code"], "")
    pins = [
        {"no": n, "id": i.pk, "name": i.name, "full": i.free == 0, "at": spot}
        for (n, i), spot in zip(placed, spots, strict=True)
    ]
    return land, pins


def _near(x: float, y: float, spot: Pin) -> bool:
    """单位名被号牌压住的不写。"""
    return abs(spot.label_x - x) < 34 and abs(spot.label_y - y) < 26
