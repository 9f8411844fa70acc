"""演练、设备、证照。"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.download import attachment
from tuoyu.core.files.services import open_file
from tuoyu.domains.attendance.selectors import today_board
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.safety import selectors, services
from tuoyu.domains.safety.states import RECORD
from tuoyu.ends.institution.safety_forms import (
    CheckForm,
    DrillForm,
    DrillPlanForm,
    EquipmentForm,
    LicenceForm,
)
from tuoyu.ends.institution.shell import ask, done, number, own
from tuoyu.ends.institution.views.safety import MANAGE, VIEW, show


@page(MANAGE, title="应急演练")
def drills(request: Request) -> HttpResponse:
    """应急演练：each subject with its last and its next."""
    scope, inst, today = request.actor.scope, own(request), clock.today()
    norm = current_book().national.norms["drill_months"]
    return show(
        request,
        "safety_drills",
        "safety_drills",
        "应急演练",
        states=selectors.drill_states(scope, inst.pk, today),
        rows=selectors.list_drills(scope, inst.pk),
        norm=norm,
        today=today,
    )


@page(MANAGE, title="排演练", log="排演练", methods=("GET", "POST"))
def drill_new(request: Request) -> HttpResponse:
    """排演练。"""
    back = reverse("institution:safety_drills")

    def act(data: dict[str, Any]) -> HttpResponse:
        services.plan_drill(institution=own(request), by=request.actor, **data)
        return done(request, back, "已排上")

    start = {"kind": request.GET.get("kind", "fire"), "planned_on": clock.today()}
    form = DrillPlanForm(request.POST or None, initial=start)
    return ask(request, form, act, title="排演练", verb="排上", back=back)


@page(MANAGE, title="登记演练", log="登记演练", methods=("GET", "POST"))
def drill(request: Request, drill_id: int) -> HttpResponse:
    """登记演练：the number of children in the house is filled in from the door."""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    found = selectors.access_drill(scope, drill_id)
    back = reverse("institution:safety_drills")
    if found.held_at is not None:
        raise DomainError("held", "这次演练已经登记过，不能改写；要再演练请另排一次")
    present = today_board(scope, inst.pk, clock.day_of(now), now, inst.leave_cutoff).present
    start = {"on": clock.today(), "at": f"{now:%H:%M}", "children_present": present}

    def act(data: dict[str, Any]) -> HttpResponse:
        held = datetime.combine(data.pop("on"), data.pop("at"), tzinfo=now.tzinfo)
        services.hold_drill(
            scope=scope,
            drill_id=drill_id,
            held_at=held,
            seconds=data.pop("minutes") * 60 + data.pop("seconds"),
            by=request.actor,
            at=now,
            **data,
        )
        return done(request, back, "演练已登记")

    title = f"登记演练：{found.get_kind_display()}"
    form = DrillForm(request.POST or None, initial=start)
    return ask(request, form, act, title=title, verb="登记", back=back, two=True)


@page(VIEW, title="安全设备")
def equipment(request: Request) -> HttpResponse:
    """安全设备：what is due or over stands first."""
    inst = own(request)
    rows = selectors.list_equipment(request.actor.scope, inst.pk, clock.today())
    return show(
        request,
        "safety_equipment",
        "safety_equipment",
        "安全设备",
        rows=rows,
        may_manage=request.actor.may(MANAGE),
        may_record=request.actor.may(RECORD),
        norm=current_book().national.norms["equipment_check_months"],
    )


@page(MANAGE, title="登记设备", log="登记设备", methods=("GET", "POST"))
def equipment_new(request: Request) -> HttpResponse:
    """登记设备：the interval begins with that of the national pack."""
    back = reverse("institution:safety_equipment")

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.add_equipment(institution=own(request), from_on=clock.today(), **data)
        return done(request, back, f"已登记{made.name}")

    norm = current_book().national.norms["equipment_check_months"]
    form = EquipmentForm(request.POST or None, initial={"check_months": norm.value})
    form.fields["check_months"].help_text = f"{norm.source}：{norm.name} {norm.value} {norm.unit}"
    return ask(request, form, act, title="登记设备", verb="登记", back=back)


@page(RECORD, title="检查设备", log="检查设备", methods=("GET", "POST"))
def equipment_check(request: Request, equipment_id: int) -> HttpResponse:
    """检查一件设备。"""
    scope, back = request.actor.scope, reverse("institution:safety_equipment")
    item = selectors.access_equipment(scope, equipment_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        services.check_equipment(
            scope=scope,
            equipment_id=equipment_id,
            is_sound=data["is_sound"] == "yes",
            note=data["note"],
            by=request.actor,
            at=clock.now(),
        )
        return done(request, back, f"{item.name}已检查")

    form = CheckForm(request.POST or None)
    return ask(request, form, act, title=f"检查{item.name}", verb="登记", back=back)


@page(MANAGE, title="停用设备", log="停用设备", methods=("POST",))
def equipment_end(request: Request, equipment_id: int) -> HttpResponse:
    """停用设备。"""
    services.end_equipment(scope=request.actor.scope, equipment_id=equipment_id, on=clock.today())
    return done(request, reverse("institution:safety_equipment"), "已停用")


@page(MANAGE, title="证照")
def licences(request: Request) -> HttpResponse:
    """证照：what runs out first."""
    rows = selectors.list_documents(request.actor.scope, own(request).pk, clock.today())
    return show(
        request,
        "safety_licences",
        "safety_licences",
        "证照",
        rows=rows,
        soon=sum(r.tone in ("warn", "danger") for r in rows),
    )


@page(MANAGE, title="登记证照", log="登记证照", methods=("GET", "POST"))
def licence_new(request: Request) -> HttpResponse:
    """登记证照，or a renewal of one."""
    scope, back = request.actor.scope, reverse("institution:safety_licences")
    old_id = number(request.GET.get("renew"))
    old = selectors.access_document(scope, old_id) if old_id else None
    start = {"kind": old.kind, "name": old.name, "number": old.number} if old else {}

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.add_document(
            institution=own(request),
            scope=scope,
            replaces_id=old_id,
            by=request.actor,
            at=clock.now(),
            **data,
        )
        return done(request, back, f"已登记{made.name}")

    form = LicenceForm(request.POST or None, request.FILES or None, initial=start)
    title = f"换证：{old.name}" if old else "登记证照"
    url = request.get_full_path()
    return ask(request, form, act, title=title, verb="登记", back=back, url=url)


@page(MANAGE, title="证照扫描件", log="下载证照", sensitive=True)
def licence_file(request: Request, licence_id: int) -> HttpResponse:
    """下载一份证照的扫描件。"""
    found = selectors.access_document(request.actor.scope, licence_id)
    if found.file_id is None:
        raise NotFound
    request.audit_note = found.name
    return attachment(*open_file(request.actor.scope, found.file_id))
