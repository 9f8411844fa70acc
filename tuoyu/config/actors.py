"""从会话到操作人：picks the chosen role, or the first one."""

from __future__ import annotations

from django.http import HttpRequest

from tuoyu.core import clock
from tuoyu.core.access import ANONYMOUS, Actor
from tuoyu.domains.children.selectors import own_child_ids
from tuoyu.domains.identity.models import User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.identity.selectors import actor_of, list_assignments

ROLE_KEY = "assignment"


def actor_for_request(request: HttpRequest) -> Actor:
    """当前操作人；a user without a valid role acts as nobody."""
    user = request.user
    if not isinstance(user, User) and not getattr(user, "is_authenticated", False):
        return ANONYMOUS
    return actor_for_user(user, request.session.get(ROLE_KEY))  # type: ignore[arg-type]


def actor_for_user(user: User, assignment_id: int | None = None) -> Actor:
    """某用户的操作人。"""
    today = clock.today()
    found = list_assignments(user, today)
    chosen = next((a for a in found if a.pk == assignment_id), found[0] if found else None)
    if chosen is None:
        return Actor(user.pk, user.name, "none", "未任职", "public", frozenset())
    family = ROLES[chosen.role].scope == "family"
    return actor_of(user, chosen, own_child_ids(user.pk, today) if family else frozenset())
