"""晚接：leavings after closing time wait here until a person charges or lets them go."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import add_months
from tuoyu.domains.billing import services
from tuoyu.domains.billing.selectors.late import late_price, list_late
from tuoyu.domains.billing.selectors.prices import tariff_of
from tuoyu.ends.institution.shell import done, month_of, neighbours, own
from tuoyu.ends.institution.views.billing import ISSUE, VIEW, month_title, tabs


@page(VIEW, title="晚接")
def late(request: Request) -> HttpResponse:
    """一个月的晚接。"""
    return show(request, month_of(request.GET.get("month")))


def show(request: Request, month: date, error: str = "", status: int = 200) -> HttpResponse:
    inst = own(request)
    rows = list_late(request.actor.scope, inst, month, add_months(month, 1))
    waiting = sum(row.decided is None for row in rows)
    context = {
        "page_title": f"{waiting} 次晚接待处理" if waiting else "没有待处理的晚接",
        "tabs": tabs("fee_late"),
        "month": neighbours(month),
        "asked": month,
        "title": month_title(month),
        "rows": rows,
        "waiting": waiting,
        "closes": inst.closes_at,
        "price": late_price(tariff_of(inst.pk, clock.today())),
        "may_decide": request.actor.may(ISSUE),
        "error": error,
    }
    return render(request, "institution/fee_late.html", context, status=status)


@page(ISSUE, title="处理晚接", log="处理晚接", methods=("POST",))
def decide(request: Request) -> HttpResponse:
    """收取或免收所选。"""
    inst, month = own(request), month_of(request.POST.get("month"))
    try:
        picked = _picked(request)
        request.audit_persons = sorted({child for child, _ in picked})
        if request.POST.get("what") == "charge":
            count = services.charge_late(
                institution_id=inst.pk, picked=picked, by=request.actor, at=clock.now()
            )
            told = f"已登记收取 {count} 次，列入下一张账单"
        else:
            count = services.forgive_late(
                institution_id=inst.pk, picked=picked, reason=request.POST.get("reason", ""),
                by=request.actor, at=clock.now(),
            )  # fmt: skip
            told = f"已免收 {count} 次"
    except DomainError as error:
        return show(request, month, error.text, 422)
    return done(request, f"{reverse('institution:fee_late')}?month={month:%Y-%m}", told)


def _picked(request: Request) -> dict[tuple[int, date], int]:
    """所选的行与各自的分钟数。"""
    found: dict[tuple[int, date], int] = {}
    for key in request.POST.getlist("pick"):
        child, _, day = key.partition("-")
        minutes = request.POST.get(f"minutes-{key}", "").strip()
        try:
            found[int(child), date.fromisoformat(day)] = int(minutes or 0)
        except ValueError as error:
            raise DomainError("minutes", "分钟数应是整数，如 25；请改正后再提交") from error
    return found
