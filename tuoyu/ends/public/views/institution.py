"""机构公开页（信息公示）。"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.billing.selectors import prices
from tuoyu.domains.indicators.selectors import vacancies
from tuoyu.domains.institutions import selectors
from tuoyu.domains.institutions.models import ClassType, Institution, Kind
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.public.shell import WHY, show


@page(None, title="机构公开信息", why_public=WHY)
def institution(request: Request, institution_id: int) -> HttpResponse:
    """一家机构的公开信息。"""
    today = clock.today()
    found = selectors.access_public(institution_id, today)
    fees = selectors.current_fees([found.pk], today).get(found.pk, {})
    free = {v.class_type: v for v in vacancies([found.pk]).get(found.pk, [])}
    recognitions = selectors.list_recognitions(found)
    valid = next((r for r in recognitions if today in r.period), None)
    classes = [c for c in selectors.list_classes(found) if c.is_open]
    return show(
        request,
        "public/institution.html",
        "public:home",
        page_title=found.name,
        institution=found,
        kind=Kind(found.kind).label,
        rows=about(found),
        types=types_of(classes, fees, free),
        prices=prices.tariff_of(found.pk, today).prices,
        refunds=prices.refund_words(found.pk, today),
        valid=valid,
        updated=max((v.at for v in free.values()), default=None),
        book=current_book(),
    )


def about(i: Institution) -> list[dict[str, Any]]:
    """登记信息。"""
    return [
        {"name": "备案号", "text": i.record_no or "未备案"},
        {"name": "备案日期", "text": i.filed_on.isoformat() if i.filed_on else "—"},
        {"name": "统一社会信用代码", "text": i.uscc},
        {"name": "类型", "text": f"{Kind(i.kind).label} · {Institution.Nature(i.nature).label}"},
        {"name": "所在地", "text": unit_names().get(i.unit_code, "")},
        {"name": "地址", "text": i.address},
        {"name": "开园时间", "text": f"{str(i.opens_at)[:5]}–{str(i.closes_at)[:5]}"},
        {"name": "联系电话", "text": i.phone or "未登记"},
    ]


def types_of(
    classes: list[selectors.ClassRow], fees: dict[str, int], free: dict[str, Any]
) -> list[dict[str, Any]]:
    """按班型：月龄、核定人数、余位、收费。"""
    national = current_book().national.class_types
    out = []
    for code in dict.fromkeys(c.class_type for c in classes):
        mine = [c for c in classes if c.class_type == code]
        norm = national.get(code)
        out.append(
            {
                "title": ClassType(code).label,
                "ages": f"{norm.age_from}–{norm.age_to}个月" if norm else "",
                "classes": len(mine),
                "capacity": sum(c.capacity for c in mine),
                "free": free.get(code),
                "fee_fen": fees.get(code),
            }
        )
    return out
