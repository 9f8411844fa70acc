"""政策沙盘：change open terms or ceilings, replay real months, compare. Nobody is paid by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Rule
from tuoyu.domains.policies.plain import citation
from tuoyu.domains.reforms.models import Scenario
from tuoyu.domains.reforms.rules.plans import Axis, Plan
from tuoyu.domains.reforms.rules.reading import TermText, column_name, read_axis, read_cells
from tuoyu.domains.reforms.selectors import inputs
from tuoyu.domains.reforms.selectors.scenarios import (
    list_scenarios,
)
from tuoyu.domains.reforms.selectors.terms import list_terms
from tuoyu.domains.reforms.services import propose, propose_sweep
from tuoyu.ends.government.paging import SIZES, options, page_of
from tuoyu.ends.government.views import sandbox_words as words

RUN = "policy:sandbox:run"
TONES = {"done": "ok", "failed": "danger", "running": "info", "waiting": "info"}


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"title": "政策沙盘", "url": reverse("government:sandbox")}, *more]


@page(RUN, title="政策沙盘")
def listing(request: Request) -> HttpResponse:
    """方案列表，勾选可对比。"""
    book, scope = current_book(), request.actor.scope
    listed = page_of(request, list_scenarios(scope))
    context = {
        "page_title": "政策沙盘",
        "rules": inputs.list_rules(book),
        "months": inputs.recent_months(scope, clock.today()),
        "listed": listed,
        "sizes": SIZES,
        "rows": [_row(scenario) for scenario in listed],
    }
    return render(request, "government/sandbox.html", context)


def _row(scenario: Scenario) -> dict[str, Any]:
    book = current_book()
    totals = scenario.results.get("totals")
    rule = book.rules.get(scenario.rule)
    return {
        "scenario": scenario,
        "rule": rule.name if rule else scenario.rule,
        "fen": totals["new_fen"] if totals else None,
        "delta": totals["new_fen"] - totals["base_fen"] if totals else None,
        "move": totals["move_fen"] if totals else None,
        "points": scenario.total - len(scenario.months),
        "tone": TONES[scenario.state],
    }


def _rule(rule_id: str) -> Rule:
    rule = current_book().rules.get(rule_id)
    if rule is None or inputs.source_of(rule_id) is None:
        raise NotFound
    return rule


@page(RUN, title="新方案", log="政策测算", methods=("GET", "POST"))
def new(request: Request, rule_id: str) -> HttpResponse:
    """新方案：each cell with its present value, ceiling and source."""
    return _form(request, _rule(rule_id), is_sweep=False)


@page(RUN, title="成批方案", log="政策测算（成批）", methods=("GET", "POST"))
def sweep(request: Request, rule_id: str) -> HttpResponse:
    """成批方案：one or two parameters run through a range."""
    return _form(request, _rule(rule_id), is_sweep=True)


def _form(request: Request, rule: Rule, *, is_sweep: bool) -> HttpResponse:
    terms = _terms(request, rule, {}, {})
    if request.method != "POST":
        return _show_form(request, rule, terms, {}, [], is_sweep=is_sweep)
    given = {key: str(request.POST.get(key, "")) for key in request.POST}
    typed = read_cells(terms, given)
    faults = list(dict.fromkeys(typed.errors.values()))
    axes: list[Axis] = []
    for prefix in ("x_", "y_") if is_sweep else ():
        try:
            found = read_axis(current_book(), terms, given, prefix)
        except ValueError as error:
            faults.append(str(error))
            continue
        axes += [found] if found else []
    plan = Plan(
        given.get("name", "").strip() or "未命名方案",
        typed.cells,
        fills="fills" in given,
        follow="follow" in given,
    )
    try:
        if not faults:
            return _made(request, rule, plan, axes, is_sweep=is_sweep)
    except DomainError as error:
        if error.code not in ("bad-plan", "no-change"):
            raise
        faults.append(error.text)
    shown = _terms(request, rule, given, typed.errors)
    return _show_form(request, rule, shown, given, faults, is_sweep=is_sweep)


def _made(
    request: Request, rule: Rule, plan: Plan, axes: list[Axis], *, is_sweep: bool
) -> HttpResponse:
    book, by, at = current_book(), request.actor, clock.now()
    if is_sweep:
        made = propose_sweep(book=book, rule_id=rule.id, plan=plan, axes=axes, by=by, at=at)
    else:
        made = propose(book=book, rule_id=rule.id, plan=plan, by=by, at=at)
    request.audit_note = f"{rule.name}：{made.name}"
    if made.is_open:
        messages.info(request, "底数较多，已交后台计算；本页会自动更新进度")
    return redirect("government:sandbox_scenario", made.pk)


def _terms(
    request: Request, rule: Rule, typed: Mapping[str, str], errors: Mapping[str, str]
) -> list[TermText]:
    today, scope = clock.today(), request.actor.scope
    months = inputs.recent_months(scope, today)
    return list_terms(current_book(), rule.id, months, today, scope, typed=typed, errors=errors)


def _show_form(
    request: Request,
    rule: Rule,
    terms: list[TermText],
    given: Mapping[str, str],
    faults: list[str],
    *,
    is_sweep: bool,
) -> HttpResponse:
    book = current_book()
    title = "成批方案" if is_sweep else "新方案"
    source = inputs.source_of(rule.id)
    months = inputs.recent_months(request.actor.scope, clock.today())
    context = {
        "page_title": title,
        "crumbs": crumbs(),
        "rule": rule,
        "rules": [
            {"title": r.name, "current": r.id == rule.id,
             "url": reverse(f"government:sandbox_{'sweep' if is_sweep else 'new'}", args=[r.id])}
            for r in inputs.list_rules(book)
        ],
        "cite": citation(book, rule.cite),
        "city_terms": [term for term in terms if not term.has_county],
        "counties": _counties([term for term in terms if term.has_county], given),
        "given": given,
        "faults": faults,
        "is_sweep": is_sweep,
        "months": months,
        "source": source,
        "has_limit": words.has_limit(rule),
        "axes": [_axis(book.city.units, terms, given, p) for p in ("x_", "y_")] if is_sweep else [],
    }  # fmt: skip
    status = 422 if faults else 200
    return render(request, "government/sandbox_form.html", context, status=status)


def _counties(terms: list[TermText], given: Mapping[str, str]) -> dict[str, Any]:
    """县区一张表：one row a county, the columns of all its parameters."""
    if not terms:
        return {}
    heads = [(t, rest, title) for t in terms for rest, title in t.heads]
    cells = zip(*([cells for _, cells in t.rows] for t in terms), strict=True)
    labels = [label for label, _ in terms[0].rows]
    whole = [
        {"name": column_name(t.param.id, rest), "title": f"{t.param.name} {title}",
         "typed": given.get(column_name(t.param.id, rest), "")}
        for t, rest, title in heads
    ]  # fmt: skip
    return {
        "terms": terms,
        "heads": [(t, title) for t, _, title in heads],
        "rows": [
            (label, [(t, c) for t, of in zip(terms, row, strict=True) for c in of])
            for label, row in zip(labels, cells, strict=True)
        ],
        "whole": whole if len(labels) > 1 else [],
    }


def _axis(
    units: Any, terms: list[TermText], given: Mapping[str, str], prefix: str
) -> dict[str, Any]:
    """一条轴的选项。"""
    params: list[tuple[str, str]] = []
    for term in terms:
        name = term.param.name
        if len(term.heads) > 1:
            params.append((f"{term.param.id}|", f"{name}：全部（{term.unit}）"))
        params += [
            (f"{term.param.id}|{rest}", f"{name}{'：' + title if rest else ''}（{term.unit}）")
            for rest, title in term.heads
        ]
    first = next((t for t in terms if t.has_county), None)
    counties = [(cells[0].key[0], name) for name, cells in first.rows] if first else []
    return {
        "prefix": prefix,
        "title": "第一条轴" if prefix == "x_" else "第二条轴（选填）",
        "params": options(params, given.get(f"{prefix}param", "")),
        "counties": options(counties, given.get(f"{prefix}county", "")),
        "needed": prefix == "x_",
        **{part: given.get(f"{prefix}{part}", "") for part in ("first", "last", "step")},
    }
