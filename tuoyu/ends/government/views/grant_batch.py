"""多份申请一起：the list as a workbook, and finance's check that ends in one public notice."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.grants import selectors, services
from tuoyu.domains.grants.services.together import MOST
from tuoyu.domains.grants.states import FINANCE
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.government.export import Value, download, stamp, workbook
from tuoyu.ends.government.views.grants import CHECK, VIEW, month_title
from tuoyu.ui.words import yuan

MOST_ROWS = 5000
HEAD = [
    "申报单位", "项目", "单位", "月份", "类别", "项数", "待定项数", "应付（元）", "应付（分）",
    "收款方", "状态", "申报日期", "办理期限", "到账日期",
]  # fmt: skip


@page(VIEW, title="导出奖补申请", log="导出奖补申请", sensitive=True)
def export(request: Request) -> HttpResponse:
    """导出名单：the rows that the list shows under the same conditions."""
    scope, asked = request.actor.scope, request.GET
    cases = selectors.list_cases(
        scope,
        programme=asked.get("programme", ""),
        state=asked.get("state", ""),
        county=asked.get("county", ""),
    )
    names = unit_names()
    found = selectors.with_applications(scope, list(cases[:MOST_ROWS]))
    rows = [_row(listed, names) for listed in found]
    request.audit_note = f"{len(rows)} 份"
    note = stamp(request.actor.name, request.actor.organisation)
    body = workbook("奖补申请", HEAD, rows, note)
    return download("奖补申请", request.actor.region_name, body)


def _row(listed: selectors.Listed, names: dict[str, str]) -> list[Value]:
    a, case = listed.application, listed.case
    due = case.due_at if case.state_of.is_open else None
    return [
        a.applicant_name, listed.rule.name, names.get(a.region_code, "市级"), month_title(a.month),
        "更正" if a.is_correction else "首次", a.lines, a.undetermined_lines,
        "待定" if a.amount_fen is None else yuan(a.amount_fen), a.amount_fen, a.payee_name,
        case.state_of.title, a.submitted_at, due, a.paid_on,
    ]  # fmt: skip


@page(CHECK, title="集中复核公示", log="集中复核公示", methods=("GET", "POST"))
def together(request: Request) -> HttpResponse:
    """集中复核：what is ticked is checked together and stands in one notice."""
    if request.method == "POST":
        return _check(request)
    cases = selectors.list_cases(request.actor.scope, state=FINANCE)
    names = unit_names()
    rows = selectors.with_applications(request.actor.scope, list(cases[:MOST]))
    context = {
        "page_title": "集中复核公示",
        "crumbs": [{"title": "奖补申请", "url": reverse("government:grants")}],
        "rows": [
            (r, names.get(r.application.region_code, "市级"), month_title(r.application.month))
            for r in rows
        ],
        "total_fen": sum(r.application.amount_fen or 0 for r in rows),
    }
    return render(request, "government/grants_together.html", context)


def _check(request: Request) -> HttpResponse:
    done = services.check_together(
        application_ids=[int(pk) for pk in request.POST.getlist("grant") if pk.isdigit()],
        document_no=request.POST.get("document_no", "")[:60],
        opinion=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{done.count} 份 {yuan(done.total_fen)} 元，公示 {len(done.notices)} 份"
    messages.success(
        request,
        f"已复核 {done.count} 份，合计 {yuan(done.total_fen)} 元，发布公示 {len(done.notices)} 份",
    )
    return redirect("government:grants")
