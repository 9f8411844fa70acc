"""演示人物作为操作人：by the slug that the demo shows."""

from __future__ import annotations

from datetime import date

from tuoyu.core.access import Actor
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.identity.selectors import actor_of


def actor_in(slug: str, role: str, on: date) -> Actor:
    """某人物以其任职行事。"""
    post = Assignment.objects.select_related("user").get(user__demo_slug=slug, role=role)
    return actor_of(post.user, post, frozenset())
