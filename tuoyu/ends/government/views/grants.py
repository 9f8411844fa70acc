"""奖补申请：the list, one application with its lines and papers, and the moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Actor, Request, page
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import clock_of
from tuoyu.domains.checks.selectors import open_hits
from tuoyu.domains.grants import selectors, services, showing
from tuoyu.domains.grants.authority import authority_of
from tuoyu.domains.grants.catalogue import GRANT
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import offered, programme_of
from tuoyu.domains.grants.rules import read_yuan
from tuoyu.domains.grants.states import CITY, CITY_REVIEW, COUNTY, FINANCE, PAID, SECOND
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Rule
from tuoyu.domains.regions.selectors import list_units_in, unit_names
from tuoyu.ends.government.paging import SIZES, options, page_of
from tuoyu.ui.words import yuan

VIEW = "gov:grant:view"
REVIEW, APPROVE = "grant:application:review", "grant:application:approve"
CHECK = "grant:application:finance"


def month_title(month: date) -> str:
    """2025 年 6 月。"""
    return f"{month.year} 年 {month.month} 月"


@page(VIEW, title="奖补申请")
def listing(request: Request) -> HttpResponse:
    """申请名单。"""
    scope, book, asked = request.actor.scope, current_book(), request.GET
    programme, state = asked.get("programme", ""), asked.get("state", "")
    county = asked.get("county", "")
    cases = selectors.list_cases(scope, programme=programme, state=state, county=county)
    listed = page_of(request, cases)
    names = unit_names()
    units = [(u.code, u.name) for u in list_units_in(scope)]
    counts = selectors.count_states(scope)
    context = {
        "page_title": "奖补申请",
        "programmes": options([(p.rule, book.rule(p.rule).name) for p in offered(book)], programme),
        "states": options([(k, s.title) for k, s in GRANT.states.items()], state),
        "units": options(units, county) if len(units) > 1 else [],
        "is_filtered": bool(programme or state or county),
        "listed": listed,
        "sizes": SIZES,
        "rows": [_row(r, names) for r in selectors.with_applications(scope, list(listed))],
        "facts": _counted(counts, selectors.sum_paid(scope)),
        "waiting": counts.get(CITY, 0) if request.actor.may(APPROVE) else 0,
        "to_check": counts.get(FINANCE, 0) if request.actor.may(CHECK) else 0,
        "is_draft": book.pack.is_draft,
        "may_school": request.actor.may("grant:school:enter"),
        "may_name": request.actor.may(APPROVE),
    }
    return render(request, "government/grants.html", context)


def _counted(counts: dict[str, int], paid_fen: int) -> list[dict[str, str]]:
    review = counts.get(COUNTY, 0) + counts.get(CITY_REVIEW, 0)
    approve = counts.get(CITY, 0) + counts.get(SECOND, 0)
    rows = [
        ("待审核", str(review), "份"),
        ("待审批", str(approve), "份"),
        ("待财政复核", str(counts.get(FINANCE, 0)), "份"),
        ("公示中", str(counts.get("notice", 0)), "份"),
        ("已到账", yuan(paid_fen), "元"),
    ]
    return [{"name": n, "text": t, "note": u} for n, t, u in rows]


def _row(row: selectors.Listed, names: dict[str, str]) -> dict[str, Any]:
    state = row.case.state_of
    left = clock_of(row.case, clock.now()) if state.is_open else None
    return {
        "grant": row.application,
        "rule": row.rule,
        "month": month_title(row.application.month),
        "unit": names.get(row.application.region_code, "市级"),
        "state": state,
        "clock": left,
        "share": left.share_permille // 10 if left else 0,
    }


@page(VIEW, title="奖补申请")
def detail(request: Request, grant_id: int) -> HttpResponse:
    """一份申请。"""
    found = selectors.access_application(request.actor.scope, grant_id)
    return render(request, "government/grant.html", _detail(request, found))


def _detail(request: Request, found: Application) -> dict[str, Any]:
    scope, actor, book = request.actor.scope, request.actor, current_book()
    case = selectors.access_case(scope, found)
    steps = showing.list_steps(case)
    rule, programme = book.rule(found.programme), programme_of(found.programme)
    facts = selectors.facts_of(found, clock.today())
    items = selectors.list_items(found)
    returned, marks = showing.last_marks(steps)
    money = "待定" if found.amount_fen is None else f"{yuan(found.amount_fen)} 元"
    groups = showing.group_items(items, found.programme)
    hits = open_hits(found.institution_id, found.month) if found.institution_id else []
    return {
        "page_title": found.applicant_name,
        "crumbs": [{"title": "奖补申请", "url": reverse("government:grants")}],
        "grant": found,
        "rule": rule,
        "programme": programme,
        "case": case,
        "state": case.state_of,
        "month_title": month_title(found.month),
        "clause": f"{book.pack.document.number} {rule.cite.at}",
        "clause_text": book.clauses[rule.cite.at].gist,
        "facts": _facts(found, rule),
        "steps": showing.timeline(case, steps),
        "groups": [{"g": g, "mark": marks.get(f"item:{g.once}", "")} for g in groups],
        "papers": selectors.list_papers(found, facts, marks),
        "returned": returned,
        "hits": hits,
        "object": f"{found.applicant_name} {rule.name} · {month_title(found.month)} · {money}",
        "first": found.corrects,
        "authority": authority_of(found.programme),
        "second": services.needs_second(found),
        **_allowed(case, actor, found),
        **_assessing(case, actor, found, rule),
    }


def _allowed(case: Case, actor: Actor, found: Application) -> dict[str, Any]:
    """按钮：what this person may do in this state."""
    mine = case.state_of.is_open and actor.may(case.state_of.owner)
    reviewing = mine and case.state in (COUNTY, CITY_REVIEW)
    approving = mine and case.state in (CITY, SECOND)
    checking = mine and case.state == FINANCE
    paid = case.state == PAID and not found.is_correction
    change = services.find_change(found, clock.now()) if paid else None
    acting = actor.may(REVIEW) or actor.may(APPROVE)
    return {
        "may_accept": reviewing,
        "may_approve": approving,
        "may_check": checking,
        "may_return": reviewing or approving or checking,
        "may_refuse": mine and case.state in (COUNTY, CITY_REVIEW, CITY, FINANCE),
        "change": change if change is not None and change.delta_fen else None,
        "may_claw": change is not None and change.delta_fen < 0 and acting,
        "second_step": case.state == SECOND,
    }


def _assessing(case: Case, actor: Actor, found: Application, rule: Rule) -> dict[str, Any]:
    """核定：which inputs the reviewer gives here."""
    here = case.state in (COUNTY, CITY_REVIEW) and actor.may(case.state_of.owner)
    programme = programme_of(found.programme)
    limit = next((i.limit_fen for i in found.items.all() if i.limit_fen is not None), None)
    floor = _floor(rule) if limit is None else None
    return {
        "may_assess": here,
        "asks_sum": here and "approved_fen" in programme.reviewer,
        "asks_eligible": here and "eligible" in programme.reviewer,
        "limit_fen": limit,
        "floor_fen": floor,
    }


def _floor(rule: Rule) -> int | None:
    """下限，where the pack has one for this rule."""
    book = current_book()
    floors = [book.params[n] for n in rule.params if book.params[n].kind == "floor"]
    cells = [cell.value for param in floors for cell in param.cells.values()]
    return min(cells) if cells else None


def _facts(found: Application, rule: Rule) -> list[dict[str, str]]:
    """概要条。"""
    amount = "待定" if found.amount_fen is None else yuan(found.amount_fen)
    rows = [
        {"name": "应付（元）", "text": amount, "note": ""},
        {"name": "项数", "text": str(found.lines), "note": f"待定 {found.undetermined_lines}"},
        {"name": "收款方", "text": _payee(found), "note": ""},
    ]
    if any(i.id == "approved_fen" for i in rule.inputs):
        each = "待核定" if found.approved_fen is None else yuan(found.approved_fen)
        unit = programme_of(found.programme).unit
        rows.append({"name": f"{unit}核定（元）", "text": each, "note": ""})
    return rows


def _payee(found: Application) -> str:
    kinds = {"institution": "申报机构", "person": "从业人员", "school": "学校"}
    return kinds.get(found.payee_kind, found.payee_kind)


@page(VIEW, title="怎么算的", sensitive=True, log="查看奖补怎么算")
def item(request: Request, grant_id: int, grant_item_id: int) -> HttpResponse:
    """怎么算的：in the drawer, or with its application as a page of its own."""
    found = selectors.access_application(request.actor.scope, grant_id)
    told = showing.explain_item(request.actor.scope, found, grant_item_id)
    if told.item.subject_kind == "child" and told.item.subject_id:
        request.audit_persons = [told.item.subject_id]
    context: dict[str, Any] = {"e": told, "grant": found}
    context["who"] = f"{told.item.label} · {month_title(found.month)}"
    if request.headers.get("HX-Request"):
        return render(request, "government/grant_item.html", context)
    context = _detail(request, found) | context
    return render(request, "government/grant.html", context)


def _moved(request: Request, grant_id: int, case: Case) -> HttpResponse:
    request.audit_note = case.title
    messages.success(request, f"已办：{case.title}，现为「{case.state_of.title}」")
    return redirect("government:grant", grant_id)


@page(VIEW, title="核定金额", log="核定奖补金额", methods=("POST",))
def assess(request: Request, grant_id: int) -> HttpResponse:
    """核定并重算。"""
    given: dict[str, int] = {}
    approved = read_yuan(request.POST.get("approved", ""), "核定金额")
    if approved is not None:
        given["approved_fen"] = approved
    if request.POST.get("eligible") in ("yes", "no"):
        given["eligible"] = request.POST["eligible"] == "yes"
    found = services.assess(
        application_id=grant_id,
        given=given,
        basis=request.POST.get("basis", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = found.applicant_name
    told = "仍有待定" if found.amount_fen is None else f"合计 {yuan(found.amount_fen)} 元"
    messages.success(request, f"已按今天所知重算，{told}")
    return redirect("government:grant", grant_id)


@page(VIEW, title="审核通过", log="审核奖补申请", methods=("POST",))
def accept(request: Request, grant_id: int) -> HttpResponse:
    """审核通过（县级，或市级落实的项目由市级）。"""
    case = services.accept(
        application_id=grant_id,
        by=request.actor,
        at=clock.now(),
        opinion=request.POST.get("reason", ""),
    )
    return _moved(request, grant_id, case)


@page(APPROVE, title="市级审批", log="审批奖补申请", methods=("POST",))
def approve(request: Request, grant_id: int) -> HttpResponse:
    """市级审批或复批。"""
    case = services.approve(
        application_id=grant_id,
        by=request.actor,
        at=clock.now(),
        opinion=request.POST.get("reason", ""),
    )
    return _moved(request, grant_id, case)


@page(CHECK, title="财政复核", log="复核奖补申请", methods=("POST",))
def check(request: Request, grant_id: int) -> HttpResponse:
    """财政复核并公示。"""
    case = services.check(
        application_id=grant_id,
        by=request.actor,
        at=clock.now(),
        opinion=request.POST.get("reason", ""),
    )
    return _moved(request, grant_id, case)


@page(VIEW, title="不予奖补", log="不予奖补", methods=("POST",))
def refuse(request: Request, grant_id: int) -> HttpResponse:
    """不予奖补。"""
    case = services.refuse(
        application_id=grant_id,
        by=request.actor,
        at=clock.now(),
        opinion=request.POST.get("reason", ""),
    )
    return _moved(request, grant_id, case)


@page(VIEW, title="退回", log="退回奖补申请", methods=("GET", "POST"))
def send_back(request: Request, grant_id: int) -> HttpResponse:
    """退回，逐处写明哪里不符。"""
    found = selectors.access_application(request.actor.scope, grant_id)
    if request.method == "POST":
        marks = {
            name.removeprefix("mark-"): str(text).strip()[:100]
            for name, text in request.POST.items()
            if name.startswith("mark-") and str(text).strip()
        }
        case = services.send_back(
            application_id=grant_id,
            by=request.actor,
            at=clock.now(),
            opinion=request.POST.get("opinion", ""),
            marks=marks,
        )
        return _moved(request, grant_id, case)
    facts = selectors.facts_of(found, clock.today())
    crumb = {"title": found.applicant_name, "url": reverse("government:grant", args=[grant_id])}
    context = {
        "page_title": "退回",
        "crumbs": [{"title": "奖补申请", "url": reverse("government:grants")}, crumb],
        "grant": found,
        "papers": selectors.list_papers(found, facts),
        "groups": showing.group_items(selectors.list_items(found), found.programme),
    }
    return render(request, "government/grant_return.html", context)


@page(APPROVE, title="批量审批", log="批量审批奖补", methods=("POST",))
def approve_all(request: Request) -> HttpResponse:
    """一次意见批准全部低风险申请。"""
    done = services.approve_low_risk(
        by=request.actor,
        at=clock.now(),
        opinion=request.POST.get("reason", ""),
        programme=request.POST.get("programme", ""),
    )
    request.audit_note = f"通过 {done.done} 份，留下 {done.held} 份"
    text = f"已批准 {done.done} 份申请"
    if done.held:
        text += f"；{done.held} 份不是低风险项目或超过权限，须逐份审批"
    messages.success(request, text)
    return redirect("government:grants")


@page(VIEW, title="认定追回", log="认定奖补追回", methods=("POST",))
def claw_back(request: Request, grant_id: int) -> HttpResponse:
    """认定应收回。"""
    fen = services.claw_back(
        application_id=grant_id,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"追回 {yuan(fen)} 元"
    messages.success(request, f"已认定追回 {yuan(fen)} 元，由资金岗收回或抵扣")
    return redirect("government:grant", grant_id)
