"""实时流的门票：signed, bound to a person and to what that person may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

from tuoyu.core.scope import Scope

OPEN_WITHIN = 60  # seconds
_SALT = "tuoyu.live"


@dataclass(frozen=True)
class Ticket:
    """门票内容。"""

    user_id: int
    topics: frozenset[str]


def topics_of(scope: Scope) -> list[str]:
    """数据范围能听到的主题，and what is for this person alone."""
    own = [f"user:{scope.user_id}"] if scope.user_id is not None else []
    return [*_of_scope(scope), *own]


def _of_scope(scope: Scope) -> list[str]:
    """A region hears every code that begins with its prefix."""
    if scope.kind == "region" and scope.region_prefix:
        return [f"region:{scope.region_prefix}"]
    if scope.kind == "institutions":
        return [f"institution:{i}" for i in sorted(scope.institution_ids)]
    if scope.kind == "family":
        return [f"child:{c}" for c in sorted(scope.child_ids)]
    return []


def make_ticket(user_id: int, scope: Scope) -> str:
    """开一张门票。"""
    return signing.dumps({"u": user_id, "t": topics_of(scope)}, salt=_SALT, compress=True)


def read_ticket(text: str) -> Ticket | None:
    """验票；None when forged or older than a minute."""
    try:
        found = signing.loads(text, salt=_SALT, max_age=OPEN_WITHIN)
    except signing.BadSignature:
        return None
    return Ticket(found["u"], frozenset(found["t"]))


def matches(allowed: frozenset[str], topic: str) -> bool:
    """某主题是否在范围内：regions by prefix, all else exactly."""
    if topic in allowed:
        return True
    return topic.startswith("region:") and any(
        a.startswith("region:") and topic.startswith(a) for a in allowed
    )
