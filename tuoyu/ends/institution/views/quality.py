"""认定与评定：self-score with evidence, progress, plaques, and the answer to a withdrawal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.contents import ACCEPT
from tuoyu.core.files.download import attachment
from tuoyu.core.files.services import open_file
from tuoyu.domains.quality import rules, selectors, services
from tuoyu.domains.quality.models import Application, Award, SelfItem
from tuoyu.domains.quality.progress import progress
from tuoyu.domains.quality.services import Given
from tuoyu.domains.quality.standard import (
    Dimension,
    dimensions_of,
    level_title,
    standard,
    star_levels,
)
from tuoyu.domains.quality.states import APPLY, DRAFT, INCLUSIVE, STAR, STATEMENT

STATES = {
    "valid": ("有效", "ok"), "waiting": ("未到起始日", "info"),
    "expired": ("已到期", ""), "withdrawn": ("已摘牌", "danger"),
}  # fmt: skip


@page(APPLY, title="认定评定")
def listing(request: Request) -> HttpResponse:
    """本机构的申请和牌照。"""
    scope, today = request.actor.scope, clock.today()
    rows = [(a, *_state(a)) for a in selectors.list_applications(scope)[:60]]
    context = {
        "page_title": "认定与评定",
        "rows": rows,
        "awards": [(a, *_plaque(a)) for a in selectors.list_awards(scope)],
        "withdrawals": selectors.waiting_withdrawals(scope),
        "levels": star_levels(),
        "schemes": [
            (title, selectors.scheme_on(kind, today))
            for kind, title in ((STAR, "星级评定"), (INCLUSIVE, "普惠认定"))
        ],
    }
    return render(request, "institution/quality.html", context)


def _state(a: Application) -> tuple[str, str, str]:
    from tuoyu.domains.quality.catalogue import TYPES

    found = TYPES[a.kind].states[getattr(a, "case_state", DRAFT)]
    return level_title(a.wanted), found.title, found.tone


def _plaque(a: Award) -> tuple[str, str, str]:
    return level_title(a.level), *STATES[a.state_on(clock.today())]


@page(APPLY, title="发起认定评定", log="发起认定评定", methods=("POST",))
def start(request: Request) -> HttpResponse:
    """发起。"""
    made = services.start(
        kind=request.POST.get("kind", ""),
        institution_id=request.actor.institution_id,
        wanted=request.POST.get("wanted", ""),
        by=request.actor,
        at=clock.now(),
    )
    messages.success(request, "已开出申请，平台上已有的事实已附上，请填写自评后提交")
    return redirect("institution:quality_of", made.pk)


@page(APPLY, title="申请", methods=("GET", "POST"), log="保存自评")
def detail(request: Request, quality_id: int) -> HttpResponse:
    """一件申请；a draft can be filled in, saved and sent."""
    found = selectors.access_application(request.actor.scope, quality_id)
    if request.method == "GET":
        return _detail(request, found, {}, "")
    typed = _typed(request, found)
    try:
        services.save(application_id=found.pk, given=typed, by=request.actor, at=clock.now())
        if "send" not in request.POST:
            messages.success(request, "自评已保存，尚未提交")
            return redirect("institution:quality_of", found.pk)
        services.submit(application_id=found.pk, by=request.actor, at=clock.now())
    except NotFound:
        raise
    except DomainError as error:
        return _detail(request, found, {g.dimension: g for g in typed}, error.text)
    request.audit_note = "提交"
    messages.success(request, "已提交，等县级初审")
    return redirect("institution:quality_of", found.pk)


def _typed(request: Request, a: Application) -> list[Given]:
    return [
        Given(
            d.id,
            score=request.POST.get(f"score-{d.id}", ""),
            is_met=True if request.POST.get(f"met-{d.id}") else None,
            basis=request.POST.get(f"basis-{d.id}", ""),
            upload=request.FILES.get(f"file-{d.id}"),
        )
        for d in dimensions_of(a.kind)
    ]


def _detail(request: Request, a: Application, typed: dict[str, Given], fault: str) -> HttpResponse:
    case = selectors.access_case(request.actor.scope, a)
    steps = selectors.list_steps(case)
    items = selectors.list_items(a)
    last = steps[-1] if steps else None
    marked = set(last.marks.get("items", [])) if last is not None and case.state == DRAFT else set()
    star = a.kind == STAR
    context: dict[str, Any] = {
        "page_title": f"申请{level_title(a.wanted)}",
        "crumbs": [{"title": "认定与评定", "url": reverse("institution:quality")}],
        "a": a,
        "star": star,
        "state": case.state_of,
        "steps": progress(case, steps),
        "is_draft": case.state == DRAFT,
        "returned": last if marked else None,
        "lines": [_line(d, items.get(d.id), typed.get(d.id), d.id in marked, a) for d in
                  dimensions_of(a.kind)],
        "total": _total(items) if star else "",
        "standard": standard(),
        "accept": ACCEPT,
        "most": rules.MOST_BASIS,
        "fault": fault,
        "award": selectors.award_of(a),
    }  # fmt: skip
    response = render(request, "institution/quality_of.html", context)
    response.status_code = 422 if fault else 200
    return response


def _line(
    d: Dimension, item: SelfItem | None, typed: Given | None, marked: bool, a: Application
) -> dict[str, Any]:
    kept = item.tenths if item else None
    score = typed.score if typed else ("" if kept is None else rules.show_tenths(kept))
    got = a.by_dimension.get(d.id)
    return {
        "d": d,
        "item": item,
        "marked": marked,
        "score": score,
        "shown": rules.show_tenths(kept),
        "basis": typed.basis if typed else (item.basis if item else ""),
        "met": bool(typed.is_met) if typed else bool(item and item.is_met),
        "facts": item.facts if item else [],
        "got": rules.show_tenths(got) if got is not None else "",
    }


def _total(items: dict[str, SelfItem]) -> str:
    found = [i.tenths for i in items.values()]
    if any(t is None for t in found):
        return "—"
    return rules.show_tenths(sum(t or 0 for t in found))


@page(APPLY, title="撤回申请", log="撤回认定评定申请", methods=("POST",))
def retract(request: Request, quality_id: int) -> HttpResponse:
    """撤回。"""
    services.retract(application_id=quality_id, by=request.actor, at=clock.now())
    messages.success(request, "申请已撤回")
    return redirect("institution:quality")


@page(APPLY, title="下载佐证", log="下载佐证", sensitive=True)
def evidence(request: Request, quality_id: int, dimension: str) -> HttpResponse:
    """下载一项的佐证。"""
    found = selectors.access_application(request.actor.scope, quality_id)
    item = selectors.list_items(found).get(dimension)
    if item is None or item.file_id is None:
        raise NotFound
    stored, body = open_file(request.actor.scope, item.file_id)
    return attachment(stored, body)


@page(APPLY, title="拟摘牌告知", log="陈述申辩", methods=("GET", "POST"))
def withdrawal(request: Request, withdrawal_id: int) -> HttpResponse:
    """陈述申辩。"""
    found = selectors.access_withdrawal(request.actor.scope, withdrawal_id)
    case = selectors.access_withdrawal_case(request.actor.scope, found)
    fault = ""
    if request.method == "POST":
        try:
            services.make_statement(
                withdrawal_id=found.pk,
                text=request.POST.get("text", ""),
                wants_hearing=bool(request.POST.get("hearing")),
                by=request.actor,
                at=clock.now(),
            )
            messages.success(request, "陈述已提交，将由另一位工作人员决定")
            return redirect("institution:withdrawal", found.pk)
        except NotFound:
            raise
        except DomainError as error:
            fault = error.text
    context = {
        "page_title": "拟摘牌告知",
        "crumbs": [{"title": "认定与评定", "url": reverse("institution:quality")}],
        "w": found,
        "title": level_title(found.award.level),
        "state": case.state_of,
        "due": case.due_at if case.state == STATEMENT else None,
        "steps": progress(case, selectors.list_steps(case)),
        "may_state": case.state == STATEMENT,
        "text": request.POST.get("text", ""),
        "fault": fault,
    }
    response = render(request, "institution/withdrawal.html", context)
    response.status_code = 422 if fault else 200
    return response
