"""收费监测：filed fees against the cap, both means, who is above; filings to be accepted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.files.download import attachment
from tuoyu.domains.billing import services
from tuoyu.domains.billing.catalogue import ACCEPT, COUNTY, FILING
from tuoyu.domains.billing.selectors import filings, prices, watching
from tuoyu.domains.billing.selectors.caps import Caps
from tuoyu.domains.billing.services import cap_of
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.institutions.selectors import access_institution
from tuoyu.domains.regions.selectors import list_units_in, unit_names
from tuoyu.ends.government.export import Value, download, stamp, workbook
from tuoyu.ends.government.paging import SIZES, options, page_of
from tuoyu.ui.words import yuan

VIEW = "gov:fee:view"
INCLUSIVE = [("yes", "普惠"), ("no", "非普惠")]


def _wanted(request: Request) -> dict[str, str]:
    return {k: request.GET.get(k, "") for k in ("q", "unit", "state", "inclusive")}


def _narrow(rows: list[watching.Watched], wanted: dict[str, str]) -> list[watching.Watched]:
    """查询条件。"""
    text = wanted["q"].strip()
    return [
        r
        for r in rows
        if (not text or text in r.name)
        and (not wanted["unit"] or r.unit_code == wanted["unit"])
        and (not wanted["state"] or r.state == wanted["state"])
        and (not wanted["inclusive"] or r.inclusive == (wanted["inclusive"] == "yes"))
    ]


@page(VIEW, title="收费监测")
def watch(request: Request) -> HttpResponse:
    """收费监测。"""
    today, wanted = clock.today(), _wanted(request)
    every = watching.watch(request.actor.scope, today, today)
    rows = _narrow(every, wanted)
    rows.sort(key=lambda r: (r.state != "above", -(r.mean_fen or 0), r.name))
    names = unit_names()
    listed = page_of(request, rows)
    units = [(u.code, u.name) for u in list_units_in(request.actor.scope)]
    states = [(code, title) for code, (title, _) in watching.STATES.items()]
    caps = Caps(today, today)
    waiting = [f for f in filings.list_filings(request.actor.scope) if f.case.state == COUNTY]
    context = {
        "page_title": "收费监测",
        "listed": listed,
        "sizes": SIZES,
        "rows": [_row(r, names) for r in listed],
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
        "units": options(units, wanted["unit"]),
        "states": options(states, wanted["state"]),
        "inclusives": options(INCLUSIVE, wanted["inclusive"]),
        "cap": caps.of(inclusive=True),
        "sources": caps.sources(),
        "facts": _facts(every, caps.of(inclusive=True)),
        "waiting": waiting,
    }
    return render(request, "government/fees.html", context)


def _facts(rows: list[watching.Watched], cap: Any) -> list[dict[str, str]]:
    """概要条：cap, both means, how many are above."""
    means = watching.means_of(rows)
    above = sum(r.state == "above" for r in rows)
    limit = {"set": yuan(cap.fen), "open": "待定"}.get(cap.state, "没有规定")
    return [
        {"name": "普惠月收费限额（元）", "text": limit, "note": ""},
        {
            "name": "机构均价",
            "text": yuan(means.plain_fen),
            "note": f"普惠 {means.institutions} 家的简单平均",
        },
        {
            "name": "加权均价",
            "text": yuan(means.weighted_fen),
            "note": f"按在托 {means.children} 人加权",
        },
        {
            "name": "高于限额",
            "text": str(above) if cap.state == "set" else "—",
            "note": "家" if cap.state == "set" else "",
        },
    ]


def _row(r: watching.Watched, names: dict[str, str]) -> dict[str, Any]:
    """一行。"""
    title, tone = watching.STATES[r.state]
    return {
        "id": r.id,
        "name": r.name,
        "unit": names.get(r.unit_code, r.unit_code),
        "inclusive": r.inclusive,
        "children": r.children,
        "mean_fen": r.mean_fen,
        "top_fen": r.top_fen,
        "cap_fen": r.cap.fen,
        "cap_text": "待定" if r.cap.state == "open" else "",
        "above": "、".join(r.above),
        "mean_above": r.mean_above,
        "state": title,
        "tone": tone,
    }


HEAD = ["机构", "单位", "普惠", "在托", "机构均价（元）", "最高班型（元）", "限额（元）", "状态",
        "高于限额的班型"]  # fmt: skip


@page(VIEW, title="导出收费监测", log="导出收费监测", sensitive=True)
def export(request: Request) -> HttpResponse:
    """导出当前查询，with both means below."""
    today = clock.today()
    every = watching.watch(request.actor.scope, today, today)
    rows, names = _narrow(every, _wanted(request)), unit_names()
    means = watching.means_of(every)
    request.audit_note = f"{len(rows)} 家"
    lines: list[list[Value]] = [
        [
            r["name"], r["unit"], "是" if r["inclusive"] else "否", r["children"],
            _money(r["mean_fen"]), _money(r["top_fen"]),
            r["cap_text"] or _money(r["cap_fen"]), r["state"], r["above"] or None,
        ]
        for r in (_row(x, names) for x in rows)
    ]  # fmt: skip
    lines.append(["普惠机构均价（简单平均）", None, None, means.institutions,
                  _money(means.plain_fen)])  # fmt: skip
    lines.append(["普惠加权均价（按在托人数）", None, None, means.children,
                  _money(means.weighted_fen)])  # fmt: skip
    by = stamp(request.actor.name, request.actor.organisation)
    return download("收费监测", request.actor.region_name, workbook("收费监测", HEAD, lines, by))


def _money(fen: int | None) -> str | None:
    return None if fen is None else yuan(fen)


@page(VIEW, title="机构收费")
def one(request: Request, institution_id: int) -> HttpResponse:
    """一家机构的价目、退费办法、减免与备案。"""
    today, scope = clock.today(), request.actor.scope
    found = access_institution(scope, institution_id)
    seen = watching.watch(scope, today, today, [found.pk])
    row = _row(seen[0], unit_names()) if seen else None
    rules = prices.waiver_rules(found.pk, today)
    context = {
        "page_title": f"{found.name} 收费",
        "crumbs": [{"title": "收费监测", "url": reverse("government:fees")}],
        "institution": found,
        "row": row,
        "cap": seen[0].cap if seen else None,
        "prices": prices.tariff_of(found.pk, today).prices,
        "refunds": prices.refund_words(found.pk, today),
        "waivers": [(SpecialStatus.Kind(k).label, r) for k, r in rules.items()],
        "filings": filings.list_filings(scope, found.pk),
    }
    return render(request, "government/fees_of.html", context)


@page(VIEW, title="收费备案")
def filing(request: Request, filing_id: int) -> HttpResponse:
    """一份备案：each price beside the one in force and the cap."""
    today = clock.today()
    found, case = services.access_filing(request.actor, filing_id)
    tariff = prices.tariff_of(found.institution_id, today).prices
    now = {(p.kind, p.class_type, p.form, p.unit): p.price_fen for p in tariff}
    from_on = max(found.from_on, today)
    rows = []
    for item in found.items.order_by("id"):
        cap = cap_of(found.institution, item, from_on, today)
        old = now.get((item.kind, item.class_type, item.form, item.unit))
        rows.append(
            {
                "price": prices.Price(item.kind, item.class_type, item.form, item.unit,
                                      item.price_fen, item.from_on, item.hours, item.is_elective),
                "fen": item.price_fen,
                "now_fen": old,
                "diff_fen": None if old is None else item.price_fen - old,
                "cap": cap,
                "above": cap is not None and cap.refuses(item.price_fen),
            }
        )  # fmt: skip
    context = {
        "page_title": f"{found.institution.name} 收费备案",
        "crumbs": [{"title": "收费监测", "url": reverse("government:fees")}],
        "filing": found,
        "case": case,
        "rows": rows,
        "refunds": [
            {"name": r.get_kind_display(), "text": prices.tier_text(r)}
            for r in found.refunds.order_by("id")
        ],
        "any_above": any(r["above"] for r in rows),
        "steps": filings.list_steps(case),
        "may_decide": case.state == COUNTY and request.actor.may(ACCEPT),
    }
    return render(request, "government/fee_filing.html", context)


@page(VIEW, title="收费备案材料", log="下载收费备案材料", sensitive=True)
def evidence(request: Request, filing_id: int) -> HttpResponse:
    """下载定价材料。"""
    stored, body = services.open_evidence(request.actor, filing_id)
    request.audit_note = stored.name
    return attachment(stored, body)


@page(ACCEPT, title="办理收费备案", log="办理收费备案", methods=("POST",))
def decide(request: Request, filing_id: int, move: str) -> HttpResponse:
    """受理、退回补正、不予备案。"""
    told = {"filing_id": filing_id, "by": request.actor, "at": clock.now()}
    opinion = request.POST.get("reason", "")
    if move == "accept":
        case = services.accept_filing(opinion=opinion, **told)  # type: ignore[arg-type]
    else:
        case = services.move_filing(name=move, opinion=opinion, **told)  # type: ignore[arg-type]
    request.audit_note = f"{FILING.moves[move].label} {case.title}"
    messages.success(request, f"已办理：{case.title}，现为「{case.state_of.title}」")
    return redirect("government:fee_filing", filing_id)
