"""机构名单、导出与一家机构。"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.devices.models import Device
from tuoyu.domains.indicators.counts import enrolled_by_institution
from tuoyu.domains.institutions import selectors
from tuoyu.domains.institutions.models import Institution, Kind
from tuoyu.domains.regions.selectors import list_units_in, unit_names
from tuoyu.domains.workforce.selectors import list_staff
from tuoyu.ends.government.export import download, stamp, workbook
from tuoyu.ends.government.paging import SIZES, options, page_of

TONES = {"filed": "ok", "preparing": "info", "suspended": ""}


def wanted_of(request: Request) -> selectors.Wanted:
    """查询条件。"""
    get = request.GET.get
    return selectors.Wanted(
        text=get("q", ""),
        kind=get("kind", ""),
        unit=get("unit", ""),
        status=get("status", ""),
        recognised=get("recognised", ""),
    )


@page("gov:institution:view", title="机构")
def listing(request: Request) -> HttpResponse:
    """机构名单。"""
    today, scope, wanted = clock.today(), request.actor.scope, wanted_of(request)
    sort = request.GET.get("sort", "unit_code")
    rows = selectors.list_institutions(scope, wanted, today, sort)
    listed = page_of(request, rows)
    names = unit_names()
    enrolled = enrolled_by_institution(scope, [i.pk for i in listed], today)
    context = {
        "page_title": "机构",
        "listed": listed,
        "sizes": SIZES,
        "sort": sort,
        "rows": [list_row(i, names, enrolled) for i in listed],
        "totals": selectors.total_places(rows),
        "wanted": wanted,
        "is_filtered": wanted != selectors.Wanted(),
        "may_import": request.actor.may("institution:import:run"),
        **choices(request, wanted),
    }
    return render(request, "government/institutions.html", context)


def choices(request: Request, wanted: selectors.Wanted) -> dict[str, Any]:
    """查询区的下拉项。"""
    units = [(u.code, u.name) for u in list_units_in(request.actor.scope)]
    return {
        "kinds": options([(k.value, k.label) for k in Kind], wanted.kind),
        "units": options(units, wanted.unit),
        "statuses": options([(s.value, s.label) for s in Institution.Status], wanted.status),
        "recognitions": options([("yes", "普惠"), ("no", "未认定")], wanted.recognised),
    }


def list_row(i: Any, names: dict[str, str], enrolled: dict[int, int]) -> dict[str, Any]:
    """名单一行。"""
    return {
        "id": i.pk,
        "name": i.name,
        "record_no": i.record_no,
        "kind": Kind(i.kind).label,
        "nature": Institution.Nature(i.nature).label,
        "unit": names.get(i.unit_code, i.unit_code),
        "places": i.places_counted or 0,
        "enrolled": enrolled.get(i.pk, 0),
        "recognised": i.is_recognised,
        "status": Institution.Status(i.status).label,
        "tone": TONES[i.status],
        "filed_on": i.filed_on,
        "phone": i.phone,
        "address": i.address,
    }


HEAD = [
    "机构名称",
    "备案号",
    "类型",
    "性质",
    "单位",
    "地址",
    "托位",
    "在托",
    "普惠",
    "状态",
    "备案日期",
]


@page("gov:institution:view", title="导出机构名单", log="导出机构名单", sensitive=True)
def export(request: Request) -> HttpResponse:
    """导出当前查询的机构名单。"""
    today, scope, wanted = clock.today(), request.actor.scope, wanted_of(request)
    found = list(selectors.list_institutions(scope, wanted, today))
    names, enrolled = unit_names(), enrolled_by_institution(scope, [i.pk for i in found], today)
    rows = [list_row(i, names, enrolled) for i in found]
    request.audit_note = f"{len(rows)} 家"
    body = workbook(
        "机构名单",
        HEAD,
        [
            [
                r["name"],
                r["record_no"],
                r["kind"],
                r["nature"],
                r["unit"],
                r["address"],
                r["places"],
                r["enrolled"],
                "是" if r["recognised"] else "否",
                r["status"],
                r["filed_on"],
            ]
            for r in rows
        ],
        stamp(request.actor.name, request.actor.organisation),
    )
    return download("机构名单", request.actor.region_name, body)


@page("gov:institution:view", title="机构详情")
def detail(request: Request, institution_id: int) -> HttpResponse:
    """一家机构。"""
    today = clock.today()
    found = selectors.access_institution(request.actor.scope, institution_id)
    classes = selectors.list_classes(found)
    places = selectors.count_places(found)
    recognitions = selectors.list_recognitions(found)
    contracts = selectors.list_contracts(found)
    staff = list_staff(found, today)
    enrolled = enrolled_by_institution(request.actor.scope, [found.pk], today).get(found.pk, 0)
    now_valid = next((r for r in recognitions if today in r.period), None)
    context = {
        "page_title": found.name,
        "institution": found,
        "status": Institution.Status(found.status).label,
        "tone": TONES[found.status],
        "facts": facts(found, places, enrolled, staff, now_valid),
        "rows": about(found),
        "classes": classes,
        "fees": selectors.current_fees([found.pk], today).get(found.pk, {}),
        "places": places,
        "recognitions": recognitions,
        "valid": now_valid,
        "contracts": contracts,
        "today": today,
        "staff": staff,
        "devices": Device.objects.visible_to(request.actor.scope).filter(institution=found),
        "entries": log_of(found, recognitions, contracts),
    }
    return render(request, "government/institution.html", context)


def facts(
    i: Institution, places: list[Any], enrolled: int, staff: list[Any], valid: Any
) -> list[dict[str, Any]]:
    """概要条。"""
    counted = sum(p.count for p in places if p.state in selectors.COUNTED_PLACES)
    held = sum(any(c.tone != "danger" for c in s.certificates) for s in staff)
    until = f"至 {valid.period.upper:%Y-%m-%d}" if valid and valid.period.upper else "长期"
    return [
        {"name": "托位", "text": f"{counted:,}", "note": "个"},
        {"name": "在托", "text": f"{enrolled:,}", "note": "人"},
        {"name": "从业人员", "text": str(len(staff)), "note": f"人，{held} 人有有效证书"},
        {"name": "普惠认定", "text": "有效" if valid else "无", "note": until if valid else ""},
        {"name": "请假截止", "text": str(i.leave_cutoff)[:5], "note": ""},
    ]


def about(i: Institution) -> list[dict[str, Any]]:
    """登记信息。"""
    unit = unit_names().get(i.unit_code, i.unit_code)
    hours = f"{str(i.opens_at)[:5]}–{str(i.closes_at)[:5]}"
    return [
        {"name": "备案号", "text": i.record_no or "未备案"},
        {"name": "备案日期", "text": i.filed_on.isoformat() if i.filed_on else "—"},
        {"name": "统一社会信用代码", "text": i.uscc},
        {"name": "类型", "text": Kind(i.kind).label},
        {"name": "性质", "text": Institution.Nature(i.nature).label},
        {"name": "单位", "text": unit},
        {"name": "地址", "text": i.address},
        {"name": "开园", "text": hours},
        {"name": "联系电话", "text": i.phone or "未登记"},
    ]


def log_of(i: Institution, recognitions: list[Any], contracts: list[Any]) -> list[dict[str, Any]]:
    """大事记，新的在前。"""
    out = [{"at": r.period.lower, "who": r.document, "text": "普惠认定生效"} for r in recognitions]
    out += [{"at": c.period.lower, "who": c.clinic, "text": "医育签约生效"} for c in contracts]
    if i.filed_on:
        out.append({"at": i.filed_on, "who": i.record_no, "text": "备案"})
    return sorted(out, key=lambda e: e["at"], reverse=True)
