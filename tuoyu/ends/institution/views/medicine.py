"""喂药：what is due today with one tap each, what waits to be accepted, what must be settled."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.download import picture
from tuoyu.core.files.services import open_file
from tuoyu.domains.care.selectors.people import list_actors
from tuoyu.domains.medicine import rules, selectors, services
from tuoyu.domains.medicine.models import Dose, MedicineRequest, RequestState, Route
from tuoyu.ends.institution.shell import back_to, by, number

GIVE, MANAGE = "inst:medicine:give", "inst:medicine:manage"


@page(GIVE, title="喂药")
def today(request: Request) -> HttpResponse:
    """今天的喂药。"""
    scope, now = request.actor.scope, clock.now()
    room = number(request.GET.get("room"))
    rows = selectors.board(scope, request.actor.institution_id, now, room)
    context = {
        "page_title": "喂药",
        "now": now,
        "rows": [r for r in rows if r.is_open],
        "done": [r for r in rows if not r.is_open],
        "unsigned": [(d, d.by_user != by(request)) for d in selectors.list_unsigned(scope)],
        "conflicts": selectors.list_conflicts(scope),
        "waiting": selectors.list_waiting(scope),
        "minutes": selectors.minutes_of(request.actor.institution_id),
        "skips": rules.SKIPS,
        "others": [
            p
            for p in list_actors(request.actor.institution_id, now)
            if p.has_pin and p.user_id != request.actor.user_id
        ],
        "may_manage": request.actor.may(MANAGE),
    }
    return render(request, "institution/medicine.html", context)


@page(GIVE, title="到时的药")
def due(request: Request) -> HttpResponse:
    """班级页里的一块：what is near or late now, for the room page to show and refresh."""
    room = number(request.GET.get("room"))
    rows = selectors.board(request.actor.scope, request.actor.institution_id, clock.now(), room)
    near = [r for r in rows if r.has_conflict or (r.arrived and r.is_near)]
    return render(request, "institution/_medicine_due.html", {"rows": near})


@page(GIVE, title="喂药委托", log="查看喂药委托", sensitive=True)
def detail(request: Request, medicine_id: int) -> HttpResponse:
    """一份委托。"""
    found = selectors.access_request(request.actor.scope, medicine_id)
    request.audit_persons = [found.child_id]
    context = {
        "page_title": f"{found.child.name}的喂药委托",
        "crumbs": [{"title": "喂药", "url": reverse("institution:medicine")}],
        "it": found,
        "state": RequestState(found.state).label,
        "tone": TONES[found.state],
        "facts": facts(found),
        "doses": selectors.doses_of(request.actor.scope, found),
        "refusals": list(rules.REFUSALS.items()),
        "may_decide": found.state == RequestState.ASKED,
    }
    return render(request, "institution/medicine_request.html", context)


TONES: dict[str, str] = {
    RequestState.ASKED: "warn",
    RequestState.ACCEPTED: "ok",
    RequestState.REFUSED: "danger",
    RequestState.WITHDRAWN: "",
    RequestState.ENDED: "",
}


def facts(it: MedicineRequest) -> list[dict[str, str]]:
    """委托单的各项。"""
    times = "、".join(f"{t:%H:%M}" for t in it.times)
    last = it.to_on.fromordinal(it.to_on.toordinal() - 1)
    rows = [
        ("药名", it.medicine),
        ("病因", it.illness),
        ("每次", f"{it.dose}，{Route(it.route).label}"),
        ("每天", times),
        ("日期", f"{it.from_on:%m-%d} 至 {last:%m-%d}" if last > it.from_on else f"{last:%m-%d}"),
        ("存放与提醒", it.note or "—"),
        ("家长同意", f"{it.asked_by_name}，{_when(it.asked_at)}"),
        ("园方", f"{it.decided_by_name}，{_when(it.decided_at)}" if it.decided_at else "待受理"),
    ]
    if it.refusal:
        rows.append(("不接受", it.refusal_note or rules.REFUSALS.get(it.refusal, "")))
    return [{"name": name, "text": str(text)} for name, text in rows]


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(clock.ZONE):%m-%d %H:%M}" if at else "—"


@page(GIVE, title="药品标签", log="查看药品标签", sensitive=True)
def photo(request: Request, medicine_id: int) -> HttpResponse:
    """药品标签照片。"""
    found = selectors.access_request(request.actor.scope, medicine_id)
    request.audit_persons = [found.child_id]
    if found.photo_id is None:
        raise NotFound
    return picture(*open_file(request.actor.scope, found.photo_id))


@page(GIVE, title="受理喂药委托", log="受理喂药委托", methods=("POST",))
def decide(request: Request, medicine_id: int) -> HttpResponse:
    """接受或不接受。"""
    given: dict[str, Any] = {"request_id": medicine_id, "by": request.actor, "at": clock.now()}
    if request.POST.get("answer") == "accept":
        found = services.accept(**given)
        messages.success(request, f"已接受，到时提醒；{found.child.name}的家长已收到")
    else:
        found = services.refuse(
            reason=request.POST.get("reason", ""), note=request.POST.get("note", ""), **given
        )
        messages.success(request, "没有接受，理由已告诉家长")
    request.audit_persons = [found.child_id]
    return redirect("institution:medicine_request", medicine_id)


@page(GIVE, title="登记喂药", log="登记喂药", methods=("POST",))
def give(request: Request, medicine_id: int) -> HttpResponse:
    """登记已喂或未喂。"""
    try:
        due_at = datetime.fromisoformat(request.POST.get("due", ""))
    except ValueError as error:
        raise NotFound from error
    if due_at.tzinfo is None:
        raise NotFound
    found = selectors.access_request(request.actor.scope, medicine_id)
    second = _second(request)
    if isinstance(second, str):
        return _wrong(request, second)
    skipped = request.POST.get("outcome") == Dose.Outcome.SKIPPED
    made = services.give(
        request_id=found.pk,
        due_at=due_at,
        by=request.actor,
        at=clock.now(),
        outcome=Dose.Outcome.SKIPPED if skipped else Dose.Outcome.GIVEN,
        reason=request.POST.get("why" if skipped else "reason", ""),
        note=request.POST.get("note", ""),
        second=second,
    )
    request.audit_persons = [made.child_id]
    if skipped:
        messages.success(request, "已登记未喂，家长已收到原因")
    elif made.second_user:
        messages.success(request, "已登记，两人签字齐全，家长已收到回执")
    else:
        messages.success(request, "已登记；请另一位老师核对签字，签完家长才收到回执")
    return redirect(back_to(request, reverse("institution:medicine")))


def _second(request: Request) -> services.Signer | str | None:
    """第二人用班级口令当场签；the fault's words when the PIN is wrong, None without a second.

    The fault is not raised: the wrong try must be counted, and an error would roll it back.
    """
    who, pin = number(request.POST.get("second")), request.POST.get("pin", "")
    if who is None:
        return None
    try:
        return services.signer_by_pin(
            institution_id=request.actor.institution_id, user_id=who, pin=pin, at=clock.now()
        )
    except DomainError as error:
        return error.text


def _wrong(request: Request, text: str) -> HttpResponse:
    messages.error(request, f"没有登记：{text}")
    return redirect(back_to(request, reverse("institution:medicine")))


@page(GIVE, title="核对签字", log="喂药核对签字", methods=("POST",))
def sign(request: Request, dose_id: uuid.UUID) -> HttpResponse:
    """第二人签字：in one's own session, or by PIN."""
    dose = selectors.access_dose(request.actor.scope, dose_id)
    second = _second(request)
    if isinstance(second, str):
        return _wrong(request, second)
    signer = second or services.Signer(by(request), request.actor.name)
    services.sign_second(dose_id=dose.pk, signer=signer, by=request.actor, at=clock.now())
    request.audit_persons = [dose.child_id]
    messages.success(request, "两人签字齐全，家长已收到回执")
    return redirect(back_to(request, reverse("institution:medicine")))


@page(MANAGE, title="核实两条记录", log="核实喂药记录", methods=("POST",))
def settle(request: Request, dose_id: uuid.UUID) -> HttpResponse:
    """核实：what really happened."""
    found = services.settle(
        dose_id=dose_id, note=request.POST.get("note", ""), by=request.actor, at=clock.now()
    )
    request.audit_persons = [found.child_id]
    messages.success(request, "已核实，结果已告诉家长；两条记录都保留")
    return redirect("institution:medicine")


@page(MANAGE, title="喂药设定", log="喂药设定", methods=("GET", "POST"))
def settings(request: Request) -> HttpResponse:
    """本园喂药设定与已归档的委托。"""
    if request.method == "POST":
        alarm, tolerance = (number(request.POST.get(k)) for k in ("alarm", "tolerance"))
        if alarm is None or tolerance is None:
            raise DomainError("minutes", "两个分钟数都要填，请补填")
        services.set_minutes(alarm=alarm, tolerance=tolerance, by=request.actor, at=clock.now())
        messages.success(request, "已设定，从现在起用")
        return redirect("institution:medicine_settings")
    past = selectors.list_past(request.actor.scope)
    context = {
        "page_title": "喂药设定与归档",
        "crumbs": [{"title": "喂药", "url": reverse("institution:medicine")}],
        "minutes": selectors.minutes_of(request.actor.institution_id),
        "past": [(r, RequestState(r.state).label, TONES[r.state]) for r in past],
    }
    return render(request, "institution/medicine_settings.html", context)
