"""奖补申报：what may be applied for, one application from draft to payment."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.core.files.contents import ACCEPT
from tuoyu.core.files.download import attachment
from tuoyu.core.files.services import open_file
from tuoyu.core.periods import month_of, month_start
from tuoyu.domains.grants import selectors, services, showing
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.grants.rules import read_yuan
from tuoyu.domains.grants.sheet import children_in, sheet_of
from tuoyu.domains.grants.states import CITY_REVIEW, COUNTY, DRAFT, PAID
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Rule
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.institution.shell import own
from tuoyu.ui.words import yuan

VIEW, APPLY = "inst:grant:view", "inst:grant:apply"


def month_title(month: date) -> str:
    """2025 年 6 月。"""
    return f"{month.year} 年 {month.month} 月"


@page(VIEW, title="奖补申报")
def listing(request: Request) -> HttpResponse:
    """可申报的项目与本机构的申请。"""
    offers = selectors.list_offers(own(request), clock.today())
    context = {
        "page_title": "奖补申报",
        "offers": [_offer(o) for o in offers if o.may or o.simulated],
        "others": [_offer(o) for o in offers if not (o.may or o.simulated)],
        "is_draft": current_book().pack.is_draft,
        "document": current_book().pack.document,
        "rows": [
            {"row": r, "month": month_title(r.application.month), "state": r.case.state_of}
            for r in selectors.list_of_applicant(request.actor.scope)
        ],
        "may_apply": request.actor.may(APPLY),
    }
    return render(request, "institution/grants.html", context)


def _offer(offer: selectors.Offer) -> dict[str, Any]:
    return {"offer": offer, "sum": _sum_words(offer)}


def _sum_words(offer: selectors.Offer) -> str:
    if not offer.lines:
        return "—"
    return "待定" if offer.amount_fen is None else yuan(offer.amount_fen)


@page(APPLY, title="起草申请", log="起草奖补申请", methods=("GET", "POST"))
def new(request: Request, rule: str) -> HttpResponse:
    """先看测算，再起草。"""
    inst, today = own(request), clock.today()
    asked = _month(request.POST.get("month") or request.GET.get("month"))
    if request.method == "POST":
        made = services.draft(
            rule=rule,
            institution_id=inst.pk,
            month=asked,
            pick=request.POST.get("pick", ""),
            by=request.actor,
            at=clock.now(),
        )
        request.audit_note = made.applicant_name
        messages.success(request, "已起草，补齐材料后即可申报")
        return redirect("institution:grant", made.pk)
    offer = selectors.offer_of(inst, rule, today, asked)
    context = {
        "page_title": offer.rule.name,
        "crumbs": [{"title": "奖补申报", "url": reverse("institution:grants")}],
        "offer": offer,
        "clause_text": current_book().clauses[offer.rule.cite.at].gist,
        "sum": _sum_words(offer),
        "groups": showing.group_lines(offer.lines, rule),
        "months": [(month_of(m), month_title(m)) for m in offer.months],
        "month": month_of(offer.month),
        "month_title": month_title(offer.month),
        "picks": [(str(n.subject.id), n.subject.label) for n in offer.lines]
        if offer.programme.picks
        else [],
        "papers": offer.papers,
    }
    return render(request, "institution/grant_new.html", context)


def _month(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return month_start(text)
    except ValueError as error:
        raise NotFound from error


@page(VIEW, title="奖补申请")
def detail(request: Request, grant_id: int) -> HttpResponse:
    """一份申请。"""
    found = selectors.access_application(request.actor.scope, grant_id)
    return render(request, "institution/grant.html", _detail(request, found))


def _detail(request: Request, found: Application) -> dict[str, Any]:
    scope, book = request.actor.scope, current_book()
    case = selectors.access_case(scope, found)
    steps = showing.list_steps(case)
    returned, marks = showing.last_marks(steps)
    rule, programme = book.rule(found.programme), programme_of(found.programme)
    items = selectors.list_items(found)
    is_draft = case.state == DRAFT and request.actor.may(APPLY)
    facts = selectors.facts_of(found, clock.today())
    paid = case.state == PAID and not found.is_correction
    change = services.find_change(found, clock.now()) if paid else None
    return {
        "page_title": rule.name,
        "crumbs": [{"title": "奖补申报", "url": reverse("institution:grants")}],
        "grant": found,
        "programme": programme,
        "clause": f"{book.pack.document.number} {rule.cite.at}",
        "clause_text": book.clauses[rule.cite.at].gist,
        "state": case.state_of,
        "month_title": month_title(found.month),
        "facts": _facts(found),
        "steps": showing.timeline(case, steps),
        "returned": returned,
        "marks": marks,
        "groups": [
            {"g": g, "mark": marks.get(f"item:{g.once}", "")}
            for g in showing.group_items(items, found.programme)
        ],
        "typed": [(name, _input_name(rule, name)) for name in programme.typed],
        "papers": selectors.list_papers(found, facts, marks),
        "records": programme.records if is_draft else (),
        "accept": ACCEPT,
        "is_draft": is_draft,
        "may_withdraw": case.state in (DRAFT, COUNTY, CITY_REVIEW) and request.actor.may(APPLY),
        "object": f"{rule.name} · {month_title(found.month)} · {found.lines} 项",
        "change": change if change is not None and change.delta_fen else None,
        "first": found.corrects,
    }


def _input_name(rule: Rule, name: str) -> str:
    return next(i.name for i in rule.inputs if i.id == name)


def _facts(found: Application) -> list[dict[str, str]]:
    """概要条。"""
    amount = "待定" if found.amount_fen is None else yuan(found.amount_fen)
    each = "待核定" if found.approved_fen is None else yuan(found.approved_fen)
    rows = [
        {"name": "应付（元）", "text": amount, "note": ""},
        {"name": "项数", "text": str(found.lines), "note": ""},
        {"name": "待定", "text": str(found.undetermined_lines), "note": "项"},
    ]
    if "approved_fen" in programme_of(found.programme).reviewer:
        unit = programme_of(found.programme).unit
        rows.append({"name": f"{unit}核定（元）", "text": each, "note": found.basis[:20]})
    return rows


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
        return render(request, "institution/grant_item.html", context)
    context = _detail(request, found) | context
    return render(request, "institution/grant.html", context)


def _acted(request: Request, grant_id: int, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("institution:grant", grant_id)


@page(APPLY, title="申报", log="申报奖补", methods=("POST",))
def submit(request: Request, grant_id: int) -> HttpResponse:
    """申报。"""
    case = services.submit(application_id=grant_id, by=request.actor, at=clock.now())
    request.audit_note = case.title
    return _acted(request, grant_id, f"已申报，现为「{case.state_of.title}」")


@page(APPLY, title="撤回申请", log="撤回奖补申请", methods=("POST",))
def withdraw(request: Request, grant_id: int) -> HttpResponse:
    """撤回。"""
    case = services.withdraw(application_id=grant_id, by=request.actor, at=clock.now())
    request.audit_note = case.title
    return _acted(request, grant_id, "已撤回；所占托位与事项可以另行申报")


@page(APPLY, title="重新测算", log="重新测算奖补", methods=("POST",))
def recompute(request: Request, grant_id: int) -> HttpResponse:
    """按现在的资料重算草稿。"""
    services.recompute(application_id=grant_id, by=request.actor, at=clock.now())
    return _acted(request, grant_id, "已按现在的资料重新测算")


@page(APPLY, title="保存填报", log="填报奖补金额", methods=("POST",))
def amounts(request: Request, grant_id: int, what: str) -> HttpResponse:
    """保存各行填报的金额。"""
    given = {
        int(name.removeprefix("fen-")): read_yuan(str(text))
        for name, text in request.POST.items()
        if name.startswith("fen-") and name.removeprefix("fen-").isdigit()
    }
    services.type_amounts(
        application_id=grant_id, name=what, amounts=given, by=request.actor, at=clock.now()
    )
    return _acted(request, grant_id, "已保存并重新测算")


@page(APPLY, title="上传材料", log="上传奖补材料", methods=("POST",))
def evidence_add(request: Request, grant_id: int) -> HttpResponse:
    """上传一项材料。"""
    selectors.access_application(request.actor.scope, grant_id)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, "还没有选择文件，请选择照片或 PDF 后再上传")
        return redirect("institution:grant", grant_id)
    made = services.add_evidence(
        application_id=grant_id,
        code=request.POST.get("code", ""),
        upload=upload,
        by=request.actor,
        at=clock.now(),
    )
    return _acted(request, grant_id, f"已上传 {made.name}")


@page(VIEW, title="申报材料", log="下载申报材料", sensitive=True)
def evidence(request: Request, grant_id: int, grant_evidence_id: int) -> HttpResponse:
    """下载一项材料。"""
    scope = request.actor.scope
    found = selectors.access_application(scope, grant_id)
    row = selectors.access_evidence(scope, found, grant_evidence_id)
    return attachment(*open_file(scope, row.file_id))


@page(APPLY, title="申请补差", log="申请奖补补差", methods=("POST",))
def supplement(request: Request, grant_id: int) -> HttpResponse:
    """补差申请。"""
    made = services.supplement(application_id=grant_id, by=request.actor, at=clock.now())
    return _acted(request, made.pk, "已起草补差申请，核对后申报")


@page(VIEW, title="申请表", log="打印奖补申请表", sensitive=True)
def printed(request: Request, grant_id: int) -> HttpResponse:
    """申请表（A4），与审核部门看到的相同。"""
    scope = request.actor.scope
    found = selectors.access_application(scope, grant_id)
    request.audit_note, request.audit_persons = found.applicant_name, children_in(found)
    told = sheet_of(scope, found)
    context = {
        "page_title": "申请表",
        "print_title": f"{told.title}申请表",
        "print_no": told.number,
        "print_region": unit_names().get(found.region_code, request.actor.region_name),
        "print_period": told.month,
        "print_unit": "元",
        "portrait": True,
        "sheet": told,
        "receipt": told.number,
        "back_url": reverse("institution:grant", args=[grant_id]),
    }
    return render(request, "institution/grant_print.html", context)
