"""强制报告：for the county's named officer; each reading is logged by number, not by child."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.incidents import rules, services
from tuoyu.domains.incidents.models import MandatoryStep
from tuoyu.domains.incidents.selectors import protection as selectors
from tuoyu.domains.incidents.states import PROTECT_READ, PROTECT_RECEIVE
from tuoyu.domains.institutions.models import Institution

STEPS = [
    (MandatoryStep.Kind.COUNTY, "主管部门已收到"),
    (MandatoryStep.Kind.NOTE, "补充情况"),
]


@page(PROTECT_READ, title="强制报告（限知）", log="查看强制报告一览", sensitive=True)
def listing(request: Request) -> HttpResponse:
    """一览：without names, those not handed over first."""
    found = selectors.list_reports(request.actor)
    ids = [r.institution_id for r, _ in found]
    rows = Institution.objects.unscoped(reason="机构信息公开").filter(pk__in=ids)
    names = dict(rows.values_list("pk", "name"))
    listed = [
        {
            "it": r,
            "name": names.get(r.institution_id, "—"),
            "kinds": [rules.REPORT_KINDS[k] for k in r.kinds],
            "police": selectors.police_of(steps),
            "received": any(s.kind == MandatoryStep.Kind.COUNTY for s in steps),
            "since": selectors.waited(r, clock.now()),
        }
        for r, steps in found
    ]
    listed.sort(key=lambda x: x["police"] is not None)
    context = {"page_title": "强制报告", "rows": listed}
    return render(request, "government/protection.html", context)


@page(PROTECT_READ, title="强制报告（限知）", log="查看强制报告", sensitive=True)
def detail(request: Request, protection_id: int) -> HttpResponse:
    """一份强制报告。"""
    found = selectors.access_report(request.actor, protection_id)
    steps = selectors.steps_of(request.actor, found)
    child = selectors.child_of(request.actor, found)
    may = request.actor.may(PROTECT_RECEIVE)
    context = {
        "page_title": "强制报告",
        "crumbs": [{"title": "强制报告", "url": reverse("government:protection")}],
        "it": found,
        "kinds": [rules.REPORT_KINDS[k] for k in found.kinds],
        "name": child.name if child else "已离园儿童",
        "steps": steps,
        "police": selectors.police_of(steps),
        "since": selectors.waited(found, clock.now()),
        "kinds_of_step": STEPS if may else [],
        "act_url": reverse("government:protection_step", args=[found.pk]),
        "most": f"{clock.now():%Y-%m-%dT%H:%M}",
    }
    return render(request, "government/protection_of.html", context)


@page(PROTECT_RECEIVE, title="登记办理", log="强制报告登记办理", methods=("POST",))
def step(request: Request, protection_id: int) -> HttpResponse:
    """登记收到与办理。"""
    try:
        at = datetime.fromisoformat(request.POST.get("at", "")).replace(tzinfo=clock.ZONE)
    except ValueError as error:
        raise DomainError("at", "时间没有填或写法不对，请选日期和时间") from error
    services.add_step(
        report_id=protection_id, kind=request.POST.get("kind", ""), happened_at=at,
        detail=request.POST.get("detail", "")[:300], by=request.actor, at=clock.now(),
    )  # fmt: skip
    messages.success(request, "已登记")
    return redirect("government:protection_of", protection_id)
