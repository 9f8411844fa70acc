"""页面外壳的上下文：person, role, region, clock, menu, 待办."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from tuoyu.config.menu import menu_for
from tuoyu.core import clock
from tuoyu.core.access import AccessView, Actor
from tuoyu.core.cases import services as cases
from tuoyu.domains.identity.models import User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.identity.selectors import list_assignments
from tuoyu.domains.policies.books import current_book


def shell(request: HttpRequest) -> dict[str, Any]:
    """外壳上下文（惰性）：a page that shows no shell pays nothing for it."""
    actor = cast(Actor | None, getattr(request, "actor", None))
    if actor is None:
        return {}
    city = current_book().city
    view = AccessView(
        person_name=actor.name,
        role_title=actor.role_title,
        organisation=actor.organisation,
        region_name=actor.region_name,
        demo=settings.DEMO,
        clock=clock.now(),
        city_name=city.short_name,
        city_theme=city.theme,
        roles=_roles(request, actor),
    )
    request.access = view  # type: ignore[attr-defined]
    todo = cases.todo(actor).count() if actor.end == "government" and actor.user_id else 0
    return {
        "access": view,
        "actor": actor,
        "menu": menu_for(actor, request.path, todo),
        "todo_count": todo,
        "theme_url": reverse("theme"),
        "live_url": settings.LIVE_URL,
    }


def _roles(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if not isinstance(user, User) and not getattr(user, "is_authenticated", False):
        return []
    found = list_assignments(cast(User, user), clock.today())
    return [
        {
            "id": a.pk,
            "title": a.post or ROLES[a.role].title,
            "organisation": a.organisation,
            "current": a.pk == actor.assignment_id,
            "url": reverse("account:switch", args=[a.pk]),
        }
        for a in found
    ]
