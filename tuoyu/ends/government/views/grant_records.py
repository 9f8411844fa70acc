"""市级代办：学校录入与申报、特色托育园登记。"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.grants import selectors, services
from tuoyu.domains.institutions.selectors import list_names
from tuoyu.domains.policies.books import current_book
from tuoyu.ends.government.paging import day_of

ENTER, APPROVE = "grant:school:enter", "grant:application:approve"
SCHOOL_RULE = "school_grant"


@page(ENTER, title="学校补助", log="录入学校", methods=("GET", "POST"))
def schools(request: Request) -> HttpResponse:
    """录入学校；代办申报。"""
    if request.method == "POST":
        made = services.enter_school(
            name=request.POST.get("name", ""),
            major=request.POST.get("major", ""),
            basis=request.POST.get("basis", ""),
            by=request.actor,
            at=clock.now(),
        )
        request.audit_note = made.name
        messages.success(request, f"已录入{made.name}")
        return redirect("government:schools")
    context = {
        "page_title": "学校补助",
        "crumbs": [{"title": "奖补申请", "url": reverse("government:grants")}],
        "schools": selectors.list_schools(request.actor.scope),
        "is_offered": SCHOOL_RULE in current_book().rules,
    }
    return render(request, "government/schools.html", context)


@page(ENTER, title="代办申报", log="代办学校补助申报", methods=("POST",))
def school_apply(request: Request, school_id: int) -> HttpResponse:
    """为一所学校起草并申报。"""
    made = services.draft(rule=SCHOOL_RULE, school_id=school_id, by=request.actor, at=clock.now())
    case = services.submit(application_id=made.pk, by=request.actor, at=clock.now())
    request.audit_note = case.title
    messages.success(request, f"已代办申报，现为「{case.state_of.title}」，须由另一位审核")
    return redirect("government:grant", made.pk)


@page(ENTER, title="补录重报", log="学校补助重报", methods=("POST",))
def school_resubmit(request: Request, grant_id: int) -> HttpResponse:
    """退回后补录重报。"""
    case = services.submit(application_id=grant_id, by=request.actor, at=clock.now())
    request.audit_note = case.title
    messages.success(request, f"已重报，现为「{case.state_of.title}」")
    return redirect("government:grant", grant_id)


@page(APPROVE, title="登记特色托育园", log="登记特色托育园", methods=("GET", "POST"))
def feature(request: Request) -> HttpResponse:
    """登记市级评审结果。"""
    names = list_names(request.actor.scope)
    if request.method == "POST":
        chosen, day = request.POST.get("institution", ""), day_of(request.POST.get("named_on", ""))
        if not chosen.isdigit() or day is None:
            raise DomainError("form", "机构和评定日期都须填写，请补填后再登记")
        made = services.name_feature_park(
            institution_id=int(chosen),
            document=request.POST.get("document", ""),
            named_on=day,
            by=request.actor,
            at=clock.now(),
        )
        request.audit_note = names.get(made.institution_id, "")
        messages.success(request, f"已登记{request.audit_note}为县域特色托育园")
        return redirect("government:feature_parks")
    context = {
        "page_title": "登记特色托育园",
        "crumbs": [{"title": "奖补申请", "url": reverse("government:grants")}],
        "names": sorted(names.items(), key=lambda row: row[1]),
        "parks": selectors.list_feature_parks(request.actor.scope),
        "today": clock.today(),
    }
    return render(request, "government/feature_parks.html", context)
