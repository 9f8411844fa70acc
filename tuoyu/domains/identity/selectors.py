"""任职与操作人：from the signed-in user and the chosen role to an ``Actor``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models

from tuoyu.core.access import Actor
from tuoyu.core.scope import Scope
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.regions.models import Region


def list_assignments(user: User, on: date) -> list[Assignment]:
    """当日有效的任职。"""
    rows = user.assignments.filter(from_on__lte=on).filter(
        models.Q(to_on=None) | models.Q(to_on__gt=on)
    )
    return [a for a in rows if a.role in ROLES]


def actor_of(user: User, assignment: Assignment, children: frozenset[int]) -> Actor:
    """操作人：``children`` are the user's own, given by the domain that knows them."""
    role = ROLES[assignment.role]
    region = Region.objects.filter(code=assignment.region_code).first()
    prefix = region.prefix if region else ""
    scope = {
        "region": Scope(kind="region", region_prefix=prefix, user_id=user.pk)
        if prefix
        else Scope(),
        "institutions": Scope(
            kind="institutions",
            institution_ids=frozenset(assignment.institution_ids),
            user_id=user.pk,
        ),
        "family": Scope(kind="family", child_ids=children, user_id=user.pk),
    }[role.scope]
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=role.code,
        role_title=assignment.post or role.title,
        end=role.end,
        permissions=role.permissions,
        scope=scope,
        assignment_id=assignment.pk,
        organisation=assignment.organisation,
        region_code=assignment.region_code,
        region_name=region.name if region else "",
    )


def list_demo_people() -> list[dict[str, str]]:
    """演示身份：one row a person, in the order of the roles."""
    order = {code: i for i, code in enumerate(ROLES)}
    rows = []
    for user in User.objects.exclude(demo_slug=None).prefetch_related("assignments"):
        first = next(iter(user.assignments.all()), None)
        if first is None or first.role not in ROLES:
            continue
        rows.append(
            {
                "slug": user.demo_slug or "",
                "name": user.name,
                "title": first.post or ROLES[first.role].title,
                "organisation": first.organisation,
                "end": ROLES[first.role].end,
                "order": f"{order[first.role]:02d}{user.demo_slug}",
            }
        )
    return sorted(rows, key=lambda r: r["order"])


def organisations_of(people: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """(用户, 角色) → 单位；the latest assignment in that role."""
    wanted = set(people)
    rows = Assignment.objects.filter(user_id__in={user for user, _ in wanted}).order_by("pk")
    found = {(a.user_id, a.role): a.organisation for a in rows}
    return {key: found[key] for key in wanted if found.get(key)}
