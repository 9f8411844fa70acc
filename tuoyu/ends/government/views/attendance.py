"""今日考勤：by institution; live."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.attendance.selectors import (
    missing_without_leave,
    ratio_board,
    today_board,
)
from tuoyu.domains.indicators.today import (
    RoomRisk,
    Totals,
    institutions_today,
    rooms_at_risk,
    total_of,
)
from tuoyu.domains.institutions.selectors import access_institution
from tuoyu.domains.regions.selectors import list_units_in, unit_names
from tuoyu.ends.government.paging import SIZES, options, page_of


@page("gov:attendance:view", title="今日考勤")
def today(request: Request) -> HttpResponse:
    """全部机构的今天。"""
    now, scope = clock.now(), request.actor.scope
    unit, only = request.GET.get("unit", ""), request.GET.get("only", "")
    rows = institutions_today(scope, now, unit)
    totals = total_of(rows)
    risks, silent = rooms_at_risk(scope, now)
    rooms: dict[int, list[RoomRisk]] = {}
    for risk in risks:
        rooms.setdefault(risk.institution_id, []).append(risk)
    shown = rows
    if only == "missing":
        shown = [r for r in rows if r.missing]
    elif only == "ratio":
        shown = [r for r in rows if r.id in rooms]
    names = unit_names()
    listed = page_of(request, shown, 50)
    context = {
        "page_title": "今日考勤",
        "now": now,
        "totals": totals,
        "facts": facts(totals),
        "listed": listed,
        "sizes": SIZES,
        "rows": [
            {
                "of": r,
                "unit": names.get(r.unit_code, r.unit_code),
                "rooms": rooms.get(r.id, []),
                "is_silent": r.id in silent,
            }
            for r in listed
        ],
        "filters": filters(only, sum(bool(r.missing) for r in rows), len(rooms)),
        "units": options([(u.code, u.name) for u in list_units_in(scope)], unit),
        "only": only,
        "unreported": totals.institutions - totals.reported,
    }
    return render(request, "government/attendance.html", context)


def filters(only: str, missing: int, ratio: int) -> list[dict[str, Any]]:
    """分段筛选。"""
    found = [
        ("", "全部机构", None),
        ("missing", "未到未请假", missing),
        ("ratio", "配比预警", ratio),
    ]
    return [
        {"title": t, "url": f"?only={k}" if k else "?", "count": n, "current": only == k}
        for k, t, n in found
    ]


def facts(t: Totals) -> list[dict[str, str]]:
    """概要条。"""
    missing = f"{t.missing:,}" if t.past_cutoff else "—"
    note = f"人，{t.past_cutoff} 家已过请假截止" if t.past_cutoff else "都没到请假截止"
    return [
        {"name": "应到", "text": f"{t.expected:,}", "note": "人"},
        {"name": "已到", "text": f"{t.arrived:,}", "note": "人"},
        {"name": "请假", "text": f"{t.leave:,}", "note": "人"},
        {"name": "未到未请假", "text": missing, "note": note},
        {"name": "有打卡的机构", "text": f"{t.reported:,}", "note": f"/ {t.institutions:,} 家"},
    ]


@page("gov:attendance:view", title="机构今日考勤")
def one(request: Request, institution_id: int) -> HttpResponse:
    """一家机构的今天：rooms, ratios, and who is missing (names masked)."""
    now, scope = clock.now(), request.actor.scope
    found = access_institution(scope, institution_id)
    board = today_board(scope, found.pk, now.date(), now)
    missing = missing_without_leave(scope, now.date(), now, found.pk)
    children = [c for m in missing for c in m.children]
    ratios = {r.class_id: r for r in ratio_board(scope, found.pk, now, board)}
    context = {
        "page_title": found.name,
        "institution": found,
        "board": board,
        "rooms": [{"room": r, "ratio": ratios.get(r.class_id)} for r in board.rooms],
        "missing": children,
        "now": now,
        "may_reveal": request.actor.may("gov:child:reveal"),
    }
    return render(request, "government/attendance_of.html", context)
