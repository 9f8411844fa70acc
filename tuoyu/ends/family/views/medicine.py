"""喂药委托：a photo of the label, the dose, the times; the answer and each receipt below it."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock, rls
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files import images
from tuoyu.core.files.download import picture
from tuoyu.core.files.services import open_file
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.medicine import rules, selectors, services
from tuoyu.domains.medicine.models import MedicineRequest, RequestState, Route
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show

ASK = "family:medicine:ask"
TONES: dict[str, str] = {
    RequestState.ASKED: "warn",
    RequestState.ACCEPTED: "ok",
    RequestState.REFUSED: "danger",
}
TIMES = 4


@page(ASK, title="喂药委托")
def listing(request: Request) -> HttpResponse:
    """各份委托。"""
    if not own_children(request):
        return show(request, "family/nobody.html", "喂药委托")
    picked = chosen(request)
    rows = selectors.list_of_child(request.actor.scope, picked.child.pk)
    return show(
        request, "family/medicines.html", "喂药委托", picked,
        rows=[(r, RequestState(r.state).label, TONES.get(r.state, "")) for r in rows],
        may_ask=picked.enrolment is not None, back_url=reverse("family:services"),
    )  # fmt: skip


@page(ASK, title="写喂药委托", log="委托喂药", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """写一份委托。"""
    picked = chosen(request)
    if request.method == "POST":
        try:
            made = services.ask(
                child_id=picked.child.pk,
                institution_id=picked.institution_id,
                paper=_paper(request),
                photo_id=_photo(request, picked),
                agreed=request.POST.get("agreed") == "yes",
                by=request.actor,
                at=clock.now(),
            )
        except NotFound:
            raise
        except DomainError as error:
            return _form(request, picked, None, error.text)
        request.audit_persons = [picked.child.pk]
        messages.success(request, "已交给园方，接受以后您会收到通知")
        return redirect("family:medicine", made.pk)
    return _form(request, picked, None, "")


@page(ASK, title="改喂药委托", log="改喂药委托", methods=("GET", "POST"))
def change(request: Request, medicine_id: int) -> HttpResponse:
    """改委托：until the first dose."""
    found = selectors.access_request(request.actor.scope, medicine_id)
    picked = _picked(request, found)
    if request.method == "POST":
        try:
            services.change(
                request_id=found.pk,
                paper=_paper(request),
                photo_id=_photo(request, picked),
                agreed=request.POST.get("agreed") == "yes",
                by=request.actor,
                at=clock.now(),
            )
        except NotFound:
            raise
        except DomainError as error:
            return _form(request, picked, found, error.text)
        request.audit_persons = [found.child_id]
        messages.success(request, "已改好，园方须重新接受")
        return redirect("family:medicine", found.pk)
    if found.locked_at is not None:
        raise DomainError("locked", "已经喂过第一次，委托单不能再改；可以停用后另写一份")
    return _form(request, picked, found, "")


@page(ASK, title="喂药委托")
def detail(request: Request, medicine_id: int) -> HttpResponse:
    """一份委托和每次回执。"""
    found = selectors.access_request(request.actor.scope, medicine_id)
    is_open = found.state in (RequestState.ASKED, RequestState.ACCEPTED)
    return show(
        request, "family/medicine.html", "喂药委托", _picked(request, found),
        it=found, facts=_facts(found), state=RequestState(found.state).label,
        tone=TONES.get(found.state, ""), doses=selectors.doses_of(request.actor.scope, found),
        may_stop=is_open, may_change=is_open and found.locked_at is None,
        refusal=found.refusal_note or rules.REFUSALS.get(found.refusal, ""),
        back_url=f"{reverse('family:medicines')}?child={found.child_id}",
    )  # fmt: skip


def _facts(it: MedicineRequest) -> list[dict[str, str]]:
    last = it.to_on - timedelta(days=1)
    days = f"{it.from_on:%m-%d}" + (f" 至 {last:%m-%d}" if last > it.from_on else "")
    rows = [
        ("药名", it.medicine),
        ("病因", it.illness),
        ("每次", f"{it.dose}，{Route(it.route).label}"),
        ("每天", "、".join(f"{t:%H:%M}" for t in it.times)),
        ("日期", days),
    ]
    if it.note:
        rows.append(("提醒", it.note))
    return [{"name": k, "text": str(v)} for k, v in rows]


@page(ASK, title="停用喂药委托", log="停用喂药委托", methods=("POST",))
def stop(request: Request, medicine_id: int) -> HttpResponse:
    """停用。"""
    found = services.stop(request_id=medicine_id, by=request.actor, at=clock.now())
    request.audit_persons = [found.child_id]
    messages.success(request, "已停用，老师马上看到，不会再喂")
    return redirect("family:medicine", found.pk)


@page(ASK, title="药品标签")
def photo(request: Request, medicine_id: int) -> HttpResponse:
    """药品标签照片。"""
    found = selectors.access_request(request.actor.scope, medicine_id)
    if found.photo_id is None:
        raise NotFound
    with rls.as_system("附件按机构存放；已核对是自己孩子的委托"):
        return picture(*open_file(SYSTEM, found.photo_id))


def _picked(request: Request, found: MedicineRequest) -> Chosen:
    """The page shows the child of the paper, whichever was chosen last."""
    query = request.GET.copy()
    query["child"] = str(found.child_id)
    request.GET = query  # type: ignore[assignment]
    return chosen(request)


def _paper(request: Request) -> services.Paper:
    first = _day(request.POST.get("first", ""))
    return services.Paper(
        medicine=request.POST.get("medicine", "")[:60],
        illness=request.POST.get("illness", "")[:60],
        dose=request.POST.get("dose", "")[:40],
        route=request.POST.get("route", ""),
        times=[_time(t) for t in request.POST.getlist("time") if t],
        from_on=first,
        to_on=_day(request.POST.get("last", "")) + timedelta(days=1),
        note=request.POST.get("note", "")[:120],
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DomainError("day", "日期没有填或写法不对，请选开始和结束的日期") from error


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise DomainError("time", "喂药时间写法不对，应如 11:30，请改正") from error


def _photo(request: Request, picked: Chosen) -> int | None:
    upload = request.FILES.get("photo")
    if upload is None:
        return None
    if picked.enrolment is None:
        raise NotFound
    with rls.as_system("附件按机构存放；已核对是自己的孩子"):
        return images.store_photo(
            upload=upload, purpose="medicine", institution_id=picked.institution_id,
            region_code=picked.enrolment.region_code, by=request.actor.user_id or 0,
            at=clock.now(),
        ).pk  # fmt: skip


def _form(
    request: Request, picked: Chosen, found: MedicineRequest | None, error: str
) -> HttpResponse:
    today, sent = clock.today(), request.POST
    kept: dict[str, Any] = {}
    if found is not None and not sent:
        kept = {
            "medicine": found.medicine, "illness": found.illness, "dose": found.dose,
            "route": found.route, "note": found.note or "", "first": f"{found.from_on}",
            "last": f"{found.to_on - timedelta(days=1)}",
        }  # fmt: skip
        times = [f"{t:%H:%M}" for t in found.times]
    else:
        kept = {k: sent.get(k, "") for k in ("medicine", "illness", "dose", "route", "note")}
        kept |= {k: sent.get(k) or f"{today}" for k in ("first", "last")}
        times = sent.getlist("time")
    response = show(
        request, "family/medicine_form.html", "改喂药委托" if found else "写喂药委托", picked,
        kept=kept, times=[*times, *[""] * TIMES][: max(TIMES, len(times))],
        routes=Route.choices, error=error, it=found, today=f"{today}", accept=images.ACCEPT,
        most=f"{today + timedelta(days=90)}", may_ask=picked.enrolment is not None,
        back_url=f"{reverse('family:medicines')}?child={picked.child.pk}",
    )  # fmt: skip
    response.status_code = 422 if error else 200
    return response
