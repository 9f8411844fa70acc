"""认定与评定：the county's first review, the city's decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.files.download import attachment
from tuoyu.core.files.services import open_file
from tuoyu.domains.quality import rules, selectors, services
from tuoyu.domains.quality.catalogue import TYPES
from tuoyu.domains.quality.models import Application, Kind, Panel
from tuoyu.domains.quality.progress import progress
from tuoyu.domains.quality.standard import dimensions_of, level_title, standard
from tuoyu.domains.quality.states import (
    COUNTY,
    DECIDE,
    DECIDE_BY,
    DRAFT,
    DRAW,
    ENTER,
    PANEL,
    REVIEW,
    SCORING,
    STAR,
)
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.government.paging import SIZES, options, page_of

VIEW = "quality:application:view"


@page(VIEW, title="认定评定")
def listing(request: Request) -> HttpResponse:
    """申请名单。"""
    get = request.GET.get
    kind, state, text = get("kind", ""), get("state", ""), get("q", "")[:60]
    rows = selectors.list_applications(request.actor.scope, kind, state, text)
    listed = page_of(request, rows)
    names = unit_names()
    states = [(code, s.title) for code, s in TYPES[STAR].states.items()]
    context = {
        "page_title": "认定与评定",
        "listed": listed,
        "sizes": SIZES,
        "text": text,
        "kinds": options([("", "全部"), *Kind.choices], kind),
        "states": options([("", "全部"), ("open", "在办"), *states], state),
        "rows": [
            (
                a,
                names.get(a.institution.unit_code, ""),
                rules.show_tenths(a.total_tenths),
                *_state(a),
            )
            for a in listed
        ],
        "may_set": request.actor.may("quality:scheme:set"),
        "may_experts": request.actor.may("quality:expert:manage"),
    }
    return render(request, "government/quality.html", context)


def _state(a: Application) -> tuple[str, str, str]:
    found = TYPES[a.kind].states[getattr(a, "case_state", DRAFT)]
    return level_title(a.wanted), found.title, found.tone


@page(VIEW, title="认定评定申请")
def detail(request: Request, quality_id: int) -> HttpResponse:
    """一件申请。"""
    found = selectors.access_application(request.actor.scope, quality_id)
    return render(request, "government/quality_of.html", _context(request, found))


def _context(request: Request, a: Application) -> dict[str, Any]:
    case = selectors.access_case(request.actor.scope, a)
    panel = selectors.find_panel(a.pk) if a.kind == STAR else None
    scheme = a.scheme or selectors.scheme_on(a.kind, clock.today())
    why = services.why_not(a, clock.now()) if case.state == DECIDE else ""
    return {
        "page_title": f"{a.institution.name}申请{level_title(a.wanted)}",
        "crumbs": [{"title": "认定与评定", "url": reverse("government:quality")}],
        "a": a,
        "star": a.kind == STAR,
        "state": case.state_of,
        "steps": progress(case, selectors.list_steps(case)),
        "facts": _facts(a, scheme),
        "lines": _lines(a),
        "standard": standard(),
        "scheme": scheme,
        "why": why,
        "award": selectors.award_of(a),
        **_panel(panel),
        **_may(request, case, a, panel, why),
    }


def _facts(a: Application, scheme: Any) -> list[dict[str, str]]:
    if a.kind != STAR:
        valid = f"{scheme.valid_months} 个月" if scheme else "待定"
        return [
            {"name": "申请", "text": "普惠认定", "note": ""},
            {
                "name": "有效期",
                "text": valid,
                "note": "" if scheme else "细则未登记",
            },
        ]
    level = "待定" if a.level is None else level_title(a.level)
    line = scheme.cutoffs.get(a.wanted) if scheme else None
    return [
        {"name": "申请等级", "text": level_title(a.wanted), "note": ""},
        {"name": "分数线", "text": "待定" if line is None else rules.show_tenths(line),
         "note": "" if scheme else "细则未登记"},
        {"name": "评审总分", "text": rules.show_tenths(a.total_tenths), "note": "/ 1000"},
        {"name": "评定等级", "text": level, "note": "一票否决" if a.is_vetoed else ""},
    ]  # fmt: skip


def _lines(a: Application) -> list[dict[str, Any]]:
    items = selectors.list_items(a)
    out = []
    for d in dimensions_of(a.kind):
        item = items.get(d.id)
        got = a.by_dimension.get(d.id)
        out.append(
            {
                "d": d,
                "item": item,
                "score": rules.show_tenths(item.tenths if item else None),
                "got": rules.show_tenths(got),
                "met": bool(item and item.is_met),
            }
        )
    return out


def _panel(panel: Panel | None) -> dict[str, Any]:
    if panel is None:
        return {"panel": None, "members": [], "sitting": 0}
    members = selectors.list_members(panel)
    rows = [(m, rules.show_tenths(sum(s.tenths for s in m.scores.all()))) for m in members]
    return {
        "panel": panel,
        "members": rows,
        "sitting": sum(m.entered_at is not None for m in members),
        "may_draw_today": clock.today() > clock.day_of(panel.committed_at),
    }


def _may(
    request: Request, case: Case, a: Application, panel: Panel | None, why: str
) -> dict[str, bool]:
    may, state = request.actor.may, case.state
    return {
        "may_review": state == COUNTY and may(REVIEW),
        "may_commit": state == PANEL and panel is None and may(DRAW),
        "may_draw": state == PANEL and panel is not None and may(DRAW),
        "may_enter": state == SCORING and may(ENTER),
        "may_decide": state == DECIDE and may(DECIDE_BY),
        "may_pass": state == DECIDE and may(DECIDE_BY) and not why,
    }


def _answer(request: Request, a: Application, text: str) -> HttpResponse:
    request.audit_note = f"{a.get_kind_display()} {a.pk}"
    messages.success(request, text)
    return redirect("government:quality_of", a.pk)


@page(REVIEW, title="初审通过", log="认定评定初审通过", methods=("POST",))
def accept(request: Request, quality_id: int) -> HttpResponse:
    """初审通过。"""
    done = services.accept(
        application_id=quality_id,
        opinion=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    return _answer(request, done, "初审通过，已送市级")


@page(REVIEW, title="退回补正", log="认定评定退回补正", methods=("POST",))
def send_back(request: Request, quality_id: int) -> HttpResponse:
    """退回补正：the items to be mended are ticked."""
    done = services.send_back(
        application_id=quality_id,
        opinion=request.POST.get("reason", ""),
        marks=request.POST.getlist("item"),
        by=request.actor,
        at=clock.now(),
    )
    return _answer(request, done, "已退回机构补正")


@page(VIEW, title="不予通过", log="认定评定不予通过", methods=("POST",))
def refuse(request: Request, quality_id: int) -> HttpResponse:
    """不通过：whoever holds the present step."""
    if not (request.actor.may(REVIEW) or request.actor.may(DECIDE_BY)):
        raise NotFound
    done = services.refuse(
        application_id=quality_id,
        opinion=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    return _answer(request, done, "已办结：未通过")


@page(DECIDE_BY, title="复评通过", log="认定评定复评通过并公示", methods=("POST",))
def decide(request: Request, quality_id: int) -> HttpResponse:
    """复评通过并公示。"""
    done = services.decide(
        application_id=quality_id,
        document_no=request.POST.get("document_no", "")[:60],
        opinion=request.POST.get("opinion", "")[:400],
        by=request.actor,
        at=clock.now(),
    )
    return _answer(request, done, "已通过并发布公示，期满无异议自动授牌")


@page(VIEW, title="下载佐证", log="下载佐证", sensitive=True)
def evidence(request: Request, quality_id: int, dimension: str) -> HttpResponse:
    """下载一项的佐证。"""
    found = selectors.access_application(request.actor.scope, quality_id)
    item = selectors.list_items(found).get(dimension)
    if item is None or item.file_id is None:
        raise NotFound
    stored, body = open_file(request.actor.scope, item.file_id)
    return attachment(stored, body)
