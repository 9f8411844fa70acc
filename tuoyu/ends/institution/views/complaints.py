"""家长意见：what families say to this institution, and its answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.complaints import rules, selectors, services
from tuoyu.domains.complaints.states import DESK
from tuoyu.ends.institution.shell import done

ANSWER = "inst:complaint:answer"


@page(ANSWER, title="家长意见")
def listing(request: Request) -> HttpResponse:
    """送到本机构的意见，and those the county has shared."""
    rows = selectors.rows_of(list(selectors.list_complaints(request.actor.scope)[:100]))
    context = {
        "page_title": "家长意见",
        "rows": [
            (r, clock_of(r.case, clock.now()) if r.case.state == DESK else None) for r in rows
        ],
        "waiting": sum(r.case.state == DESK for r in rows),
    }
    return render(request, "institution/complaints.html", context)


@page(ANSWER, title="家长意见", sensitive=True, log="查看家长意见", methods=("GET", "POST"))
def detail(request: Request, complaint_id: int) -> HttpResponse:
    """一件意见；POST answers."""
    found = selectors.access_complaint(request.actor.scope, complaint_id)
    fault = ""
    if request.method == "POST":
        try:
            services.answer_desk(
                complaint_id=found.pk,
                text=request.POST.get("text", ""),
                by=request.actor,
                at=clock.now(),
            )
        except NotFound:
            raise
        except DomainError as error:
            fault = error.text
        else:
            request.audit_note = f"答复 {found.number}"
            return done(request, reverse("institution:complaints"), "已答复，家长现在看得到")
    response = render(request, "institution/complaint.html", _shown(request, found, fault))
    response.status_code = 422 if fault else 200
    return response


def _shown(request: Request, found: Any, fault: str) -> dict[str, Any]:
    (row,) = selectors.rows_of([found])
    person = selectors.person_of(request.actor.scope, found)
    return {
        "page_title": found.number,
        "crumbs": [{"title": "家长意见", "url": reverse("institution:complaints")}],
        "row": row,
        "person": person,
        "clock": clock_of(row.case, clock.now()) if row.case.state == DESK else None,
        "may_answer": row.case.state == DESK,
        "fault": fault,
        "most": rules.MOST_TEXT,
        "kept": request.POST.get("text", ""),
    }
