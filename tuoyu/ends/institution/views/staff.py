"""从业人员：who is on the roll, which certificate runs out, who counts in the ratio."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.attendance.selectors import staff_on_duty
from tuoyu.domains.workforce.selectors import StaffRow, list_staff
from tuoyu.ends.institution.shell import own


@page("inst:staff:view", title="从业人员")
def staff(request: Request) -> HttpResponse:
    """从业人员。"""
    inst, now = own(request), clock.now()
    rows = list_staff(inst, clock.day_of(now))
    counted = {
        s.staff_id for s in staff_on_duty(request.actor.scope, inst.pk, now) if s.is_certified
    }
    due = [r for r in rows if _soonest(r) is not None]
    only_due = request.GET.get("due") == "yes"
    shown = sorted(due, key=lambda r: _soonest(r) or 0) if only_due else rows
    context = {
        "page_title": "从业人员",
        "rows": [{"it": r, "counts": r.id in counted} for r in shown],
        "tabs": [
            {"title": "全部", "url": "?", "count": len(rows), "current": not only_due},
            {"title": "证书将到期", "url": "?due=yes", "count": len(due), "current": only_due},
        ],
        "counted": len(counted),
        "year": clock.today().year,
    }
    return render(request, "institution/staff.html", context)


def _soonest(row: StaffRow) -> int | None:
    """最早到期还剩几天；only within sixty days."""
    days = [c.days_left for c in row.certificates if c.days_left is not None and c.days_left <= 60]
    return min(days, default=None)
