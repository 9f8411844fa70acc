"""投诉：what was sent straight here, what went up, and the county's own deadline."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.complaints import rules, selectors, services
from tuoyu.domains.complaints.models import Complaint
from tuoyu.domains.complaints.states import ANSWERED, COUNTY, DESK
from tuoyu.ends.government.paging import SIZES, page_of

VIEW, ANSWER = "gov:complaint:view", "gov:complaint:answer"
TABS = [("待县级答复", COUNTY), ("待机构答复", DESK), ("机构已答复", ANSWERED), ("全部", "")]


class TermForm(forms.Form):
    """答复期限。"""

    desk_days = forms.IntegerField(label="机构答复（工作日）", min_value=1, max_value=60)
    county_days = forms.IntegerField(label="县级答复（工作日）", min_value=1, max_value=60)
    document = forms.CharField(
        label="依据", max_length=120, help_text="文件名称与文号；没有依据的保持待定"
    )


@page(VIEW, title="投诉")
def listing(request: Request) -> HttpResponse:
    """本级看得到的投诉。"""
    scope = request.actor.scope
    state = request.GET.get("state", COUNTY)
    if state not in [s for _, s in TABS]:
        raise NotFound
    listed = page_of(request, selectors.list_complaints(scope, state))
    here, now = reverse("government:complaints"), clock.now()
    term = selectors.find_term(request.actor.region_code)
    kept = {f: getattr(term, f) for f in TermForm.base_fields} if term else {}
    context = {
        "page_title": "投诉",
        "tabs": [
            {
                "title": title,
                "url": f"{here}?state={code}",
                "count": selectors.list_complaints(scope, code).count() if code == COUNTY else None,
                "current": code == state,
            }
            for title, code in TABS
        ],
        "page": listed,
        "sizes": SIZES,
        "rows": [
            (r, clock_of(r.case, now) if r.case.closed_at is None else None)
            for r in selectors.rows_of(list(listed))
        ],
        "term": term,
        "may_answer": request.actor.may(ANSWER),
        "form": TermForm(initial=kept),
    }
    return render(request, "government/complaints.html", context)


@page(VIEW, title="投诉", sensitive=True, log="查看投诉")
def detail(request: Request, complaint_id: int) -> HttpResponse:
    """一件投诉。"""
    return _show(request, selectors.access_complaint(request.actor.scope, complaint_id), "")


def _show(request: Request, found: Complaint, fault: str) -> HttpResponse:
    (row,) = selectors.rows_of([found])
    context: dict[str, Any] = {
        "page_title": found.number,
        "crumbs": [{"title": "投诉", "url": reverse("government:complaints")}],
        "row": row,
        "person": selectors.person_of(request.actor.scope, found),
        "clock": clock_of(row.case, clock.now()) if row.case.closed_at is None else None,
        "steps": [
            {
                "state": "done",
                "title": s.label,
                "lines": [
                    f"{s.organisation} {s.by_name}".strip(),
                    f"{s.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
                ],
                "opinion": s.opinion,
            }
            for s in selectors.steps_of(found)
        ],
        "may_answer": row.case.state == COUNTY and request.actor.may(ANSWER),
        "may_share": found.about_id and not found.institution_id and request.actor.may(ANSWER),
        "fault": fault,
        "kept": request.POST.get("text", ""),
        "most": rules.MOST_TEXT,
    }
    response = render(request, "government/complaint.html", context)
    response.status_code = 422 if fault else 200
    return response


@page(ANSWER, title="答复投诉", log="答复投诉", methods=("POST",))
def answer(request: Request, complaint_id: int) -> HttpResponse:
    """县级答复。"""
    found = selectors.access_complaint(request.actor.scope, complaint_id)
    try:
        services.answer_county(
            complaint_id=found.pk,
            text=request.POST.get("text", ""),
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        return _show(request, found, error.text)
    request.audit_note = found.number
    messages.success(request, "已答复并办结，投诉人看得到")
    return redirect("government:complaint", found.pk)


@page(ANSWER, title="转告机构", log="把投诉转告机构", methods=("POST",))
def share(request: Request, complaint_id: int) -> HttpResponse:
    """转告机构：without who said it."""
    found = services.share(complaint_id=complaint_id, by=request.actor, at=clock.now())
    request.audit_note = found.number
    messages.success(request, "已转告机构，机构看不到投诉人是谁")
    return redirect("government:complaint", found.pk)


@page(ANSWER, title="答复期限", log="设定投诉答复期限", methods=("POST",))
def term(request: Request) -> HttpResponse:
    """设定本县的答复期限。"""
    form = TermForm(request.POST)
    if not form.is_valid():
        raise DomainError("term", "期限没有填全：两个期限填 1 到 60 的数字，依据写文件名称与文号")
    services.set_term(
        region_code=request.actor.region_code,
        by=request.actor,
        at=clock.now(),
        **form.cleaned_data,
    )
    messages.success(request, "已保存，此后受理的投诉按新期限")
    return redirect("government:complaints")
