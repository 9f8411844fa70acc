"""养育活动：find, sign up, sign in by the code at the place, three taps afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.periods import age_months
from tuoyu.domains.groups import selectors, services
from tuoyu.domains.groups.models import Session, SignUp, SignUpState
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show

JOIN = "family:group:join"
FACES = [(3, "很好"), (2, "一般"), (1, "不好")]


@page(JOIN, title="养育活动")
def groups(request: Request) -> HttpResponse:
    """养育活动：those that fit the child's age first."""
    if not own_children(request):
        return show(request, "family/nobody.html", "养育活动")
    picked, now = chosen(request), clock.now()
    mine = selectors.list_mine(request.actor.scope, picked.child.pk)
    coming = selectors.with_seats(list(selectors.list_coming(now)[:40]), mine)
    return show(
        request,
        "family/groups.html",
        "养育活动",
        picked,
        mine=[m for m in mine if m.session.ends_at > now],
        past=[m for m in mine if m.session.ends_at <= now and m.came_at][:10],
        fitting=[x for x in coming if _fits(picked, x.session)],
        others=[x for x in coming if not _fits(picked, x.session)][:10],
        back_url=reverse("family:services"),
    )


def _fits(picked: Chosen, session: Session) -> bool:
    months = age_months(picked.child.born_on, clock.day_of(session.starts_at))
    return session.age_from <= months < session.age_to


@page(JOIN, title="活动详情")
def group(request: Request, session_id: int) -> HttpResponse:
    """一场活动；from the QR at the place the code comes with the address."""
    picked, now = chosen(request), clock.now()
    session = selectors.find_public(session_id)
    mine = selectors.mine_of(request.actor.scope, session.pk, picked.child.pk)
    (listed,) = selectors.with_seats([session], [mine] if mine else [])
    code = request.GET.get("c", "")
    return show(
        request,
        "family/group.html",
        session.title,
        picked,
        s=session,
        listed=listed,
        mine=mine,
        line=_line(mine),
        fits=_fits(picked, session),
        may_come=_may_come(session, mine, now),
        is_over=now > session.ends_at,
        begun=now >= session.starts_at,
        code=code if code.isdecimal() and len(code) == 6 else "",
        faces=FACES,
        back_url=f"{reverse('family:groups')}?child={picked.child.pk}",
    )


def _line(mine: SignUp | None) -> int:
    waits = mine is not None and mine.state == SignUpState.WAITING
    return selectors.place_in_line(mine) if waits and mine else 0


def _may_come(session: Session, mine: SignUp | None, now: Any) -> bool:
    open_ = session.starts_at - services.EARLY <= now <= session.ends_at + services.LATE
    return bool(mine and mine.came_at is None and open_ and session.cancelled_at is None)


def _back(request: Request, picked: Chosen, session_id: int, text: str) -> HttpResponse:
    request.audit_persons = [picked.child.pk]
    messages.success(request, text)
    return redirect(f"{reverse('family:group', args=[session_id])}?child={picked.child.pk}")


@page(JOIN, title="报名活动", log="报名养育活动", methods=("POST",))
def join(request: Request, session_id: int) -> HttpResponse:
    """报名。"""
    picked = chosen(request)
    made = services.sign_up(
        session_id=session_id, child_id=picked.child.pk, by=request.actor, at=clock.now()
    )
    told = "已报名，到场后扫码签到" if made.state == SignUpState.IN else "名额已满，已为您排队候补"
    return _back(request, picked, session_id, told)


@page(JOIN, title="退出活动", log="退出养育活动", methods=("POST",))
def leave(request: Request, session_id: int) -> HttpResponse:
    """退出。"""
    picked = chosen(request)
    services.withdraw(
        session_id=session_id, child_id=picked.child.pk, by=request.actor, at=clock.now()
    )
    return _back(request, picked, session_id, "已退出，名额让给候补的家庭")


@page(JOIN, title="活动签到", log="养育活动签到", methods=("POST",))
def come(request: Request, session_id: int) -> HttpResponse:
    """签到。"""
    picked = chosen(request)
    services.sign_in(
        session_id=session_id,
        child_id=picked.child.pk,
        code=request.POST.get("code", "")[:8],
        by=request.actor,
        at=clock.now(),
    )
    return _back(request, picked, session_id, "签到成功")


@page(JOIN, title="评价活动", log="评价养育活动", methods=("POST",))
def feedback(request: Request, session_id: int) -> HttpResponse:
    """评价：two faces and a button."""
    picked, data = chosen(request), request.POST
    given = [int(v) if v in ("1", "2", "3") else 0 for v in (data.get("useful"), data.get("clear"))]
    services.give_feedback(
        session_id=session_id,
        child_id=picked.child.pk,
        useful=given[0],
        clear=given[1],
        by=request.actor,
        at=clock.now(),
    )
    return _back(request, picked, session_id, "已收到评价")
