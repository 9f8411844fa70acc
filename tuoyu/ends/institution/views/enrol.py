"""入托、转班、离托：judged by the same rules as the roster."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.columns import CellError, Column, parse
from tuoyu.core.excel.services import Created, Importer, Place, importer
from tuoyu.core.excel.sheets import Row
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.services import enrol
from tuoyu.domains.enrolment.services import leave as leave_care
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.institutions.selectors import list_classes
from tuoyu.ends.institution import reads
from tuoyu.ends.institution.forms import LeaveCareForm, MoveForm, PlainForm, roster_form
from tuoyu.ends.institution.shell import ask, done, own

MANAGE = "inst:enrolment:manage"
_FEE = Column("fee", "月保育费（元）", "yuan", True)


@page(MANAGE, title="登记入托", log="登记入托", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """登记入托：a child, a guardian and a place in a class."""
    inst, kind = own(request), importer("children")
    classes = [(c.name, f"{c.name}（{c.type_title}）") for c in list_classes(inst) if c.is_open]
    back = reverse("institution:children")
    form = roster_form(kind.sheet.columns, classes, clock.today(), request.POST or None)

    def act(data: dict[str, Any]) -> HttpResponse:
        row = _row(kind, data)
        place = Place(inst.pk, inst.region_code)
        if row.is_good:
            kind.check(place, [row], request.actor)
        if not row.is_good:
            _show(form, row)
            raise DomainError("fields", "有内容需要改，已在下面逐项标出")
        created: Created = {}
        try:
            kind.make(place, row, request.actor, clock.now(), created)
        except DomainError as error:
            raise _cause(error) from error
        request.audit_persons = created.get("children.Child", [])
        made = next(iter(request.audit_persons))
        url = reverse("institution:child", args=[made])
        return done(request, url, f"{row.values['name']} 已登记入托")

    return ask(request, form, act, title="登记入托", verb="登记入托", back=back, two=True)


def _row(kind: Importer, data: dict[str, Any]) -> Row:
    """One row of the roster, typed in by hand."""
    row = Row(1, [data[c.key] for c in kind.sheet.columns])
    for column in kind.sheet.columns:
        try:
            row.values[column.key] = parse(column, data[column.key])
        except CellError as error:
            row.errors[column.key] = str(error)
    return row


def _show(form: PlainForm, row: Row) -> None:
    for key, text in row.errors.items():
        form.add_error(key, text)


def _cause(error: DomainError) -> DomainError:
    """The roster names its row; here there is only one."""
    return error.__cause__ if isinstance(error.__cause__, DomainError) else error


def _present(request: Request, child_id: int) -> Enrolment:
    """当前或将来的入托登记。"""
    scope, today = request.actor.scope, clock.today()
    file = reads.child_file(scope, access_child(scope, child_id), today)
    coming = next((e for e in reversed(file.enrolments) if e.period.lower > today), None)
    found = file.present or coming
    if found is None or found.institution_id != request.actor.institution_id:
        raise NotFound
    return found


@page(MANAGE, title="办理离托", log="办理离托", methods=("GET", "POST"))
def leave(request: Request, child_id: int) -> HttpResponse:
    """离托。"""
    found = _present(request, child_id)
    kid = access_child(request.actor.scope, child_id)
    back = reverse("institution:children")

    def act(data: dict[str, Any]) -> HttpResponse:
        leave_care(
            scope=request.actor.scope,
            enrolment_id=found.pk,
            on=data["on"],
            today=clock.today(),
        )
        request.audit_persons, request.audit_note = [child_id], f"{data['on']} 起离托"
        return done(request, back, f"{kid.name} 自 {data['on']} 起离托")

    form = LeaveCareForm(request.POST or None, initial={"on": clock.today()})
    return ask(
        request,
        form,
        act,
        title=f"办理{kid.name}离托",
        verb="离托",
        back=reverse("institution:child", args=[child_id]),
        note="离托后档案归入历史，本机构不再看到；此前的考勤和结算不变。",
        note_kind="warn",
        danger=True,
    )


@page(MANAGE, title="办理转班", log="办理转班", methods=("GET", "POST"))
def move(request: Request, child_id: int) -> HttpResponse:
    """转班：leaves one class and enters another on the same day."""
    scope, found, inst = request.actor.scope, _present(request, child_id), own(request)
    kid = access_child(scope, child_id)
    classes = [c for c in list_classes(inst) if c.is_open and c.id != found.class_group_id]
    back = reverse("institution:child", args=[child_id])

    def act(data: dict[str, Any]) -> HttpResponse:
        group = ClassGroup.objects.visible_to(scope).get(pk=data["class_group"])
        try:
            fee = parse(_FEE, data["yuan"])
        except CellError as error:
            raise DomainError("fee", str(error)) from error
        end, today = found.period.upper, clock.today()
        leave_care(scope=scope, enrolment_id=found.pk, on=data["on"], today=today)
        enrol(
            child=kid,
            class_group=group,
            from_on=data["on"],
            to_on=end,
            monthly_fen=fee,
            form=found.form,
            today=today,
        )
        request.audit_persons, request.audit_note = [child_id], f"{data['on']} 起转{group.name}"
        return done(request, back, f"{kid.name} 自 {data['on']} 起转到{group.name}")

    fen = found.monthly_fen
    form = MoveForm(
        request.POST or None,
        groups=[(c.id, f"{c.name}（{c.type_title}）") for c in classes],
        initial={"on": clock.today(), "yuan": f"{fen // 100}.{fen % 100:02d}"},
    )
    facts = [{"name": "现班级", "text": f"{found.class_group.name}，自 {found.period.lower}"}]
    return ask(request, form, act, title=f"办理{kid.name}转班", verb="转班", back=back, facts=facts)
