"""投诉与意见：to the institution or straight to the county; the answer comes back here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.complaints import rules, selectors, services
from tuoyu.domains.complaints.models import Address, Subject
from tuoyu.domains.complaints.states import ANSWERED, COUNTY, DESK
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show

MAKE = "family:complaint:make"


@page(MAKE, title="投诉与意见")
def complaints(request: Request) -> HttpResponse:
    """我的投诉与意见，and a new one."""
    if not own_children(request):
        return show(request, "family/nobody.html", "投诉与意见")
    return _list(request, chosen(request), "")


def _list(request: Request, picked: Chosen, fault: str) -> HttpResponse:
    inst = picked.enrolment.institution if picked.enrolment else None
    term = selectors.find_term(inst.region_code) if inst else None
    response = show(
        request,
        "family/complaints.html",
        "投诉与意见",
        picked,
        rows=selectors.list_mine(request.actor),
        inst=inst,
        term=term,
        subjects=Subject.choices,
        most=rules.MOST_TEXT,
        fault=fault,
        kept=request.POST,
        back_url=reverse("family:services"),
    )
    response.status_code = 422 if fault else 200
    return response


@page(MAKE, title="提出投诉", log="提出投诉", methods=("POST",))
def make(request: Request) -> HttpResponse:
    """提出；what was typed stays when something is missing."""
    picked, data = chosen(request), request.POST
    words = services.Words(
        text=data.get("text", ""),
        subject=data.get("subject", ""),
        address=data.get("address", ""),
        about_id=picked.institution_id,
        is_anonymous=data.get("anonymous") == "1",
        child_id=picked.child.pk,
        contact=data.get("contact", ""),
    )
    try:
        made = services.complain(words=words, by=request.actor, at=clock.now())
    except NotFound:
        raise
    except DomainError as error:
        return _list(request, picked, error.text)
    messages.success(request, f"已受理，编号 {made.complaint.number}，答复会显示在这里")
    return redirect("family:complaint", made.complaint.pk)


@page(MAKE, title="投诉进度")
def complaint(request: Request, complaint_id: int) -> HttpResponse:
    """一件投诉：where it stands, what was answered, what I may do."""
    found = selectors.access_mine(request.actor, complaint_id)
    (row,) = selectors.rows_of([found])
    picked = chosen(request) if own_children(request) else None
    state = row.case.state
    return show(
        request,
        "family/complaint.html",
        found.number,
        picked,
        row=row,
        clock=clock_of(row.case, clock.now()) if row.case.closed_at is None else None,
        steps=_steps(found, row.about),
        may_raise=state in (DESK, ANSWERED),
        may_accept=state == ANSWERED,
        may_withdraw=state in (DESK, COUNTY),
        to_county=found.address == Address.COUNTY,
        back_url=reverse("family:complaints"),
    )


def _steps(found: Any, about: str) -> list[dict[str, Any]]:
    """办理经过：the names of units, not of people."""
    return [
        {"state": "done", "title": s.label, "lines": [f"{s.at.astimezone(clock.ZONE):%m-%d %H:%M}"]}
        for s in selectors.steps_of(found)
    ]


@page(MAKE, title="办理自己的投诉", log="办理自己的投诉", methods=("POST",))
def step(request: Request, complaint_id: int) -> HttpResponse:
    """升级、认可或撤回。"""
    name = request.POST.get("step", "")
    services.step_back(
        complaint_id=complaint_id,
        name=name,
        why=request.POST.get("why", ""),
        by=request.actor,
        at=clock.now(),
    )
    told = {"raise": "已送县级主管部门", "accept": "已办结，谢谢反馈", "withdraw": "已撤回"}
    request.audit_note = told[name].removesuffix("，谢谢反馈")
    messages.success(request, request.audit_note)
    return redirect("family:complaint", complaint_id)
