"""补助：the institution's own statements, each line with 「怎么算的」, one confirmation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.funds.selectors import payments
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.catalogue import CONFIRM, STATEMENT
from tuoyu.domains.subsidies.models import Statement
from tuoyu.domains.subsidies.selectors import explain_line, list_statement_lines, statements
from tuoyu.domains.subsidies.states import SOURCE
from tuoyu.ui.words import mask_name, yuan, yuan_signed

VIEW = "inst:subsidy:view"


def month_title(month: date) -> str:
    """2025 年 6 月。"""
    return f"{month.year} 年 {month.month} 月"


@page(VIEW, title="补助")
def listing(request: Request) -> HttpResponse:
    """本机构的结算单。"""
    found = list(statements.list_of_institution(request.actor.scope)[:120])
    rows = [
        {
            "statement": s,
            "title": month_title(s.month),
            "kind": f"第 {s.run.number} 次增减" if s.run.is_delta else "",
            "state": STATEMENT.states[getattr(s, "case_state", CONFIRM)],
            "due": getattr(s, "case_due", None),
        }
        for s in found
    ]
    return render(request, "institution/subsidies.html", {"page_title": "补助", "rows": rows})


@page(VIEW, title="补助结算单")
def detail(request: Request, statement_id: int) -> HttpResponse:
    """一张结算单。"""
    statement = statements.access_statement(request.actor.scope, statement_id)
    return render(request, "institution/subsidy.html", _detail(request, statement))


def _detail(request: Request, statement: Statement) -> dict[str, Any]:
    scope = request.actor.scope
    case = statements.access_case(scope, statement)
    steps = statements.list_steps(case)
    lines = list_statement_lines(scope, statement)
    last = steps[-1] if steps else None
    returned = last if last is not None and last.move == "return_inst" else None
    is_delta = statement.run.is_delta
    return {
        "page_title": f"{month_title(statement.month)}补助",
        "crumbs": [{"title": "补助", "url": reverse("institution:subsidies")}],
        "statement": statement,
        "rule": current_book().rule(statement.run.rule).name,
        "is_delta": is_delta,
        "state": case.state_of,
        **_payment(request, statement),
        "facts": _facts(statement),
        "steps": statements.timeline(case, steps),
        "lines": lines,
        "marked": set(returned.marks.get("lines", [])) if returned else set(),
        "returned": returned,
        "sum_fen": sum(line.amount_fen or 0 for line in lines),
        "may_confirm": case.state == CONFIRM and request.actor.may("inst:statement:confirm"),
        "confirm_text": f"确认 {statement.lines} 条",
        "object": f"{month_title(statement.month)} · {statement.lines} 条 · "
        f"{yuan(statement.total_fen)} 元",
    }


def _payment(request: Request, statement: Statement) -> dict[str, Any]:
    """这张结算单的付款：its order and what the bank has said of it."""
    scope = request.actor.scope
    order = payments.orders_of(scope, SOURCE, [statement.pk]).get(statement.pk)
    owed = payments.receivables_of(scope, SOURCE, statement.pk)
    return {
        "order": order,
        "instruction": payments.last_instruction(scope, order) if order else None,
        "owed": owed,
        "owed_left_fen": sum(r.left_fen for r in owed),
    }


def _facts(s: Statement) -> list[dict[str, str]]:
    """概要条。"""
    total = yuan_signed(s.total_fen) if s.run.is_delta else yuan(s.total_fen)
    return [
        {
            "name": "本次增减（元）" if s.run.is_delta else "本次应付（元）",
            "text": total,
            "note": "",
        },
        {"name": "应付人数", "text": str(s.paid_lines), "note": f"/ {s.lines} 人"},
        {"name": "不付", "text": str(s.zero_lines), "note": "人"},
        {"name": "待定", "text": str(s.undetermined_lines), "note": "人"},
    ]


@page(VIEW, title="怎么算的", sensitive=True, log="查看补助怎么算")
def line(request: Request, statement_id: int, line_id: int) -> HttpResponse:
    """怎么算的：in the drawer, or with its statement as a page of its own."""
    statement = statements.access_statement(request.actor.scope, statement_id)
    e = explain_line(request.actor.scope, line_id, statement=statement)
    request.audit_persons = [e.child_id]
    context = {
        "e": e,
        "who": f"{mask_name(e.child_name)} · {e.class_title} · {month_title(e.month)}",
        "days_title": f"{e.month.month} 月出勤",
    }
    if request.headers.get("HX-Request"):
        return render(request, "institution/subsidy_line.html", context)
    context |= _detail(request, statement) | {"open_line": line_id}
    return render(request, "institution/subsidy.html", context)


@page("inst:statement:confirm", title="确认结算单", log="确认结算单", methods=("POST",))
def confirm(request: Request, statement_id: int) -> HttpResponse:
    """机构确认。"""
    case = services.confirm(
        statement_id=statement_id,
        by=request.actor,
        at=clock.now(),
        opinion=request.POST.get("reason", ""),
    )
    request.audit_note = case.title
    messages.success(request, f"已确认：{case.title}，现为「{case.state_of.title}」")
    return redirect("institution:subsidy", statement_id)
