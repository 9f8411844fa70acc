"""保险：the institution's own roster, its changes of the month, and claims."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.sheets import export as workbook
from tuoyu.core.money import parse_fen
from tuoyu.domains.insurance import selectors, services
from tuoyu.domains.insurance.states import OWN, REPORT, REPORTED, WITH_INSURER
from tuoyu.ends.institution.shell import download, month_of, number


@page(OWN, title="保险")
def overview(request: Request) -> HttpResponse:
    """名册、当月增减、理赔。"""
    scope, today = request.actor.scope, clock.today()
    tender = selectors.tender_on(today)
    context: dict[str, object] = {"page_title": "保险", "tender": tender, "today": today}
    if tender is not None:
        diff = selectors.month_diff(scope, tender, month_of(request.GET.get("month")))
        roster = selectors.named_roster(scope, tender, today)
        context |= {
            "roster": roster,
            "diff": diff,
            "claims": [(c, case.state_of) for c, case in selectors.list_claims(scope)],
            "may_report": request.actor.may(REPORT),
        }
    return render(request, "institution/insurance.html", context)


@page(OWN, title="导出参保名册", log="导出参保名册", sensitive=True)
def export(request: Request) -> HttpResponse:
    """本园名册。"""
    tender = selectors.tender_on(clock.today())
    if tender is None:
        raise NotFound
    rows = selectors.named_roster(request.actor.scope, tender, clock.today())
    request.audit_persons = [r.child_id for r in rows]
    body = workbook("参保名册", ["姓名", "起保"], [[r.name, r.from_on.isoformat()] for r in rows])
    return download(f"参保名册_{clock.today()}", body)


@page(REPORT, title="报告出险", log="报告出险", methods=("POST",))
def report(request: Request) -> HttpResponse:
    """报告出险。"""
    child = number(request.POST.get("child"))
    if child is None:
        raise DomainError("child", "请选择儿童")
    try:
        on = date.fromisoformat(request.POST.get("happened_on", ""))
    except ValueError as error:
        raise DomainError("date", "出险日期写法不对，请改正") from error
    claim = services.report(
        child_id=child,
        happened_on=on,
        cover=request.POST.get("cover", ""),
        what=request.POST.get("what", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_persons = [claim.child_id]
    messages.success(request, "已登记出险，请在两个工作日内向保险机构报案")
    return redirect("institution:claim", claim.pk)


@page(OWN, title="理赔", sensitive=True, log="查看理赔")
def claim(request: Request, claim_id: int) -> HttpResponse:
    """一件理赔。"""
    scope = request.actor.scope
    found = selectors.access_claim(scope, claim_id)
    case = selectors.claim_case(scope, found)
    request.audit_persons = [found.child_id]
    context = {
        "page_title": f"{found.cover}理赔",
        "crumbs": [{"title": "保险", "url": reverse("institution:insurance")}],
        "claim": found,
        "name": selectors.child_name(scope, found.child_id),
        "state": case.state_of,
        "may_hand_over": case.state == REPORTED and request.actor.may(REPORT),
        "may_conclude": case.state == WITH_INSURER and request.actor.may(REPORT),
    }
    return render(request, "institution/claim.html", context)


@page(REPORT, title="登记报案号", log="登记报案号", methods=("POST",))
def hand_over(request: Request, claim_id: int) -> HttpResponse:
    """已报保险机构。"""
    case = services.hand_over(
        claim_id=claim_id, insurer_no=request.POST.get("insurer_no", ""), by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, f"已登记，现为「{case.state_of.title}」")
    return redirect("institution:claim", claim_id)


@page(REPORT, title="登记理赔结果", log="登记理赔结果", methods=("POST",))
def conclude(request: Request, claim_id: int) -> HttpResponse:
    """登记结果：an empty amount means that nothing is paid."""
    text = request.POST.get("paid", "").strip()
    try:
        paid = parse_fen(f"{text.removesuffix('元')}元") if text else None
    except ValueError as error:
        raise DomainError("amount", "赔付金额写法不对，应如 320.50，请改正") from error
    case = services.conclude(
        claim_id=claim_id, paid_fen=paid, answer=request.POST.get("answer", ""), by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, f"已登记，现为「{case.state_of.title}」")
    return redirect("institution:claim", claim_id)
