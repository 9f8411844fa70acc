"""儿童：list and file; numbers stay masked until somebody states a reason."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.download import attachment
from tuoyu.domains.children.models import Consent, Guardianship
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.children.services.guardians import (
    block_pickup,
    end_relation,
    lift_block,
    relate_guardian,
)
from tuoyu.domains.children.services.persons import known_person
from tuoyu.domains.children.services.reveal import FIELDS, reveal_child
from tuoyu.domains.children.services.special import (
    declare_status,
    declare_with_file,
    open_evidence,
)
from tuoyu.domains.institutions.selectors import list_classes
from tuoyu.ends.institution import reads
from tuoyu.ends.institution.forms import GuardianForm, ReasonForm, StatusForm
from tuoyu.ends.institution.shell import ask, by, done, fragment, number, own

MANAGE = "inst:enrolment:manage"


@page("inst:child:view", title="儿童")
def children(request: Request) -> HttpResponse:
    """儿童一览。"""
    scope, today, inst = request.actor.scope, clock.today(), own(request)
    classes = list_classes(inst)
    room = number(request.GET.get("room"))
    if room is not None and room not in {c.id for c in classes}:
        raise NotFound
    text = request.GET.get("q", "")[:40]
    rows = reads.search_children(scope, today, text, room)
    shown = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "page_title": "儿童",
        "page": shown,
        "classes": classes,
        "room": room,
        "q": text,
        "today": today,
        "coming": [] if text or room else list(reads.coming_children(scope, today)[:20]),
    }
    return render(request, "institution/children.html", context)


@page("inst:child:view", title="儿童档案", log="查看儿童档案", sensitive=True)
def child(request: Request, child_id: int) -> HttpResponse:
    """儿童档案。"""
    scope, today = request.actor.scope, clock.today()
    kid = access_child(scope, child_id)
    file = reads.child_file(scope, kid, today)
    request.audit_persons = [kid.pk]
    given = {c.purpose for c in file.consents if c.withdrawn_at is None}
    context = {
        "page_title": kid.name,
        "file": file,
        "kid": kid,
        "today": today,
        "people": [_person(request, g) for g in file.relations],
        "consents": [
            {"title": label, "given": value in given} for value, label in Consent.Purpose.choices
        ],
        "may_see": request.actor.may("inst:child:reveal"),
        "may_manage": request.actor.may(MANAGE),
        "crumbs": [
            {"title": "儿童", "url": reverse("institution:children")},
            {"title": kid.name, "url": ""},
        ],
    }
    return render(request, "institution/child.html", context)


def _person(request: Request, g: Guardianship) -> dict[str, Any]:
    """A teacher learns that someone is blocked, not why."""
    director = request.actor.may("inst:child:reveal")
    ended = g.to_on is not None and g.to_on <= clock.today()
    return {
        "it": g,
        "relation": Guardianship.Relation(g.relation).label,
        "name": g.guardian.name,
        "phone": g.guardian.phone if director else None,
        "ended": ended,
        "reason": g.block_reason if director and g.is_blocked else "",
    }


@page("inst:child:reveal", title="看原值")
def reveal_form(request: Request, child_id: int, field: str) -> HttpResponse:
    """看原值：first the reason."""
    kid = access_child(request.actor.scope, child_id)
    if field not in FIELDS:
        raise NotFound
    back = reverse("institution:child", args=[child_id])
    url = reverse("institution:reveal", args=[child_id, field])
    return _reveal(request, kid.pk, kid.name, field, back, url)


@page("inst:child:reveal", title="看原值", log="看原值", sensitive=True, methods=("POST",))
def reveal(request: Request, child_id: int, field: str) -> HttpResponse:
    """看原值：opened once, on record with its reason."""
    kid = access_child(request.actor.scope, child_id)
    if field not in FIELDS:
        raise NotFound
    back = reverse("institution:child", args=[child_id])
    return _reveal(request, kid.pk, kid.name, field, back, request.path)


def _reveal(
    request: Request, child_id: int, name: str, field: str, back: str, url: str
) -> HttpResponse:
    def act(data: dict[str, Any]) -> HttpResponse:
        found = reveal_child(
            scope=request.actor.scope, child_id=child_id, field=field, reason=data["reason"]
        )
        request.audit_persons, request.audit_note = [found.child_id], found.note
        title = f"{name}的{found.label}"
        return fragment(request, "_revealed.html", title, text=found.text, back=back)

    form = ReasonForm(request.POST or None, label="为什么要看", hint="理由和时间留痕，家长看得到")
    return ask(
        request, form, act, title=f"看{name}的{FIELDS[field]}", verb="查看", back=back, url=url
    )


@page(MANAGE, title="登记接送人", log="登记监护或接送人", methods=("GET", "POST"))
def guardian_add(request: Request, child_id: int) -> HttpResponse:
    """登记监护人、接送人或禁止接走的人。"""
    kid = access_child(request.actor.scope, child_id)
    back = reverse("institution:child", args=[child_id])

    def act(data: dict[str, Any]) -> HttpResponse:
        role = data["role"]
        if role == "blocked" and not data["reason"].strip():
            raise DomainError("no-reason", "禁止接走须写明依据（如法院文书号），请补写后再提交")
        made = relate_guardian(
            child=kid,
            guardian=known_person(name=data["name"], phone=data["phone"]),
            relation=data["relation"],
            from_on=clock.today(),
            is_guardian=role == "guardian",
            can_pick_up=role != "blocked",
        )
        if role == "blocked":
            block_pickup(scope=request.actor.scope, guardianship_id=made.pk, reason=data["reason"])
        words = {"guardian": "监护人", "picker": "接送人", "blocked": "禁止接走的人"}[role]
        request.audit_persons, request.audit_note = [kid.pk], f"登记{words}"
        return done(request, back, f"已登记{kid.name}的{words}：{data['name']}")

    return ask(
        request,
        GuardianForm(request.POST or None),
        act,
        title=f"登记{kid.name}的接送人",
        verb="登记",
        back=back,
    )


_RELATION_ACTS = {
    "end": ("终止关系", "终止", "从今天起不再能接送，也看不到孩子的情况"),
    "block": ("禁止接走", "禁止", "立即生效：此人来接会被拒绝并提示老师"),
    "lift": ("解除禁止", "解除", "解除后按原来的接送关系处理"),
}


@page(MANAGE, title="变更接送关系", log="变更接送关系", methods=("GET", "POST"))
def relation(request: Request, relation_id: int, what: str) -> HttpResponse:
    """终止、禁止、解除禁止。"""
    scope = request.actor.scope
    found = reads.access_relation(scope, relation_id)
    if found is None or what not in _RELATION_ACTS:
        raise NotFound
    title, verb, note = _RELATION_ACTS[what]
    name, child_id = found.guardian.name, found.child_id
    back = reverse("institution:child", args=[child_id])

    def act(data: dict[str, Any]) -> HttpResponse:
        if what == "end":
            end_relation(scope=scope, guardianship_id=relation_id, on=clock.today())
        elif what == "block":
            block_pickup(scope=scope, guardianship_id=relation_id, reason=data["reason"])
        else:
            lift_block(scope=scope, guardianship_id=relation_id, reason=data["reason"])
        request.audit_persons = [child_id]
        request.audit_note = f"{title}：{data['reason']}"
        return done(request, back, f"{name}：已{title}")

    label = "依据" if what != "end" else "原因"
    return ask(
        request,
        ReasonForm(request.POST or None, label=label),
        act,
        title=f"{title}：{name}",
        verb=verb,
        back=back,
        note=note,
        danger=what != "lift",
    )


@page(MANAGE, title="登记特殊家庭身份", log="登记特殊家庭身份", methods=("GET", "POST"))
def status_add(request: Request, child_id: int) -> HttpResponse:
    """登记特殊家庭身份。"""
    kid = access_child(request.actor.scope, child_id)
    back = reverse("institution:child", args=[child_id])

    def act(data: dict[str, Any]) -> HttpResponse:
        upload = data.pop("file")
        if upload is None:
            declare_status(child=kid, **data)
        else:
            declare_with_file(child=kid, upload=upload, by=by(request), at=clock.now(), **data)
        request.audit_persons = [kid.pk]
        return done(request, back, f"已登记{kid.name}的特殊家庭身份，待县级核验")

    return ask(
        request,
        StatusForm(request.POST or None, request.FILES or None),
        act,
        title=f"登记{kid.name}的特殊家庭身份",
        verb="登记",
        back=back,
    )


@page("inst:child:reveal", title="佐证材料", log="下载佐证材料", sensitive=True)
def status_evidence(request: Request, status_id: int) -> HttpResponse:
    """下载一项身份的佐证材料。"""
    status, stored, body = open_evidence(request.actor.scope, status_id)
    request.audit_persons, request.audit_note = [status.child_id], status.get_kind_display()
    return attachment(stored, body)
