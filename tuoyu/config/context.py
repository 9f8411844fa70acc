"""页面外壳的上下文：person, role, region, clock, menu, 待办."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from tuoyu.config.actors import held
from tuoyu.config.menu import address, menu_for
from tuoyu.core import clock
from tuoyu.core.access import AccessView, Actor
from tuoyu.core.cases import services as cases
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.messages.selectors import unread_count
from tuoyu.domains.policies.books import current_book
from tuoyu.ends.account.demo import people

LIVE_ROUTE = "api:live_ticket"
END_TITLES = {
    "government": "监管端",
    "institution": "机构端",
    "family": "家长端",
    "clinic": "医育端",
    "academy": "人才端",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """外壳上下文（惰性）：a page that shows no shell pays nothing for it."""
    actor = cast(Actor | None, getattr(request, "actor", None))
    if actor is None:
        return {}
    city = current_book().city
    view = AccessView(
        person_name=actor.name if actor.user_id else "",
        role_title=actor.role_title,
        organisation=actor.organisation,
        region_name=actor.region_name,
        demo=settings.DEMO,
        clock=clock.now(),
        city_name=city.name,
        city_theme=city.slug,
        roles=_roles(request, actor),
    )
    request.access = view  # type: ignore[attr-defined]
    todo = cases.todo(actor).count() if actor.end == "government" and actor.user_id else 0
    return {
        "access": view,
        "actor": actor,
        "menu": menu_for(actor, request.path, todo),
        "todo_count": todo,
        "box_url": address("account_messages") if actor.user_id else "",
        "unread": SimpleLazyObject(lambda: _unread(request, actor)),  # asked by desks only
        "theme_url": address("theme"),
        "live_url": address(LIVE_ROUTE) if settings.LIVE_URL and actor.user_id else "",
        "home_url": address("account_home") if actor.user_id else "/",
        "login_url": "" if actor.user_id else address("account_login"),
        "logout_url": address("account_logout"),
        "account_url": address("account_me") if actor.user_id else "",
        "end_title": END_TITLES.get(actor.end, ""),
        "todo_url": address("government:home") if actor.may("gov:home:view") else "",
        "search_url": address("government:institutions")
        if actor.may("gov:institution:view")
        else "",
        "search_hint": "搜机构名称或拼音",
    }


def _roles(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [
        {
            "id": a.pk,
            "title": a.post or ROLES[a.role].title,
            "organisation": a.organisation,
            "current": a.pk == actor.assignment_id,
            "url": reverse("account_switch", args=[a.pk]),
        }
        for a in held(request)
    ]


def sign_in(request: HttpRequest) -> dict[str, Any]:
    """登录页的上下文：统一身份认证 when configured, demo people in demo mode."""
    if getattr(request.resolver_match, "url_name", "") != "account_login":
        return {}
    providers: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
    apps = providers["openid_connect"]["APPS"]
    return {"sso": apps[0]["name"] if apps else "", "demo_people": people(request)}


def _unread(request: HttpRequest, actor: Actor) -> int:
    """未读条数：a page that has counted them already says so."""
    counted: int | None = getattr(request, "unread", None)
    return unread_count(actor.scope) if counted is None else counted
