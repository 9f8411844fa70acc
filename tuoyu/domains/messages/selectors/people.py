"""收件人：whose accounts are told of a child or an institution's matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models

from tuoyu.core import clock, rls
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.identity.roles import ROLES


def guardian_users(child_id: int, on: date | None = None) -> list[int]:
    """监护人的账号：not the blocked ones, not those who only collect."""
    return guardian_users_of([child_id], on).get(child_id, [])


def guardian_users_of(child_ids: Iterable[int], on: date | None = None) -> dict[int, list[int]]:
    """同上，多个儿童一次问（一次查询）。"""
    found: dict[int, list[int]] = {}
    for child_id, user_id in (
        guardianships(list(child_ids), on)
        .exclude(guardian__user_id=None)
        .values_list("child_id", "guardian__user_id")
    ):
        if user_id is not None:
            found.setdefault(child_id, []).append(user_id)
    return found


def guardianships(
    child_ids: Iterable[Any], on: date | None = None
) -> models.QuerySet[Guardianship]:
    """当日的监护关系（ids or a subquery of them）：the blocked ones are told nothing."""
    day = on or clock.today()
    rows = Guardianship.all_rows.filter(
        child_id__in=child_ids, is_guardian=True, is_blocked=False, from_on__lte=day
    )
    return rows.filter(models.Q(to_on=None) | models.Q(to_on__gt=day)).order_by("pk")


def staff_users(institution_id: int, permission: str, on: date | None = None) -> list[int]:
    """机构里有某项权限的人的账号。"""
    return _users(permission, on, institution_ids__contains=[institution_id])


def officer_users(region_code: str, permission: str, on: date | None = None) -> list[int]:
    """某区划（县级）有某项权限的主管人员的账号。"""
    return _users(permission, on, region_code=region_code)


def _users(permission: str, on: date | None, **where: object) -> list[int]:
    day = on or clock.today()
    roles = [r.code for r in ROLES.values() if permission in r.permissions]
    with rls.as_system("收件人按任职确定，与提出人的数据范围无关"):
        rows = Assignment.objects.filter(role__in=roles, from_on__lte=day, **where)
        rows = rows.filter(models.Q(to_on=None) | models.Q(to_on__gt=day))
        return sorted(set(rows.values_list("user_id", flat=True)))
