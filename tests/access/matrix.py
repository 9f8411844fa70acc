"""权限矩阵：role × route × {own, other} → status; generated, kept in git, diffed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client, RequestFactory

from tests.access.routes import Route, all_routes
from tests.access.subjects import fill, subjects
from tests.world import World
from tuoyu.config import middleware
from tuoyu.config.actors import actor_for_user
from tuoyu.core import access

FILE = Path(__file__).with_name("matrix.csv")
WHO = [
    "anonymous",
    "city-officer",
    "county-officer",
    "finance-officer",
    "payment-clerk",
    "inspector",
    "auditor",
    "director",
    "teacher",
    "parent",
    "doctor",
    "trainer",
]
# Static answers and the sign-in library's own inner pages: walked by test_routes, no rows behind.
LEFT_OUT = ("account/", "api/v1/", "healthz", "theme.css", "kiosk/", "demo/")
KEPT = ("account/switch/<int:assignment_id>/", "account/me/", "account/home/")


def entries() -> list[tuple[Route, str]]:
    """要走的路由与方法。"""
    out = []
    for route in all_routes():
        if route.pattern.startswith(LEFT_OUT) and route.pattern not in KEPT:
            continue
        assert route.page is not None, route.pattern
        out += [(route, method) for method in route.page.methods]
    return out


def rows(w: World, asked: list[tuple[Route, str]]) -> list[list[str]]:
    """矩阵各行：route, method, then a cell per role: ``own/other`` or one status.

    What is asked for is the status: pages are worked out but not drawn (``tests/pages`` draws each
    of them), and who acts is worked out once a role and not once a request.
    """
    pairs = subjects(w)
    people = [
        Asker(Client(), access.ANONYMOUS)
        if who == "anonymous"
        else Asker(w.client(who), actor_for_user(w.users[who]))
        for who in WHO
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", lambda *_: "")
        return [
            [route.name, method, *(_cell(one, route, method, pairs) for one in people)]
            for route, method in asked
        ]


@dataclass(frozen=True)
class Asker:
    """一个角色：with a browser's client, and as the pages know it."""

    client: Client
    actor: access.Actor


def _cell(one: Asker, route: Route, method: str, pairs: dict[str, Any]) -> str:
    """Own and other. Who lacks the right is refused before a number is read: once tells both."""
    values = fill(route.name, route.converters, pairs, 0)
    assert route.page is not None
    if lacks(one.actor, route.page):
        own = refused(one.actor, route, method, values)
        return f"{own}/{own}" if route.converters else str(own)
    own = _ask(one, route, method, values)
    if not route.converters:
        return str(own)
    other = _ask(one, route, method, fill(route.name, route.converters, pairs, 1))
    return f"{own}/{other}"


def lacks(actor: access.Actor, page: access.Page) -> bool:
    """已登录而无此权限。"""
    signed_in = actor.user_id is not None
    return signed_in and page.permission is not None and not actor.may(page.permission)


def refused(actor: access.Actor, route: Route, method: str, values: dict[str, Any]) -> int:
    """Asked at the page's own lock, without the way through the server to it (which
    ``test_the_whole_way_refuses_too`` walks) and without drawing the same 404 thousands of times.
    """
    request = RequestFactory().generic(method, path_of(route, values))
    request.actor = actor  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(access, "render", _undrawn)
        response = route.view(request, **values)
        transaction.set_rollback(True)
    return int(response.status_code)


def _undrawn(request: Any, name: str, *args: Any, status: int) -> HttpResponse:
    return HttpResponse(name, status=status)


def _ask(one: Asker, route: Route, method: str, values: dict[str, Any]) -> int:
    """One request whose effect is undone, so that each cell starts from the same world."""
    path = path_of(route, values)
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(middleware, "actor_for_request", lambda _: one.actor)
        response = one.client.generic(method, path)
        transaction.set_rollback(True)
    return int(response.status_code)


def path_of(route: Route, values: dict[str, Any]) -> str:
    """填好参数的路径。"""
    path = "/" + route.pattern
    for name, converter in route.converters.items():
        path = path.replace(_placeholder(route.pattern, name), converter.to_url(values[name]))
    return path


def _placeholder(pattern: str, name: str) -> str:
    start = pattern.index(f":{name}>")
    return pattern[pattern.rindex("<", 0, start) : start + len(name) + 2]


def read() -> list[list[str]]:
    """已存的矩阵。"""
    with FILE.open(newline="", encoding="utf-8") as f:
        return list(csv.reader(f))[1:]


def write(found: list[list[str]]) -> None:
    """存矩阵：the rows found anew among those kept; routes that are gone are dropped."""
    rows = {(r[0], r[1]): r for r in [*read(), *found]}
    order = [(route.name, method) for route, method in entries()]
    with FILE.open("w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["route", "method", *WHO])
        out.writerows(rows[key] for key in order if key in rows)
