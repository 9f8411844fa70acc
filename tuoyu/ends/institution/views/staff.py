"""从业人员：who is on the roll, which paper runs out, who counts in the ratio, who was checked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.workforce import services
from tuoyu.domains.workforce.models import BackgroundCheck
from tuoyu.domains.workforce.selectors import (
    StaffRow,
    access_staff,
    list_counted,
    list_staff,
)
from tuoyu.domains.workforce.selectors.checks import access_check, list_checks, recheck_months
from tuoyu.ends.institution.forms import ReasonForm
from tuoyu.ends.institution.forms_office import CertificateForm, CheckForm
from tuoyu.ends.institution.shell import ask, done, fragment, own

MANAGES = "inst:staff:manage"


@page("inst:staff:view", title="从业人员")
def staff(request: Request) -> HttpResponse:
    """从业人员。"""
    inst, today, scope = own(request), clock.today(), request.actor.scope
    rows = list_staff(inst, today)
    counted = list_counted(scope, inst.pk, today)
    due = [r for r in rows if _soonest(r) is not None]
    only_due = request.GET.get("due") == "yes"
    shown = sorted(due, key=lambda r: _soonest(r) or 0) if only_due else rows
    context = {
        "page_title": "从业人员",
        "rows": [{"it": r, "counts": r.id in counted, "no_card": _no_card(r)} for r in shown],
        "tabs": _tabs(len(rows), len(due), "due" if only_due else "all"),
        "counted": len(counted),
        "year": today.year,
    }
    return render(request, "institution/staff.html", context)


def _tabs(every: int | None, due: int | None, current: str) -> list[dict[str, Any]]:
    base = reverse("institution:staff")
    return [
        {"title": "全部", "url": base, "count": every, "current": current == "all"},
        {
            "title": "证书将到期",
            "url": f"{base}?due=yes",
            "count": due,
            "current": current == "due",
        },
        {
            "title": "从业查询",
            "url": reverse("institution:staff_checks"),
            "count": None,
            "current": current == "checks",
        },
    ]


def _soonest(row: StaffRow) -> int | None:
    """最早到期还剩几天；only within sixty days."""
    days = [c.days_left for c in row.certificates if c.days_left is not None and c.days_left <= 60]
    return min(days, default=None)


def _no_card(row: StaffRow) -> bool:
    return not any(c.title == "健康合格证" for c in row.certificates)


@page(MANAGES, title="登记证书", log="登记证书", methods=("GET", "POST"))
def certificate(request: Request, staff_id: int) -> HttpResponse:
    """登记证书或换证。"""
    person = access_staff(request.actor.scope, staff_id)
    back = reverse("institution:staff")

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.add_certificate(
            scope=request.actor.scope, staff_id=person.pk, today=clock.today(), **data
        )
        return done(request, back, f"已登记{person.name}的{made.get_kind_display()}")

    form = CertificateForm(request.POST or None)
    return ask(
        request, form, act, title=f"登记{person.name}的证书", verb="登记", back=back,
        note="换证时另登一本，原来的留底；以最晚到期的一本为准。",
    )  # fmt: skip


@page(MANAGES, title="从业查询")
def checks(request: Request) -> HttpResponse:
    """从业查询：dates only; the result is sealed."""
    inst, today = own(request), clock.today()
    rows = list_checks(request.actor.scope, inst.pk, today)
    context = {
        "page_title": "从业查询",
        "rows": rows,
        "months": recheck_months(),
        "undone": sum(r.tone == "danger" for r in rows),
        "tabs": _tabs(None, None, "checks"),
    }
    return render(request, "institution/staff_checks.html", context)


@page(MANAGES, title="登记从业查询", log="登记从业查询", methods=("GET", "POST"))
def check_new(request: Request, staff_id: int) -> HttpResponse:
    """登记一次查询。"""
    person = access_staff(request.actor.scope, staff_id)
    back = reverse("institution:staff_checks")

    def act(data: dict[str, Any]) -> HttpResponse:
        services.record_check(
            scope=request.actor.scope,
            staff_id=person.pk,
            by_name=request.actor.name,
            at=clock.now(),
            today=clock.today(),
            **data,
        )
        text = f"已登记{person.name}的从业查询"
        if data["result"] == BackgroundCheck.Result.FOUND:
            text += "：查到记录的，不得录用；已在岗的请立即停岗并报主管部门"
        return done(request, back, text)

    form = CheckForm(request.POST or None, initial={"checked_on": clock.today()})
    return ask(
        request, form, act, title=f"登记{person.name}的从业查询", verb="登记", back=back,
        note="向公安机关、检察院查询是否有性侵害、虐待、拐卖、暴力伤害等违法犯罪记录。",
    )  # fmt: skip


@page(MANAGES, title="看查询结果", log="看从业查询结果", sensitive=True, methods=("GET", "POST"))
def check_result(request: Request, background_check_id: int) -> HttpResponse:
    """看结果：first the reason, then it is shown once and on record."""
    row = access_check(request.actor.scope, background_check_id)
    back = reverse("institution:staff_checks")

    def act(data: dict[str, Any]) -> HttpResponse:
        request.audit_note = f"{row.staff.name}：{data['reason']}"
        text = BackgroundCheck.Result(row.result).label
        title = f"{row.staff.name} {row.checked_on} 的查询结果"
        return fragment(request, "_revealed.html", title, text=text, back=back)

    form = ReasonForm(request.POST or None, label="为什么要看", hint="理由和时间留痕")
    return ask(request, form, act, title=f"看{row.staff.name}的查询结果", verb="查看", back=back)
