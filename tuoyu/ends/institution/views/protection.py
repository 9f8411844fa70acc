"""强制报告：everybody at work can make one in a minute; only the director reads it here.

The log of these pages names the report by its number and no child, because a guardian may see who
looked at the child's file, and must not learn of a report in that way.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.models import Child
from tuoyu.domains.incidents import rules, services
from tuoyu.domains.incidents.models import MandatoryStep
from tuoyu.domains.incidents.selectors import protection as selectors
from tuoyu.domains.incidents.states import PROTECT_MAKE, PROTECT_READ, PROTECT_STEP
from tuoyu.ends.institution.shell import number, own
from tuoyu.ends.institution.views.incidents import moment

STEPS = [
    (MandatoryStep.Kind.POLICE, "已向公安机关报案"),
    (MandatoryStep.Kind.NOTE, "补充情况"),
]


@page(PROTECT_MAKE, title="强制报告", log="作强制报告", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """报告。"""
    if request.method != "POST":
        return _form(request, "")
    child = number(request.POST.get("child"))
    try:
        if child is None:
            raise DomainError("child", "没有选孩子，请先选")
        services.report_mandatory(
            child_id=child,
            kinds=request.POST.getlist("kind"),
            found_at=moment(request.POST.get("at", "")),
            what=request.POST.get("what", "")[:1000],
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        return _form(request, error.text)
    messages.success(
        request, "报告已存下，任何人不能删除；园长和主管部门专岗已收到。情况紧急请马上打 110"
    )
    return redirect("institution:protection_new")


def _form(request: Request, error: str) -> HttpResponse:
    rows = Child.objects.visible_to(request.actor.scope)
    children = rows.filter(institution_id=own(request).pk).order_by("search", "name")
    context = {
        "page_title": "强制报告",
        "error": error,
        "children": list(children.values_list("pk", "name")),
        "picked": number(request.POST.get("child")),
        "kinds": [(c, t, c in request.POST.getlist("kind")) for c, t in rules.REPORT_KINDS.items()],
        "what": request.POST.get("what", ""),
        "at": request.POST.get("at") or f"{clock.now():%Y-%m-%dT%H:%M}",
        "most": f"{clock.now():%Y-%m-%dT%H:%M}",
        "may_read": request.actor.may(PROTECT_READ),
    }
    return render(request, "institution/protection_new.html", context, status=422 if error else 200)


@page(PROTECT_READ, title="强制报告（限知）", log="查看强制报告一览", sensitive=True)
def listing(request: Request) -> HttpResponse:
    """一览：without names."""
    rows = selectors.list_reports(request.actor)
    context = {
        "page_title": "强制报告",
        "rows": [
            (r, [rules.REPORT_KINDS[k] for k in r.kinds], selectors.police_of(steps))
            for r, steps in rows
        ],
        "now": clock.now(),
    }
    return render(request, "institution/protection.html", context)


@page(PROTECT_READ, title="强制报告（限知）", log="查看强制报告", sensitive=True)
def detail(request: Request, protection_id: int) -> HttpResponse:
    """一份强制报告。"""
    found = selectors.access_report(request.actor, protection_id)
    steps = selectors.steps_of(request.actor, found)
    child = selectors.child_of(request.actor, found)
    context = {
        "page_title": "强制报告",
        "crumbs": [{"title": "强制报告", "url": reverse("institution:protection")}],
        "it": found,
        "kinds": [rules.REPORT_KINDS[k] for k in found.kinds],
        "name": child.name if child else "已离园儿童",
        "steps": steps,
        "police": selectors.police_of(steps),
        "since": selectors.waited(found, clock.now()),
        "kinds_of_step": STEPS if request.actor.may(PROTECT_STEP) else [],
        "act_url": reverse("institution:protection_step", args=[found.pk]),
        "most": f"{clock.now():%Y-%m-%dT%H:%M}",
    }
    return render(request, "institution/protection_of.html", context)


@page(PROTECT_STEP, title="登记办理", log="强制报告登记办理", methods=("POST",))
def step(request: Request, protection_id: int) -> HttpResponse:
    """登记报案与办理。"""
    found = selectors.access_report(request.actor, protection_id)
    services.add_step(
        report_id=found.pk, kind=request.POST.get("kind", ""),
        happened_at=moment(request.POST.get("at", "")),
        detail=request.POST.get("detail", "")[:300], by=request.actor, at=clock.now(),
    )  # fmt: skip
    messages.success(request, "已登记")
    return redirect("institution:protection_of", protection_id)
