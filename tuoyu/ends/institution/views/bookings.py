"""计时托、临时托：the day's list for the teacher; the director opens hours and sets the terms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock, workdays
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.bookings import services
from tuoyu.domains.bookings.selectors import lists
from tuoyu.domains.bookings.selectors.supply import certified
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.workforce.models import Staff
from tuoyu.ends.institution.shell import day_of, done, own

VIEW, MANAGE = "inst:booking:view", "inst:booking:manage"
WEEK = "一二三四五六日"
AHEAD = 10


class TermsForm(forms.Form):
    """预约办法。"""

    cancel_hours = forms.IntegerField(label="开始前几小时可免费取消", min_value=0, max_value=168)
    ahead_days = forms.IntegerField(label="最多提前几天预约", min_value=0, max_value=60)
    note = forms.CharField(label="给家长的说明", max_length=200, required=False)


@page(VIEW, title="计时托预约", sensitive=True, log="查看预约名单")
def day(request: Request) -> HttpResponse:
    """某日的预约：who comes when, and how many seats each half hour has left."""
    inst, now = own(request), clock.now()
    picked = day_of(request.GET.get("day"))
    boards = lists.day_board(request.actor.scope, inst.pk, picked, now)
    request.audit_persons = [r.child.pk for b in boards for r in b.rows]
    context = {
        "page_title": "计时托预约",
        "day": picked,
        "week": WEEK[picked.weekday()],
        "before": picked - timedelta(days=1),
        "after": picked + timedelta(days=1),
        "boards": boards,
        "count": sum(len(b.rows) for b in boards),
        "now": now,
        "may_manage": request.actor.may(MANAGE),
        "terms": lists.find_terms(inst.pk),
    }
    return render(request, "institution/bookings.html", context)


@page(MANAGE, title="开放时段", log="开放计时托时段", methods=("GET", "POST"))
def open_hours(request: Request) -> HttpResponse:
    """开放时段：class, days, hours and who will be there."""
    inst = own(request)
    fault = ""
    if request.method == "POST":
        try:
            made = services.open_hours(**_asked(request), by=request.actor, at=clock.now())
        except DomainError as error:
            if error.code == "not-found":
                raise
            fault = error.text
        else:
            request.audit_note = f"{len(made)} 天"
            url = f"{reverse('institution:bookings')}?day={made[0].day:%Y-%m-%d}"
            return done(request, url, f"已开放 {len(made)} 天，家长现在就能预约")
    response = render(request, "institution/booking_open.html", _form(request, inst.pk, fault))
    response.status_code = 422 if fault else 200
    return response


def _form(request: Request, institution_id: int, fault: str) -> dict[str, Any]:
    today = clock.today()
    scope = request.actor.scope
    able = certified(institution_id, today)
    days = [d for n in range(AHEAD * 2) if workdays.is_workday(d := today + timedelta(days=n))]
    groups = ClassGroup.objects.visible_to(scope).filter(is_open=True).order_by("id")
    staff = Staff.objects.visible_to(scope).filter(pk__in=able).order_by("name", "id")
    terms = lists.find_terms(institution_id)
    return {
        "page_title": "开放时段",
        "crumbs": [{"title": "计时托预约", "url": reverse("institution:bookings")}],
        "fault": fault,
        "groups": [(g, lists.prices_of(institution_id, g.class_type, today)) for g in groups],
        "days": [(d, WEEK[d.weekday()]) for d in days[:AHEAD]],
        "staff": list(staff),
        "terms": terms,
        "terms_form": TermsForm(
            initial={
                "cancel_hours": terms.cancel_hours if terms else None,
                "ahead_days": terms.ahead_days if terms else None,
                "note": terms.note if terms else "",
            }
        ),
        "kept": request.POST,
        "kept_days": request.POST.getlist("day"),
        "kept_staff": request.POST.getlist("staff"),
    }


def _asked(request: Request) -> dict[str, Any]:
    data = request.POST
    try:
        return {
            "class_group_id": int(data.get("class_group", "")),
            "days": [date.fromisoformat(d) for d in data.getlist("day")[:31]],
            "from_minute": _minute(data.get("from", "")),
            "to_minute": _minute(data.get("to", "")),
            "staff_ids": [int(s) for s in data.getlist("staff")[:60]],
            "most": int(data["most"]) if data.get("most") else None,
        }
    except ValueError as error:
        raise DomainError("form", "表单没有填全，请选班级、日期、起止时间和在班人员") from error


def _minute(text: str) -> int:
    hour, _, rest = text.partition(":")
    return int(hour) * 60 + int(rest[:2])


@page(MANAGE, title="预约办法", log="设定预约办法", methods=("POST",))
def terms(request: Request) -> HttpResponse:
    """设定预约办法。"""
    form = TermsForm(request.POST)
    if not form.is_valid():
        raise DomainError("terms", "预约办法没有填全：免费取消时限和提前天数都要填数字，请返回补全")
    services.set_terms(
        institution_id=own(request).pk, by=request.actor, at=clock.now(), **form.cleaned_data
    )
    return done(request, reverse("institution:booking_open"), "已保存，此后的预约按新办法")


@page(MANAGE, title="收回开放时段", log="收回计时托时段", methods=("POST",))
def close(request: Request, opening_id: int) -> HttpResponse:
    """收回开放。"""
    found = services.close_opening(opening_id=opening_id, by=request.actor, at=clock.now())
    request.audit_note = f"{found.day}"
    url = f"{reverse('institution:bookings')}?day={found.day:%Y-%m-%d}"
    return done(request, url, "已收回，家长不再能预约这一天")


@page(MANAGE, title="取消预约", log="园方取消预约", methods=("POST",))
def cancel(request: Request, booking_id: int) -> HttpResponse:
    """园方取消：with a reason that the family reads."""
    found = services.cancel(
        booking_id=booking_id,
        by=request.actor,
        at=clock.now(),
        reason=request.POST.get("reason", ""),
    )
    request.audit_persons, request.audit_note = [found.child_id], found.cancel_reason
    messages.success(request, "已取消，家长会收到原因")
    return redirect(f"{reverse('institution:bookings')}?day={found.day:%Y-%m-%d}")
