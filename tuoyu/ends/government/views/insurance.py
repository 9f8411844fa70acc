"""统一保险：the tender, county contracts with their rosters and premiums, and one premium."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.insurance import selectors, services
from tuoyu.domains.insurance.models import Tender
from tuoyu.domains.insurance.states import (
    APPROVE,
    BILL,
    CITY,
    COUNTY,
    REVIEW,
    TENDER,
    VIEW,
)
from tuoyu.domains.regions.selectors import list_units_in, unit_names
from tuoyu.domains.subsidies.selectors import statements
from tuoyu.ends.government.export import download, stamp, workbook
from tuoyu.ui.words import yuan


@page(VIEW, title="统一保险")
def overview(request: Request) -> HttpResponse:
    """招标、合同、名册人数与保费。"""
    scope, actor, today = request.actor.scope, request.actor, clock.today()
    tender = selectors.tender_on(today)
    context: dict[str, Any] = {
        "page_title": "统一保险",
        "tender": tender,
        "tenders": selectors.list_tenders(),
        "may_award": actor.may(TENDER),
        "may_sign": actor.may(REVIEW),
        "today": today,
    }
    if tender is not None:
        context |= _of_tender(request, tender, today)
        context["claims"] = [
            {"claim": claim, "state": case.state_of}
            for claim, case in selectors.list_claims(scope)[:20]
        ]
    return render(request, "government/insurance.html", context)


def _of_tender(request: Request, tender: Tender, today: date) -> dict[str, Any]:
    scope = request.actor.scope
    counts = selectors.count_by_unit(scope, tender, today)
    signed = {c.unit_code: c for c in selectors.list_contracts(scope, tender)}
    premiums = [c.premium for c in signed.values() if hasattr(c, "premium")]
    cases = {
        c.subject_id: c.state_of
        for c in Case.objects.visible_to(scope).filter(
            type=BILL, subject_id__in=[p.pk for p in premiums]
        )
    }
    rows = []
    for unit in list_units_in(scope):
        contract = signed.get(unit.code)
        premium = getattr(contract, "premium", None)
        rows.append(
            {
                "code": unit.code,
                "name": unit.name,
                "insured": counts.get(unit.code, 0),
                "contract": contract,
                "premium": premium,
                "state": cases.get(premium.pk) if premium else None,
            }
        )
    left = (tender.to_on - today).days
    return {
        "rows": rows,
        "left": left,
        "is_ending": left <= 60,
        "facts": [
            {"name": "在保儿童", "text": f"{sum(counts.values()):,}", "note": "人"},
            {"name": "已签合同", "text": str(len(signed)), "note": f"/ {len(rows)} 个单位"},
            {"name": "保费合计（元）", "text": yuan(sum(p.amount_fen for p in premiums)),
             "note": ""},
            {"name": "到期", "text": f"{left}", "note": "天后"},
        ],
    }  # fmt: skip


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DomainError("date", f"{name}写法不对，应如 2025-01-20，请改正") from error


@page(TENDER, title="登记中标结果", log="登记保险中标", methods=("POST",))
def award(request: Request) -> HttpResponse:
    """登记市级招标结果。"""
    form = request.POST
    covers = [
        {"name": name.strip(), "limit": limit.strip()}
        for name, _, limit in (c.partition("：") for c in form.get("covers", "").splitlines())
        if name.strip()
    ]
    made = services.award(
        title=form.get("title", "")[:80],
        document=form.get("document", "")[:80],
        insurer=form.get("insurer", "")[:80],
        covers=covers,
        from_on=_day(form.get("from_on", ""), "起保日期"),
        to_on=_day(form.get("to_on", ""), "止保日期"),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = made.document
    messages.success(request, f"已登记：{made.title}，{made.insurer}")
    return redirect("government:insurance")


@page(REVIEW, title="登记县区合同", log="登记保险合同", methods=("POST",))
def sign(request: Request) -> HttpResponse:
    """登记本县区合同。"""
    tender = selectors.tender_on(clock.today())
    if tender is None:
        raise NotFound
    made = services.sign(
        tender_id=tender.pk,
        unit_code=request.POST.get("unit", ""),
        policy_no=request.POST.get("policy_no", "")[:60],
        signed_on=_day(request.POST.get("signed_on", ""), "签订日期"),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = made.policy_no
    messages.success(request, f"已登记合同，保单号 {made.policy_no}")
    return redirect("government:insurance")


@page(REVIEW, title="计算保费", log="计算保险保费", methods=("POST",))
def compute(request: Request, contract_id: int) -> HttpResponse:
    """按今日名册算全年保费。"""
    made = services.compute(
        contract_id=contract_id, on=clock.today(), by=request.actor, at=clock.now()
    )
    messages.success(request, f"已按名册算好 {made.insured} 人 {yuan(made.amount_fen)} 元，请核对")
    return redirect("government:premium", made.pk)


@page(VIEW, title="年度保费")
def premium(request: Request, premium_id: int) -> HttpResponse:
    """一笔保费：by institution, how it was worked out, the moves."""
    scope, actor = request.actor.scope, request.actor
    found = selectors.access_premium(scope, premium_id)
    case = selectors.case_of(scope, found)
    names = unit_names()
    unit = names.get(found.unit_code, found.unit_code)
    context = {
        "page_title": f"{unit} {found.year} 年统一保险保费",
        "crumbs": [{"title": "统一保险", "url": reverse("government:insurance")}],
        "premium": found,
        "tender": found.contract.tender,
        "state": case.state_of,
        "steps": statements.timeline(case, statements.list_steps(case)),
        "lines": selectors.premium_lines(scope, found),
        "object": f"{unit} · {found.insured} 人 · {yuan(found.amount_fen)} 元",
        "may_review": case.state == COUNTY and actor.may(REVIEW),
        "may_approve": case.state == CITY and actor.may(APPROVE),
    }
    return render(request, "government/premium.html", context)


@page(REVIEW, title="核对保费", log="县级核对保费", methods=("POST",))
def review(request: Request, premium_id: int) -> HttpResponse:
    """县级核对。"""
    case = services.review(premium_id=premium_id, by=request.actor, at=clock.now())
    return _moved(request, premium_id, case)


@page(APPROVE, title="审核保费", log="市级审核保费", methods=("POST",))
def approve(request: Request, premium_id: int) -> HttpResponse:
    """市级审核。"""
    case = services.approve(premium_id=premium_id, by=request.actor, at=clock.now())
    return _moved(request, premium_id, case)


@page(APPROVE, title="退回保费", log="退回保费", methods=("POST",))
def send_back(request: Request, premium_id: int) -> HttpResponse:
    """退回县级。"""
    case = services.send_back(
        premium_id=premium_id, by=request.actor, at=clock.now(),
        opinion=request.POST.get("reason", ""),
    )  # fmt: skip
    return _moved(request, premium_id, case)


def _moved(request: Request, premium_id: int, case: Case) -> HttpResponse:
    request.audit_note = case.title
    messages.success(request, f"已办：{case.title}，现为「{case.state_of.title}」")
    return redirect("government:premium", premium_id)


@page(VIEW, title="导出参保人数", log="导出参保人数", sensitive=True)
def export(request: Request) -> HttpResponse:
    """各机构在保人数；no child by name leaves the house here."""
    scope, today = request.actor.scope, clock.today()
    tender = selectors.tender_on(today)
    if tender is None:
        raise NotFound
    names = unit_names()
    rows: list[list[str | int]] = [
        [name, names.get(unit, unit), n]
        for name, unit, n in selectors.count_by_institution(scope, tender, today)
    ]
    request.audit_note = f"{len(rows)} 家"
    by = stamp(request.actor.name, request.actor.organisation)
    body = workbook(f"参保人数 {today}", ["机构", "单位", "在保人数"], rows, by)
    return download("参保人数", request.actor.region_name, body)
