"""养育活动：hold a session, show the code at the place, see who came."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.groups import selectors, services
from tuoyu.domains.groups.models import Kind, Session

VIEW, HOLD = "group:session:hold", "group:session:hold"


@page(VIEW, title="养育活动")
def listing(request: Request) -> HttpResponse:
    """场次与统计：families are counted once over all sessions."""
    scope, now = request.actor.scope, clock.now()
    today = clock.day_of(now)
    start, end = today.replace(month=1, day=1), today.replace(year=today.year + 1, month=1, day=1)
    total, rows = selectors.report(scope, start, end, now)
    context = {
        "page_title": "养育活动",
        "year": today.year,
        "today": today,
        "total": total,
        "tallies": rows,
        "targets": selectors.targets(),
        "listed": selectors.with_seats(list(selectors.list_held(scope)[:60])),
        "may_hold": request.actor.may(HOLD),
        "now": now,
    }
    return render(request, "institution/groups.html", context)


@page(HOLD, title="发布活动", log="发布养育活动", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """发布一场。"""
    fault = ""
    if request.method == "POST":
        try:
            plan = services.read_plan(request.POST.dict())
            made = services.publish(plan=plan, by=request.actor, at=clock.now())
        except NotFound:
            raise
        except DomainError as error:
            fault = error.text
        else:
            request.audit_note = made.title
            messages.success(request, "已发布，家长现在可以报名")
            return redirect("institution:group", made.pk)
    context = {
        "page_title": "发布活动",
        "crumbs": [{"title": "养育活动", "url": reverse("institution:groups")}],
        "kinds": Kind.choices,
        "fault": fault,
        "kept": request.POST,
    }
    response = render(request, "institution/group_new.html", context)
    response.status_code = 422 if fault else 200
    return response


@page(VIEW, title="活动场次", sensitive=True, log="查看活动报名名单")
def detail(request: Request, session_id: int) -> HttpResponse:
    """一场：the list, and who has signed in."""
    found = selectors.access_session(request.actor.scope, session_id)
    rows = selectors.list_signups(request.actor.scope, found)
    request.audit_persons = [r.child_id for r in rows]
    (listed,) = selectors.with_seats([found])
    context = {
        "page_title": found.title,
        "crumbs": [{"title": "养育活动", "url": reverse("institution:groups")}],
        "s": found,
        "listed": listed,
        "rows": rows,
        "may_hold": request.actor.may(HOLD),
        "begun": clock.now() >= found.starts_at,
    }
    return render(request, "institution/group.html", context)


@page(HOLD, title="签到码")
def code(request: Request, session_id: int) -> HttpResponse:
    """现场签到码：changes every half minute, so a photograph of it is of no use tomorrow."""
    found = selectors.access_session(request.actor.scope, session_id)
    whole = not request.headers.get("HX-Request")
    name = "institution/group_code.html" if whole else "institution/_group_code.html"
    context = _code(request, found) | {
        "page_title": "签到码",
        "crumbs": [
            {"title": "养育活动", "url": reverse("institution:groups")},
            {"title": found.title, "url": reverse("institution:group", args=[found.pk])},
        ],
    }
    response = render(request, name, context)
    response.headers["Vary"] = "HX-Request"
    response.headers["Cache-Control"] = "no-store"
    return response


def _code(request: Request, found: Session) -> dict[str, Any]:
    (listed,) = selectors.with_seats([found])
    digits = selectors.code_now(found, clock.now())
    url = f"{reverse('family:group', args=[found.pk])}?c={digits}"
    qr = drawn(request.build_absolute_uri(url))
    return {"s": found, "digits": digits, "qr": qr, "listed": listed}


def drawn(text: str) -> SafeString:
    """二维码。"""
    made = segno.make(text, error="m", micro=False)
    return mark_safe(made.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S308 — our own drawing


@page(HOLD, title="现场点名", log="活动现场点名", methods=("POST",))
def by_hand(request: Request, signup_id: int) -> HttpResponse:
    """现场点名。"""
    found = services.sign_in_by_hand(signup_id=signup_id, by=request.actor, at=clock.now())
    request.audit_persons = [found.child_id]
    messages.success(request, f"{found.name}已签到")
    return redirect("institution:group", found.session_id)


@page(HOLD, title="取消活动", log="取消养育活动", methods=("POST",))
def cancel(request: Request, session_id: int) -> HttpResponse:
    """取消一场：those who signed up are told why."""
    found = services.cancel_session(
        session_id=session_id,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{found.title}：{found.cancel_reason}"
    messages.success(request, "已取消，报名的家庭会收到原因")
    return redirect("institution:group", found.pk)
