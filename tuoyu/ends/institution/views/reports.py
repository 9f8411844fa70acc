"""月报年报：filled from the records, a few questions asked once, checked, sent and locked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.sheets import export
from tuoyu.core.periods import add_months
from tuoyu.domains.reports import rules, services
from tuoyu.domains.reports.models import ReportKind
from tuoyu.domains.reports.selectors.sheets import (
    Sheet,
    access_report,
    list_reports,
    read_sheet,
    title_of,
)
from tuoyu.domains.reports.selectors.sources import Line
from tuoyu.ends.institution.forms_office import ReportForm
from tuoyu.ends.institution.shell import done, download, own
from tuoyu.ends.institution.views.todo import link

PERMISSION = "inst:report:submit"
HEAD = ("部分", "项目", "数", "单位", "来源")


@page(PERMISSION, title="报表")
def listing(request: Request) -> HttpResponse:
    """月报年报一览：what is next, and what was sent."""
    inst, today = own(request), clock.today()
    rows = list_reports(request.actor.scope, inst.pk)
    month = add_months(today.replace(day=1), -1)
    context = {
        "page_title": "报表",
        "rows": [{"it": r, "title": title_of(r)} for r in rows],
        "month": month,
        "year": today.year,
        "has_month": any(r.kind == ReportKind.MONTH and r.from_on == month for r in rows),
        "has_year": any(
            r.kind == ReportKind.YEAR and r.from_on == date(today.year, 1, 1) for r in rows
        ),
        "effort": rules.effort_of(rules.items_of(rules.MONTH)),
        "year_effort": rules.effort_of(rules.items_of(rules.YEAR)),
        "target": rules.TARGET_MINUTES,
    }
    return render(request, "institution/reports.html", context)


@page(PERMISSION, title="建立报表", log="建立报表", methods=("POST",))
def start(request: Request) -> HttpResponse:
    """建立一份报表。"""
    kind = request.POST.get("kind", "")
    if kind not in ReportKind.values:
        raise NotFound
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise NotFound from error
    made = services.start_report(
        institution=own(request), kind=kind, day=day, today=clock.today(), at=clock.now()
    )
    return done(request, reverse("institution:report", args=[made.pk]), f"{title_of(made)}已备好")


@page(PERMISSION, title="报表", log="填报手填项", methods=("GET", "POST"))
def report(request: Request, report_id: int) -> HttpResponse:
    """一份报表：blue cells open their lines, white ones are asked."""
    found = access_report(request.actor.scope, report_id)
    problem = ""
    if request.method == "POST":
        given = {k: str(v) for k, v in request.POST.items()}
        try:
            services.answer(by=request.actor, report_id=report_id, given=given, at=clock.now())
            url = reverse("institution:report", args=[report_id])
            return done(request, f"{url}#check", "已保存手填项")
        except DomainError as error:
            problem = error.text
    sheet = read_sheet(request.actor.scope, found, clock.now())
    form = ReportForm(report=found, initial=request.POST.dict() if problem else {})
    context = _context(sheet, form) | {"problem": problem}
    response = render(request, "institution/report.html", context)
    response.status_code = 422 if problem else 200
    return response


def _context(sheet: Sheet, form: ReportForm) -> dict[str, Any]:
    pages = {"waiting": link("waiting"), "month": link("month"), "unsigned": link("unsigned")}
    return {
        "page_title": sheet.title,
        "sheet": sheet,
        "form": form,
        "fields": {name: form[name] for name in form.fields},
        "problems": [
            {"it": p, "url": pages.get(p.opens, f"#{p.opens}" if p.opens else "")}
            for p in sheet.problems
        ],
        "effort": rules.effort_of(rules.items_of(sheet.report.kind)),
        "target": rules.TARGET_MINUTES,
    }


@page(PERMISSION, title="报出", log="报出报表", methods=("POST",))
def submit(request: Request, report_id: int) -> HttpResponse:
    """报出并锁定。"""
    sent = services.submit(by=request.actor, report_id=report_id, at=clock.now())
    url = reverse("institution:report", args=[sent.pk])
    return done(request, url, f"{title_of(sent)}已报出并锁定")


@page(PERMISSION, title="更正报表", log="更正报表", methods=("POST",))
def correct(request: Request, report_id: int) -> HttpResponse:
    """更正：the next version."""
    made = services.correct_report(
        by=request.actor, report_id=report_id, why=request.POST.get("reason", ""), at=clock.now()
    )
    request.audit_note = made.why
    return done(request, reverse("institution:report", args=[made.pk]), f"{title_of(made)}已建立")


@page(PERMISSION, title="报表明细")
def cell(request: Request, report_id: int, cell_code: str) -> HttpResponse:
    """一格的明细：the lines it is the sum of."""
    sheet = read_sheet(
        request.actor.scope, access_report(request.actor.scope, report_id), clock.now()
    )
    found = next((c for c in sheet.cells if c.item.code == cell_code), None)
    if found is None or found.item.is_manual:
        raise NotFound
    money = found.item.kind == rules.MONEY
    context = {
        "page_title": found.item.title,
        "sheet": sheet,
        "cell": found,
        "money": money,
        "lines": [{"it": line, "url": _opens(line)} for line in found.lines],
    }
    return render(request, "institution/report_cell.html", context)


_PAGES = {
    "child": "child",
    "bill": "fee_bill",
    "incident": "incident",
    "report": "report",
    "staff": "staff",
    "leaves": "leaves",
}


def _opens(line: Line) -> str:
    if line.opens is None:
        return ""
    what, key = line.opens
    name = _PAGES[what]
    return link(name) if what in ("staff", "leaves") else link(name, int(key))


@page(PERMISSION, title="下载报表", log="下载报表", sensitive=True)
def workbook(request: Request, report_id: int) -> HttpResponse:
    """工作簿：the cells as they stand on the page."""
    sheet = read_sheet(
        request.actor.scope, access_report(request.actor.scope, report_id), clock.now()
    )
    inst = own(request)
    r = sheet.report
    foot = "草稿，未报出"
    if r.submitted_at is not None:
        foot = f"{r.submitted_by_name} {clock.day_of(r.submitted_at)} 报出"
    name = f"{inst.name} {sheet.title}"
    return download(name, export(sheet.title, HEAD, sheet.table(), f"{inst.name} · {foot}"))
