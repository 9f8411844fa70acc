"""补助结算：the month's list, one statement with 「怎么算的」, and the moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import add_months, month_start
from tuoyu.domains.checks.selectors import open_hits
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import list_regions, unit_names, units_in
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.catalogue import APPROVE, CONFIRM, REVIEW, STATEMENT
from tuoyu.domains.subsidies.models import Statement
from tuoyu.domains.subsidies.selectors import explain_line, list_statement_lines, statements
from tuoyu.domains.subsidies.selectors.gather import SOURCES
from tuoyu.ends.government.paging import SIZES, options, page_of
from tuoyu.ends.government.views.settlement_words import (
    detail_facts,
    drawer,
    month_facts,
    month_title,
    segments,
    total_words,
)

VIEW = "gov:settlement:view"


def month_asked(request: Request, months: list[date]) -> date:
    """所选月份；else the newest with statements, else last month."""
    try:
        return month_start(request.GET.get("month", ""))
    except ValueError:
        return months[0] if months else add_months(clock.today().replace(day=1), -1)


@page(VIEW, title="补助结算")
def listing(request: Request) -> HttpResponse:
    """某月的结算单。"""
    scope = request.actor.scope
    months = statements.list_months(scope)
    month = month_asked(request, months)
    county, state = request.GET.get("county", ""), request.GET.get("state", "")
    listed = page_of(request, statements.list_cases(scope, month, county=county, state=state))
    totals = statements.sum_month(scope, month, county=county)
    regions = list_regions()
    names = {r.code: r.short_name for r in regions}
    units = [(u.code, u.name) for u in units_in(scope, regions)]
    context = {
        "page_title": "补助结算",
        "month": month,
        "month_title": month_title(month),
        "months": options([(f"{m:%Y-%m}", month_title(m)) for m in months], f"{month:%Y-%m}"),
        "units": options(units, county) if len(units) > 1 else [],
        "states": options([(k, s.title) for k, s in STATEMENT.states.items()], state),
        "is_filtered": bool(county or state),
        "listed": listed,
        "sizes": SIZES,
        "rows": [_row(r, names) for r in statements.with_statements(scope, list(listed))],
        "facts": month_facts(totals),
        "totals": totals,
        "waiting": totals.states.get(APPROVE, 0),
        "runs": statements.list_runs(month),
        "rules": options([(r, current_book().rules[r].name) for r in _rules()], ""),
        "today": clock.today(),
    }
    return render(request, "government/settlements.html", context)


def _rules() -> list[str]:
    return [r for r in SOURCES if r in current_book().rules]


def _row(row: statements.Listed, names: dict[str, str]) -> dict[str, Any]:
    s, state = row.statement, row.case.state_of
    left = clock_of(row.case, clock.now()) if state.is_open else None
    return {
        "statement": s,
        "name": row.institution_name,
        "unit": names.get(s.region_code, s.region_code),
        "kind": f"第 {s.run.number} 次增减" if s.run.is_delta else "月结算",
        "state": state.title,
        "tone": state.tone,
        "clock": left,
        "share": left.share_permille // 10 if left else 0,
    }


@page("subsidy:run:make", title="结算", log="月度结算", methods=("POST",))
def settle(request: Request) -> HttpResponse:
    """结算一个月（全市）。"""
    month = request.POST.get("month", "")
    known = request.POST.get("known", "")
    try:
        first = month_start(month)
        on = date.fromisoformat(known) if known else None
    except ValueError as error:
        raise DomainError(
            "date", "月份应如 2025-06，知悉截止日应如 2025-07-10，请改正后再结算"
        ) from error
    done = services.settle(
        book=current_book(),
        rule_id=request.POST.get("rule", ""),
        month=month,
        by=request.actor,
        at=clock.now(),
        known=on,
    )
    request.audit_note = done.text
    messages.add_message(request, messages.SUCCESS if done.run else messages.INFO, done.text)
    if done.left_out:
        messages.info(request, f"{len(done.left_out)} 家机构未月结，没有计入；月结后再结算即可补上")
    if done.newer_notices:
        told = "、".join(done.newer_notices)
        messages.info(request, f"知悉截止日之后收到的 {told} 未计入；要补差请改知悉截止日")
    run = done.run or done.last
    if run is not None:
        return redirect("government:settlement_run", run.pk)
    return _to_month(first)


def _to_month(month: date) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('government:settlements')}?month={month:%Y-%m}")


@page(VIEW, title="一次结算")
def run(request: Request, run_id: int) -> HttpResponse:
    """一次结算：what was left out and why, receipts."""
    found = statements.access_run(run_id)
    left_out = page_of(request, statements.list_left_out(request.actor.scope, found), 50)
    names = unit_names()
    context = {
        "page_title": f"{month_title(found.month)}"
        + (f"第 {found.number} 次增减结算" if found.is_delta else "结算"),
        "crumbs": _crumbs(found.month),
        "run": found,
        "rule": current_book().rule(found.rule),
        "left_out": left_out,
        "rows": [(i.name, names.get(i.unit_code, i.unit_code)) for i in left_out],
    }
    return render(request, "government/settlement_run.html", context)


@page(VIEW, title="重放核对")
def replay(request: Request, run_id: int) -> HttpResponse:
    """重放一次结算（片段）。"""
    found = services.replay(run_id, book=current_book(), scope=request.actor.scope)
    return render(request, "government/settlement_replay.html", {"replay": found})


def _crumbs(month: date) -> list[dict[str, str]]:
    listed = reverse("government:settlements")
    return [
        {"title": "补助结算", "url": listed},
        {"title": month_title(month), "url": f"{listed}?month={month:%Y-%m}"},
    ]


@page(VIEW, title="机构结算单")
def detail(request: Request, statement_id: int) -> HttpResponse:
    """一张结算单。"""
    statement = statements.access_statement(request.actor.scope, statement_id)
    return render(request, "government/settlement.html", _detail(request, statement))


def _detail(request: Request, statement: Statement) -> dict[str, Any]:
    scope, actor = request.actor.scope, request.actor
    case = statements.access_case(scope, statement)
    steps = statements.list_steps(case)
    lines = list_statement_lines(scope, statement)
    name = statements.name_institution(statement.institution_id)
    marked = {i for s in steps[-1:] for i in s.marks.get("lines", [])}
    people = f"{statement.paid_lines} 人 · {total_words(statement.total_fen)}"
    return {
        "page_title": name,
        "crumbs": _crumbs(statement.month),
        "statement": statement,
        "is_delta": statement.run.is_delta,
        "case": case,
        "state": case.state_of,
        "facts": detail_facts(statement, statements.change_from_last_month(scope, statement)),
        "steps": statements.timeline(case, steps),
        "lines": lines,
        "marked": marked,
        "segments": segments(statement),
        "sum_fen": sum(line.amount_fen or 0 for line in lines),
        "object": f"{name} {month_title(statement.month)}结算 · {people}",
        "may_review": case.state == REVIEW and actor.may("subsidy:statement:review"),
        "may_approve": case.state == APPROVE and actor.may("subsidy:statement:approve"),
        "was_returned": case.state == CONFIRM and len(steps) > 1,
        "open_checks": open_hits(statement.institution_id, statement.month),
    }


@page(VIEW, title="怎么算的", sensitive=True, log="查看补助怎么算")
def line(request: Request, statement_id: int, line_id: int) -> HttpResponse:
    """怎么算的：in the drawer, or with its statement as a page of its own."""
    statement = statements.access_statement(request.actor.scope, statement_id)
    told = explain_line(request.actor.scope, line_id, statement=statement)
    request.audit_persons = [told.child_id]
    context = {"e": told, **drawer(told)}
    if request.headers.get("HX-Request"):
        return render(request, "government/settlement_line.html", context)
    context |= _detail(request, statement) | {"open_line": line_id}
    return render(request, "government/settlement.html", context)


def _moved(request: Request, statement_id: int, case: Case) -> HttpResponse:
    request.audit_note = case.title
    messages.success(request, f"已办：{case.title}，现为「{case.state_of.title}」")
    return redirect("government:settlement", statement_id)


@page("subsidy:statement:review", title="县级审核", log="县级审核", methods=("POST",))
def review(request: Request, statement_id: int) -> HttpResponse:
    """县级审核通过。"""
    opinion = request.POST.get("reason", "")
    case = services.review(
        statement_id=statement_id, by=request.actor, at=clock.now(), opinion=opinion
    )
    return _moved(request, statement_id, case)


@page("subsidy:statement:approve", title="市级审批", log="市级审批", methods=("POST",))
def approve(request: Request, statement_id: int) -> HttpResponse:
    """市级审批通过。"""
    opinion = request.POST.get("reason", "")
    case = services.approve(
        statement_id=statement_id, by=request.actor, at=clock.now(), opinion=opinion
    )
    return _moved(request, statement_id, case)


@page("subsidy:statement:review", title="退回补正", log="退回补正", methods=("GET", "POST"))
def return_to_institution(request: Request, statement_id: int) -> HttpResponse:
    """县级退回机构补正，标出要核对的行。"""
    return _send_back(request, statement_id, services.return_to_institution, "退回机构补正")


@page("subsidy:statement:approve", title="退回县级", log="退回县级", methods=("GET", "POST"))
def return_to_county(request: Request, statement_id: int) -> HttpResponse:
    """市级退回县级。"""
    return _send_back(request, statement_id, services.return_to_county, "退回县级")


def _send_back(
    request: Request, statement_id: int, service: Callable[..., Case], title: str
) -> HttpResponse:
    statement = statements.access_statement(request.actor.scope, statement_id)
    if request.method != "POST":
        context = {
            "page_title": title,
            "crumbs": [
                *_crumbs(statement.month),
                {
                    "title": statements.name_institution(statement.institution_id),
                    "url": reverse("government:settlement", args=[statement_id]),
                },
            ],
            "statement": statement,
            "lines": list_statement_lines(request.actor.scope, statement),
        }
        return render(request, "government/settlement_return.html", context)
    case = service(
        statement_id=statement_id,
        by=request.actor,
        at=clock.now(),
        opinion=request.POST.get("opinion", ""),
        line_ids=[int(i) for i in request.POST.getlist("line") if i.isdigit()],
    )
    return _moved(request, statement_id, case)


@page("subsidy:statement:approve", title="批量审批", log="批量审批", methods=("POST",))
def approve_all(request: Request) -> HttpResponse:
    """一次意见批准当月全部低风险结算单。"""
    try:
        month = month_start(request.POST.get("month", ""))
    except ValueError as error:
        raise DomainError("date", "月份应如 2025-06，请刷新页面后重做") from error
    done = services.approve_low_risk(
        month=month, by=request.actor, at=clock.now(), opinion=request.POST.get("reason", "")
    )
    request.audit_note = f"{month:%Y-%m} 通过 {done.done} 张，留下 {done.held} 张"
    text = f"已批准 {done.done} 张结算单"
    if done.held:
        text += f"；{done.held} 张含待定，须逐张审批"
    messages.success(request, text)
    return _to_month(month)
