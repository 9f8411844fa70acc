"""首页：today's state, 接送码, the month's forecast, today's timeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.periods import age_months
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.groups.articles import of_the_day
from tuoyu.domains.identity.services import set_elder
from tuoyu.ends.family import reads, timeline
from tuoyu.ends.family.forecast import Forecast, forecast
from tuoyu.ends.family.line import line_for
from tuoyu.ends.family.moments_line import latest_photos, tell_moments
from tuoyu.ends.family.shell import (
    CHILD_KEY,
    ELDER_COOKIE,
    Chosen,
    chosen,
    is_elder,
    own_children,
    own_stays,
    show,
)
from tuoyu.ends.family.state import today_of

YEAR = 365 * 24 * 3600
FEW = 3  # items of today that leave room for the day before
EARLIER_SPAN = 15


@page("family:home:view", title="首页")
def home(request: Request) -> HttpResponse:
    """首页。"""
    if not own_children(request):
        return show(request, "family/nobody.html", "首页")
    picked = chosen(request)
    template = "family/elder.html" if is_elder(request) else "family/home.html"
    return show(request, template, "首页", picked, **_content(request, picked))


@page("family:home:view", title="今天")
def now(request: Request) -> HttpResponse:
    """今天的状态与动态（片段）：asked again whenever the door has news."""
    picked = chosen(request)
    context = _content(request, picked) | {"picked": picked, "elder": is_elder(request)}
    return render(request, "family/now.html", context)


@page("family:home:view", title="切换宝宝")
def child(request: Request, child_id: int) -> HttpResponse:
    """切换宝宝：remembered for this sign-in."""
    request.session[CHILD_KEY] = access_child(request.actor.scope, child_id).pk
    return redirect("family:home")


@page("family:home:view", title="长辈版", log="切换长辈版", methods=("POST",))
def elder(request: Request) -> HttpResponse:
    """长辈版开关：kept with the account, so that another phone opens the same way."""
    on = request.POST.get("on") == "1"
    set_elder(user_id=request.actor.user_id or 0, on=on)
    response = redirect("family:home")
    response.set_cookie(ELDER_COOKIE, "on" if on else "off", max_age=YEAR, samesite="Lax")
    return response


def _content(request: Request, picked: Chosen) -> dict[str, Any]:
    scope, moment = request.actor.scope, clock.now()
    day = clock.day_of(moment)
    first = day.replace(day=1)
    sheets = reads.sheets_of(scope, picked.child.pk, first, reads.next_month(first))
    relations = reads.relations_of(scope, picked.child.pk)
    today, events = today_of(
        scope, picked.child.pk, picked.enrolment, sheets.get(day), relations, moment
    )
    items = timeline.tell(events, relations)
    items += tell_moments(scope, picked.child.pk, clock.at(day))
    items.sort(key=lambda i: i.at, reverse=True)
    pictures = latest_photos(scope, picked.child.pk) if is_elder(request) else []
    return {
        "today": today,
        "items": items,
        "earlier": _earlier(scope, picked, moment, relations) if len(items) < FEW else None,
        "month": month_forecast(request, picked, moment, sheets),
        "now_url": f"{reverse('family:now')}?child={picked.child.pk}",
        "pictures": pictures,
        "pictures_day": clock.day_of(pictures[0].taken_at) if pictures else None,
        "phone": picked.enrolment.institution.phone if picked.enrolment else "",
        "article": of_the_day(age_months(picked.child.born_on, day), day.toordinal()),
    }


def _earlier(
    scope: Scope, picked: Chosen, moment: datetime, relations: dict[int, str]
) -> tuple[date, list[timeline.Item]] | None:
    """上一个有动态的日子：shown below a short today."""
    start, _ = reads.day_range(EARLIER_SPAN, clock.day_of(moment))
    events = reads.events_of(scope, picked.child.pk, start, clock.day_of(moment))
    days = timeline.by_day(timeline.tell(events, relations))
    return days[0] if days else None


def month_forecast(
    request: Request, picked: Chosen, moment: datetime, sheets: dict[date, DaySheet] | None = None
) -> Forecast:
    """本月出勤预报；give ``sheets`` (the whole month's) when the page has them already."""
    day = clock.day_of(moment)
    month = day.replace(day=1)
    enrolment = picked.enrolment
    if enrolment is not None and day not in enrolment.period:
        enrolment = reads.stay_in(own_stays(request), picked.child.pk, month)
    if sheets is None:
        end = reads.next_month(month)
        sheets = reads.sheets_of(request.actor.scope, picked.child.pk, month, end)
    closes = enrolment.institution.closes_at if enrolment else None
    return forecast(
        today=day,
        workdays=reads.workdays_in(enrolment, month),
        sheets={d: s.status for d, s in sheets.items()},
        line=line_for(picked.child, enrolment, month, day),
        today_is_open=closes is None or moment.astimezone(clock.ZONE).time() < closes,
    )
