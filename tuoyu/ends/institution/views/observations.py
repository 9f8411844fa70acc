"""观察记录：who has had none this month, a form of two sentences, and a child's own album."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.moments.models import Observation
from tuoyu.domains.moments.rules import AREAS, MOST_AREAS, MOST_WORDS, area_title
from tuoyu.domains.moments.selectors import room
from tuoyu.domains.moments.services import observations as services
from tuoyu.ends.institution.shell import by, number, own

RECORD = "inst:moment:record"


@page(RECORD, title="观察记录")
def observations(request: Request) -> HttpResponse:
    """本月的记录；the list of those without one is a help, in the order of names, no ranking."""
    scope, today = request.actor.scope, clock.today()
    month = today.replace(day=1)
    faces = room.list_faces(scope, today)
    wanted = number(request.GET.get("room"))
    rooms = {f.class_group_id: f.class_name for f in faces}
    if wanted is not None and wanted not in rooms:
        raise NotFound
    mine = [f for f in faces if wanted in (None, f.class_group_id)]
    notes = room.list_observations(scope, since=month)
    shown = {f.id for f in mine}
    base = reverse("institution:observations")
    context = {
        "page_title": "观察记录",
        "month": month,
        "chips": [{"title": "全部", "url": base, "current": wanted is None}]
        + [
            {"title": name, "url": f"{base}?room={pk}", "current": pk == wanted}
            for pk, name in rooms.items()
        ],
        "lacking": [f for f in mine if f.lacks(month)],
        "having": [f for f in mine if not f.lacks(month)],
        "notes": [told(n) for n in notes if n.child_id in shown][:30],
    }
    return render(request, "institution/observations.html", context)


def told(note: Observation) -> dict[str, Any]:
    """一条记录，写成人看的。"""
    return {
        "it": note,
        "areas": [area_title(a) for a in note.areas],
        "photo": note.photo if note.photo is not None and note.photo.removed_at is None else None,
    }


@page(RECORD, title="写观察", log="写观察记录", methods=("GET", "POST"))
def observe(request: Request, child_id: int) -> HttpResponse:
    """写一条：areas, a sentence or two, perhaps one of the child's photos."""
    kid = access_child(request.actor.scope, child_id)
    problem = ""
    if request.method == "POST":
        try:
            _write(request, child_id)
        except NotFound:
            raise
        except DomainError as error:
            problem = error.text
        else:
            messages.success(request, f"已记下{kid.name}的观察")
            return redirect("institution:observations")
    context = {
        "page_title": f"{kid.name}的观察",
        "kid": kid,
        "areas": AREAS,
        "chosen": request.POST.getlist("area"),
        "text": request.POST.get("text", ""),
        "private": request.POST.get("private") == "1",
        "photos": room.child_photos(request.actor.scope, child_id, most=8),
        "photo": request.POST.get("photo") or request.GET.get("photo") or "",
        "problem": problem,
        "most_words": MOST_WORDS,
        "most_areas": MOST_AREAS,
        "key": request.POST.get("key") or uuid.uuid4(),
        "back": reverse("institution:observations"),
    }
    return render(request, "institution/observe.html", context, status=422 if problem else 200)


def _write(request: Request, child_id: int) -> None:
    note = services.Note(
        child_id,
        request.POST.getlist("area"),
        request.POST.get("text", ""),
        _uuid(request.POST.get("photo")),
        is_private=request.POST.get("private") == "1",
        id=_uuid(request.POST.get("key")) or uuid.uuid4(),
    )
    request.audit_persons = [child_id]
    services.observe(
        scope=request.actor.scope,
        institution_id=own(request).pk,
        note=note,
        by=by(request),
        by_name=request.actor.name,
        at=clock.now(),
    )


def _uuid(text: str | None) -> uuid.UUID | None:
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFound from error


@page(RECORD, title="撤下观察", log="撤下观察记录", methods=("POST",))
def withdraw(request: Request, note_id: uuid.UUID) -> HttpResponse:
    """撤下一条。"""
    services.withdraw_observation(
        scope=request.actor.scope,
        note_id=note_id,
        by=by(request),
        by_name=request.actor.name,
        at=clock.now(),
    )
    messages.success(request, "已撤下，家长不再看到；原记录留在日志里")
    return redirect("institution:observations")


@page(RECORD, title="相册与观察", log="查看相册与观察", sensitive=True)
def album(request: Request, child_id: int) -> HttpResponse:
    """一名儿童的照片与观察。"""
    scope = request.actor.scope
    kid = access_child(scope, child_id)
    request.audit_persons = [kid.pk]
    context = {
        "page_title": f"{kid.name}的相册与观察",
        "kid": kid,
        "photos": room.child_photos(scope, child_id),
        "notes": [told(n) for n in room.list_observations(scope, child_id=child_id)],
        "crumbs": [
            {"title": "儿童", "url": reverse("institution:children")},
            {"title": kid.name, "url": reverse("institution:child", args=[kid.pk])},
            {"title": "相册与观察", "url": ""},
        ],
    }
    return render(request, "institution/album.html", context)
