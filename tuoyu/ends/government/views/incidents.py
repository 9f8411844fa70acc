"""严重伤害：what institutions reported, with the county's own clock; received, followed, closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError
from tuoyu.domains.incidents import rules, services
from tuoyu.domains.incidents.models import Grade, Kind
from tuoyu.domains.incidents.selectors import incidents as selectors
from tuoyu.domains.incidents.states import (
    GOV_CLOCK,
    GOV_HANDLE,
    GOV_VIEW,
    HANDLING,
    RECEIVE,
)
from tuoyu.domains.institutions.models import Institution
from tuoyu.ui import words


@page(GOV_VIEW, title="严重伤害")
def listing(request: Request) -> HttpResponse:
    """上报各件，没办结的在前。"""
    now = clock.now()
    found = selectors.list_cases(request.actor.scope)
    names = _institutions([c.institution_id for c in found if c.institution_id])
    limit = selectors.clock_on(request.actor.region_code, now)
    context = {
        "page_title": "严重伤害",
        "rows": [
            {
                "case": c,
                "name": names.get(c.institution_id or 0, "—"),
                "state": c.state_of,
                "clock": clock_of(c, now) if c.closed_at is None else None,
            }
            for c in found
        ],
        "limit": limit,
        "may_set": request.actor.may(GOV_CLOCK),
    }
    return render(request, "government/incidents.html", context)


def _institutions(ids: list[int]) -> dict[int, str]:
    rows = Institution.objects.unscoped(reason="机构信息公开").filter(pk__in=ids)
    return dict(rows.values_list("pk", "name"))


@page(GOV_VIEW, title="严重伤害", log="查看严重伤害", sensitive=True)
def detail(request: Request, incident_id: int) -> HttpResponse:
    """一件上报：the child's name is masked, the inner note of the institution stays there."""
    scope, now = request.actor.scope, clock.now()
    it = selectors.access_incident(scope, incident_id)
    request.audit_persons = [it.child_id]
    case = selectors.case_of(scope, it)
    signs = selectors.signs_of(scope, it)
    may = request.actor.may(GOV_HANDLE)
    context = {
        "page_title": f"{Kind(it.kind).label}（{Grade(it.grade).label}）",
        "crumbs": [{"title": "严重伤害", "url": reverse("government:incidents")}],
        "it": it,
        "name": _institutions([it.institution_id]).get(it.institution_id, "—"),
        "case": case,
        "state": case.state_of if case else None,
        "clock": clock_of(case, now) if case and case.closed_at is None else None,
        "facts": _facts(it),
        "marks": it.marks,
        "words": selectors.parts_words(it.marks),
        "entries": selectors.entries_of(it),
        "signs": [(str(w.label), signs.get(w)) for w in selectors.NEEDED],
        "steps": _steps(case),
        "may_receive": may and case is not None and case.state == RECEIVE,
        "may_close": may and case is not None and case.state == HANDLING,
    }
    return render(request, "government/incident.html", context)


def _facts(it: Any) -> list[dict[str, str]]:
    rows = [
        ("儿童", words.mask_name(it.child.name)),
        ("时间地点", f"{_when(it.happened_at)}，{it.place}"),
        ("部位", selectors.parts_words(it.marks)),
        ("情况", "、".join(rules.FACTS[f] for f in it.facts if f in rules.FACTS)),
        ("经过", it.what or "—"),
        ("处置", it.first_aid or "—"),
        ("电话告知家长", _when(it.called_at) if it.called_at else "还没有登记"),
    ]
    if it.grade_note:
        rows.append(("定级理由", it.grade_note))
    return [{"name": k, "text": v} for k, v in rows]


def _when(at: datetime) -> str:
    return f"{at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"


def _steps(case: Case | None) -> list[dict[str, Any]]:
    if case is None:
        return []
    return [
        {
            "state": "done",
            "title": s.label,
            "lines": [f"{s.organisation} · {s.by_name}", _when(s.at)],
            "opinion": s.opinion,
        }
        for s in case.steps.all()
    ]


@page(GOV_HANDLE, title="办理严重伤害", log="办理严重伤害", methods=("POST",))
def act(request: Request, incident_id: int) -> HttpResponse:
    """接收或办结。"""
    given: dict[str, Any] = {
        "incident_id": incident_id, "by": request.actor, "at": clock.now(),
        "opinion": request.POST.get("opinion", ""),
    }  # fmt: skip
    close = request.POST.get("act") == "close"
    case = services.close(**given) if close else services.receive(**given)
    messages.success(request, f"现为「{case.state_of.title}」")
    return redirect("government:incident", incident_id)


@page(GOV_CLOCK, title="设定上报时限", log="设定严重伤害上报时限", methods=("POST",))
def set_clock(request: Request) -> HttpResponse:
    """设定本县上报时限。"""
    text = request.POST.get("minutes", "")
    if not text.isdecimal() or len(text) > 6:
        raise DomainError("minutes", "时限应填分钟数，如 120，请改正")
    services.set_clock(
        minutes=int(text), document=request.POST.get("document", ""), by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, "已设定，此后发生的按这个时限计")
    return redirect("government:incidents")
