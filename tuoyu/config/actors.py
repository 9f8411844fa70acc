"""从会话到操作人：picks the chosen role, or the first one."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from tuoyu.core import clock
from tuoyu.core.access import ANONYMOUS, Actor
from tuoyu.domains.children.selectors import own_child_ids
from tuoyu.domains.enrolment.selectors import still_seen
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.identity.selectors import actor_of, list_assignments

ROLE_KEY = "assignment"


def actor_for_request(request: HttpRequest) -> Actor:
    """当前操作人；a user without a valid role acts as nobody."""
    if not request.user.is_authenticated:
        return ANONYMOUS
    return _actor(request.user, held(request), request.session.get(ROLE_KEY))


def held(request: HttpRequest) -> list[Assignment]:
    """本人当日的任职：read once a request; the shell's role switch lists the same rows."""
    user = cast(User, request.user)
    kept: tuple[int, list[Assignment]] | None = getattr(request, "_held", None)
    if kept is None or kept[0] != user.pk:
        kept = (user.pk, list_assignments(user, clock.today()))
        request._held = kept  # type: ignore[attr-defined]
    return kept[1]


def actor_for_user(user: User, assignment_id: int | None = None) -> Actor:
    """某用户的操作人。"""
    return _actor(user, list_assignments(user, clock.today()), assignment_id)


def _actor(user: User, found: list[Assignment], assignment_id: int | None) -> Actor:
    chosen = next((a for a in found if a.pk == assignment_id), found[0] if found else None)
    if chosen is None:
        return Actor(user.pk, user.name, "none", "未任职", "public", frozenset())
    family = ROLES[chosen.role].scope == "family"
    today = clock.today()
    own = still_seen(own_child_ids(user.pk, today), today) if family else frozenset()
    return actor_of(user, chosen, own)
