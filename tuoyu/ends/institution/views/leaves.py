"""员工请假：asked on the phone, decided by the director, empties the rota at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.workforce import services
from tuoyu.domains.workforce.models import LeaveState, Staff, StaffLeave
from tuoyu.domains.workforce.selectors import staff_of_user, working
from tuoyu.domains.workforce.selectors.rota import access_leave, list_leaves
from tuoyu.ends.institution.forms_office import RefuseForm, StaffLeaveForm
from tuoyu.ends.institution.shell import ask, done, own

DECIDES = "inst:leave:decide"
TONES = {"asked": "warn", "granted": "ok", "refused": "danger", "withdrawn": ""}


@page("inst:leave:ask", title="员工请假")
def leaves(request: Request) -> HttpResponse:
    """请假一览：everybody's for the director, one's own for a teacher."""
    scope, inst, today = request.actor.scope, own(request), clock.today()
    me = staff_of_user(scope, request.actor.user_id)
    decides = request.actor.may(DECIDES)
    mine = None if decides else (me.pk if me else 0)
    rows = list_leaves(scope, inst.pk, since=today - timedelta(days=92), staff_id=mine)
    context = {
        "page_title": "员工请假",
        "rows": [_row(r, me, decides=decides) for r in rows],
        "asked": sum(r.state == LeaveState.ASKED for r in rows),
        "decides": decides,
        "may_ask": decides or me is not None,
    }
    return render(request, "institution/leaves.html", context)


def _row(row: StaffLeave, me: Staff | None, *, decides: bool) -> dict[str, Any]:
    own_leave = me is not None and row.staff_id == me.pk
    waiting = row.state == LeaveState.ASKED
    return {
        "it": row,
        "last": row.to_on - timedelta(days=1),
        "days": (row.to_on - row.from_on).days,
        "tone": TONES[row.state],
        "may_decide": waiting and decides and not own_leave,
        "may_withdraw": own_leave
        if waiting
        else decides and row.state == LeaveState.GRANTED and row.to_on > clock.today(),
        "waits_for_other": waiting and own_leave and decides,
    }


@page("inst:leave:ask", title="请假", log="员工请假", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """请假。"""
    scope, inst, today = request.actor.scope, own(request), clock.today()
    me = staff_of_user(scope, request.actor.user_id)
    people = [me] if me else []
    if request.actor.may(DECIDES):
        rows = working(Staff.objects.visible_to(scope), today).filter(institution_id=inst.pk)
        people = list(rows.order_by("name", "pk"))
    back = reverse("institution:leaves")

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.ask_leave(
            by=request.actor,
            staff_id=data["staff"],
            kind=data["kind"],
            first=data["first"],
            last=data["last"],
            reason=data["reason"],
            at=clock.now(),
        )
        return done(request, back, f"已提出{made.staff.name}的{made.get_kind_display()}，等待批准")

    form = StaffLeaveForm(
        request.POST or None,
        staff=[(p.pk, p.name) for p in people],
        initial={"first": today, "last": today, "staff": me.pk if me else None},
    )
    return ask(request, form, act, title="请假", verb="提出", back=back)


@page(DECIDES, title="准假", log="准假", methods=("POST",))
def grant(request: Request, staff_leave_id: int) -> HttpResponse:
    """准假。"""
    row = services.decide_leave(
        by=request.actor, leave_id=staff_leave_id, granted=True, note="", at=clock.now()
    )
    text = f"已准{row.staff.name}的{row.get_kind_display()}；这几天的班次不再计入，请补排"
    return done(request, reverse("institution:leaves"), text)


@page(DECIDES, title="不准假", log="不准假", methods=("GET", "POST"))
def refuse(request: Request, staff_leave_id: int) -> HttpResponse:
    """不准假，须写理由。"""
    row = access_leave(request.actor.scope, staff_leave_id)
    back = reverse("institution:leaves")

    def act(data: dict[str, Any]) -> HttpResponse:
        services.decide_leave(
            by=request.actor,
            leave_id=row.pk,
            granted=False,
            note=data["note"],
            at=clock.now(),
        )
        return done(request, back, f"没有准{row.staff.name}的假，理由已告知")

    title = f"不准{row.staff.name}的{row.get_kind_display()}"
    return ask(request, RefuseForm(request.POST or None), act, title=title, verb="不准", back=back)


@page("inst:leave:ask", title="撤回请假", log="撤回员工请假", methods=("POST",))
def withdraw(request: Request, staff_leave_id: int) -> HttpResponse:
    """撤回。"""
    row = services.withdraw_leave(by=request.actor, leave_id=staff_leave_id, at=clock.now())
    return done(request, reverse("institution:leaves"), f"已撤回{row.staff.name}的请假")
