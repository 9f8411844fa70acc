"""家长端的外壳：which child, the five tabs, the red dot.

A page shows one child: the one named by ``?child=`` (or the form's ``child``), else the one chosen
last, else the youngest in care today. A child that is not one's own is not found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request
from tuoyu.core.errors import NotFound
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.messages.selectors import unread_count
from tuoyu.ends.family import reads
from tuoyu.ends.family.todo import list_todo
from tuoyu.ui import words

CHILD_KEY = "family_child"
ELDER_COOKIE = "ty_elder"
TABS = [
    ("首页", "home", "family:home"),
    ("动态", "feed", "family:feed"),
    ("消息", "msg", "family:messages"),
    ("服务", "grid", "family:services"),
    ("我的", "me", "family:me"),
]


@dataclass(frozen=True)
class Chosen:
    """当前孩子：with the enrolment of today (or the latest), None when there is none."""

    child: Child
    enrolment: Enrolment | None

    @property
    def institution_id(self) -> int:
        """所在机构；without an enrolment there is nothing to act upon."""
        if self.enrolment is None:
            raise NotFound
        return self.enrolment.institution_id


def own_children(request: Request) -> list[Child]:
    """自己的孩子，按出生先后（一次请求读一次）。"""
    kept: list[Child] | None = getattr(request, "_own_children", None)
    if kept is None:
        kept = list(Child.objects.visible_to(request.actor.scope).order_by("born_on", "id"))
        request._own_children = kept  # type: ignore[attr-defined]
    return kept


def own_stays(request: Request) -> list[Enrolment]:
    """自己孩子的入托登记（一次请求读一次）。"""
    kept: list[Enrolment] | None = getattr(request, "_own_stays", None)
    if kept is None:
        kept = reads.stays_of(request.actor.scope)
        request._own_stays = kept  # type: ignore[attr-defined]
    return kept


def chosen(request: Request) -> Chosen:
    """当前页的孩子；someone without children is not found here (the home page says why)."""
    asked = request.POST.get("child") or request.GET.get("child")
    if asked:
        if not asked.isdecimal() or len(asked) > 18:
            raise NotFound
        child = next((c for c in own_children(request) if c.pk == int(asked)), None)
        if child is None:
            raise NotFound
    else:
        found = own_children(request)
        if not found:
            raise NotFound
        kept = request.session.get(CHILD_KEY)
        child = next((c for c in found if c.pk == kept), None) or _first(request, found)
    return Chosen(child, reads.stay_on(own_stays(request), child.pk, clock.today()))


def _first(request: Request, found: list[Child]) -> Child:
    """先看哪一个：the youngest in care today, for whom there is most to see."""
    today = clock.today()
    in_care = {s.child_id for s in own_stays(request) if today in s.period}
    return max(found, key=lambda c: (c.pk in in_care, c.born_on))


def is_elder(request: Request) -> bool:
    """长辈版：the browser's choice; on a new one, the choice kept with the account."""
    if ELDER_COOKIE not in request.COOKIES:
        on = getattr(request.user, "prefers_elder", False)
        request.COOKIES[ELDER_COOKIE] = "on" if on else "off"  # the shell reads it from here
    return request.COOKIES[ELDER_COOKIE] == "on"


def show(
    request: Request, template: str, title: str, picked: Chosen | None = None, **context: Any
) -> HttpResponse:
    """一页：content plus child, children, tabs and red dot."""
    todo = list_todo(request.actor.scope, own_children(request), own_stays(request), clock.now())
    context |= {
        "page_title": title,
        "tabs": tabs(request, len(todo) + unread_count(request.actor.scope)),
        "todo": todo,
        "elder": is_elder(request),
        "back_url": context.get("back_url") or reverse("family:home"),
    }
    if picked is not None:
        context |= {
            "child": _head(picked),
            "children": [_other(c) for c in own_children(request)],
            "picked": picked,
        }
    return render(request, template, context)


def tabs(request: Request, todo: int) -> list[dict[str, Any]]:
    """底部五栏；the red dot is what is to be done and what was not read, exactly."""
    return [
        {
            "title": title,
            "icon": icon,
            "url": url,
            "count": todo if route == "family:messages" else 0,
            "current": request.path == url,
        }
        for title, icon, route in TABS
        for url in (reverse(route),)
    ]


def _head(picked: Chosen) -> dict[str, Any]:
    group = picked.enrolment.class_group.name if picked.enrolment else ""
    return {
        "id": picked.child.pk,
        "name": picked.child.name,
        "age_text": words.age(picked.child.born_on),
        "class_name": group,
    }


def _other(child: Child) -> dict[str, Any]:
    return {
        "id": child.pk,
        "name": child.name,
        "age_text": words.age(child.born_on),
        "url": reverse("family:child", args=[child.pk]),
    }
