"""班级平板上可以选的人：those with a post at the institution who may record care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from tuoyu.core import clock
from tuoyu.domains.care.models import ActingPin
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.identity.roles import ROLES

RECORD = "inst:room:record"


@dataclass(frozen=True)
class ActingPerson:
    """一名可选的经手人。"""

    user_id: int
    name: str
    role_title: str
    has_pin: bool


def list_actors(institution_id: int, at: datetime) -> list[ActingPerson]:
    """此刻在本机构任职、可以记录照护的人。"""
    day = clock.day_of(at)
    roles = [r.code for r in ROLES.values() if RECORD in r.permissions]
    rows = (
        Assignment.objects.filter(
            role__in=roles, institution_ids__contains=[institution_id], from_on__lte=day
        )
        .filter(models.Q(to_on=None) | models.Q(to_on__gt=day))
        .filter(user__is_active=True)
        .order_by("user__name", "user_id")
        .values_list("user_id", "user__name", "role")
    )
    pins = set(
        ActingPin.all_rows.filter(institution_id=institution_id).values_list("user_id", flat=True)
    )
    people = {
        user: ActingPerson(user, name, ROLES[role].title, user in pins) for user, name, role in rows
    }
    return list(people.values())


def name_of(institution_id: int, user_id: int) -> str | None:
    """某人的姓名；None when the person never had a post here."""
    return (
        Assignment.objects.filter(user_id=user_id, institution_ids__contains=[institution_id])
        .values_list("user__name", flat=True)
        .first()
    )
