"""沙盘的结果：one scenario, several side by side, each institution; replayed, exported."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.plain import citation
from tuoyu.domains.reforms.models import Scenario
from tuoyu.domains.reforms.rules.plans import plan_of
from tuoyu.domains.reforms.selectors import inputs
from tuoyu.domains.reforms.selectors.scenarios import (
    access_scenario,
    institution_rows,
    list_compared,
)
from tuoyu.domains.reforms.services import check_again
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.government import sandbox_export
from tuoyu.ends.government.export import download
from tuoyu.ends.government.paging import SIZES, options, page_of
from tuoyu.ends.government.views import sandbox_words as words
from tuoyu.ends.government.views.sandbox import RUN, TONES, crumbs

MOST_COMPARED = 6


@page(RUN, title="测算结果")
def scenario(request: Request, scenario_id: int) -> HttpResponse:
    """一个方案的结果。"""
    found = access_scenario(request.actor.scope, scenario_id)
    context = _head(found)
    if found.state != "done":
        return render(request, "government/sandbox_waiting.html", context)
    if found.is_sweep:
        return render(request, "government/sandbox_sweep.html", context | _sweep(found))
    by = request.GET.get("by", "unit")
    by = by if by in words.GROUPS else "unit"
    return render(request, "government/sandbox_scenario.html", context | _single(found, by))


def _head(found: Scenario) -> dict[str, Any]:
    book = current_book()
    rule = book.rule(found.rule)
    source = inputs.source_of(found.rule)
    spec = found.spec["plan"] if found.is_sweep else found.spec
    return {
        "page_title": found.name,
        "crumbs": crumbs(),
        "scenario": found,
        "rule": rule,
        "cite": citation(book, rule.cite),
        "told": words.plan_told(book, plan_of(found.name, spec)),
        "unit": source.unit if source else "人月",
        "source": source,
        "tone": TONES[found.state],
        "percent": found.done * 100 // max(found.total, 1),
        "is_old_pack": bool(found.pack_sha256) and found.pack_sha256 != book.sha256,
    }


def _single(found: Scenario, by: str) -> dict[str, Any]:
    book = current_book()
    rule, source = book.rule(found.rule), inputs.source_of(found.rule)
    unit = source.unit if source else "人月"
    rows = words.grouped(book, found, by, unit_names())
    here = reverse("government:sandbox_scenario", args=[found.pk])
    above = [
        f"{book.params[name].name} {' '.join(book.name_of(c) for c in key.split(','))}"
        for name, key in found.results["above_limit"]
    ]
    return {
        "facts": words.facts(found, unit),
        "sentences": words.sentences(book, found, unit),
        "three": words.three(found, rule),
        "variants": [title for _, title in words.VARIANTS],
        "by": by,
        "by_title": words.GROUPS[by],
        "groups": [
            {"title": f"按{title}", "url": f"{here}?by={key}#groups", "current": key == by}
            for key, title in words.GROUPS.items()
        ],
        "rows": rows,
        "chart": words.bars(rows),
        "chart_head": [words.GROUPS[by], *(f"{title}（元）" for _, title in words.VARIANTS)],
        "chart_rows": words.bar_rows(rows),
        "open_why": [
            {"name": words.WHY_OPEN[key], "text": f"{count:,}"}
            for key, count in found.results["open_why"].items()
        ],
        "above": above[:8],
        "totals": found.results["totals"],
    }


def _sweep(found: Scenario) -> dict[str, Any]:
    table = words.sweep_table(current_book(), found)
    return {
        "table": table,
        "chart_head": [*table["axes"], "应付（元）"],
        "chart_rows": [
            [*row["at"], f"{row['fen'] // 100:,}.{row['fen'] % 100:02d}"] for row in table["rows"]
        ],
        "has_limit": words.has_limit(current_book().rule(found.rule)),
    }


@page(RUN, title="计算进度")
def progress(request: Request, scenario_id: int) -> HttpResponse:
    """进度（片段）；once done the page is opened anew."""
    found = access_scenario(request.actor.scope, scenario_id)
    if not found.is_open:
        here = reverse("government:sandbox_scenario", args=[found.pk])
        return HttpResponse(headers={"HX-Redirect": here})
    return render(request, "government/sandbox_progress.html", _head(found))


@page(RUN, title="逐家结果")
def institutions(request: Request, scenario_id: int) -> HttpResponse:
    """逐家结果：which institutions gain and lose, no child's name."""
    found = access_scenario(request.actor.scope, scenario_id)
    unit, kind = request.GET.get("unit", ""), request.GET.get("kind", "")
    names = unit_names()
    listed = page_of(request, institution_rows(found, unit, kind), 50)
    here = {"title": found.name, "url": reverse("government:sandbox_scenario", args=[found.pk])}
    units = sorted({row["unit"] for row in found.institutions})
    kinds = sorted({row["kind"] for row in found.institutions})
    book = current_book()
    context = {
        "page_title": "逐家结果",
        "crumbs": crumbs(here),
        "scenario": found,
        "listed": listed,
        "sizes": SIZES,
        "rows": [
            {**row, "unit_name": names.get(row["unit"], row["unit"]),
             "kind_name": words.group_name(book, "kind", row["kind"], names)}
            for row in listed
        ],
        "units": options([(u, names.get(u, u)) for u in units], unit),
        "kinds": options([(k, words.group_name(book, "kind", k, names)) for k in kinds], kind),
    }  # fmt: skip
    return render(request, "government/sandbox_institutions.html", context)


@page(RUN, title="方案对比")
def compare(request: Request) -> HttpResponse:
    """方案对比：side by side; different inputs are told."""
    ids = [int(i) for i in request.GET.getlist("id") if i.isdigit() and len(i) < 12]
    found = list_compared(request.actor.scope, ids)[:MOST_COMPARED]
    units = unit_names()
    book = current_book()
    by = {
        s.pk: {row["code"]: row["new_fen"] for row in words.grouped(book, s, "unit", units)}
        for s in found
    }
    codes = sorted({code for table in by.values() for code in table})
    names = [units.get(code, code) for code in codes]
    colours = ("@c1", "@c2", "@c3", "@c4", "@c5", "@c6")
    context = {
        "page_title": "方案对比",
        "crumbs": crumbs(),
        "found": [
            {"s": s, "t": s.results["totals"], "rule": book.rule(s.rule).name,
             "delta": s.results["totals"]["new_fen"] - s.results["totals"]["base_fen"],
             "told": words.plan_told(book, plan_of(s.name, s.spec)), "number": n}
            for n, s in enumerate(found, 1)
        ],
        "same": len({s.input_sha256 for s in found}) <= 1,
        "option": {
            "legend": {"top": 0},
            "grid": {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
            "xAxis": {"type": "category", "data": names, "axisLabel": {"interval": 0,
                      "rotate": 35 if len(names) > 6 else 0}},
            "yAxis": {"type": "value", "name": "元"},
            "series": [
                {"type": "bar", "name": f"{n} {s.name}", "barMaxWidth": 16,
                 "itemStyle": {"color": colour},
                 "data": [words.yuan_of(by[s.pk].get(code)) for code in codes]}
                for n, (s, colour) in enumerate(zip(found, colours, strict=False), 1)
            ],
        },
        "chart_head": ["单位", *(f"{n} {s.name}（元）" for n, s in enumerate(found, 1))],
        "chart_rows": [
            [name, *(words.text_of(by[s.pk].get(code)) for s in found)]
            for code, name in zip(codes, names, strict=True)
        ],
    }  # fmt: skip
    return render(request, "government/sandbox_compare.html", context)


@page(RUN, title="重放核对")
def replay(request: Request, scenario_id: int) -> HttpResponse:
    """重放核对（片段）。"""
    found = access_scenario(request.actor.scope, scenario_id)
    if found.state != "done":
        raise NotFound
    checked = check_again(found, book=current_book())
    return render(
        request, "government/sandbox_replay.html", {"checked": checked, "scenario": found}
    )


@page(RUN, title="导出测算", log="导出测算结果", sensitive=True)
def export(request: Request, scenario_id: int) -> HttpResponse:
    """导出：the tables and, on their own sheet, the receipt."""
    found = access_scenario(request.actor.scope, scenario_id)
    if found.state != "done":
        raise NotFound
    request.audit_note = found.name
    body = sandbox_export.workbook_of(found, request.actor)
    return download("政策测算", found.region_code, body)
