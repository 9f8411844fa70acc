"""儿童的读取。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import (
    Child,
    Consent,
    ConsentEntry,
    Guardian,
    Guardianship,
    SpecialStatus,
)


def own_child_ids(user_id: int, on: date) -> frozenset[int]:
    """自己的孩子：those whose guardian the user is today; a pick-up person sees none."""
    rows = Guardianship.objects.unscoped(reason="据以建立家长的数据范围").filter(
        guardian__user_id=user_id, is_guardian=True, is_blocked=False, from_on__lte=on
    )
    rows = rows.filter(models.Q(to_on=None) | models.Q(to_on__gt=on))
    return frozenset(rows.values_list("child_id", flat=True))


def access_child(scope: Scope, child_id: int) -> Child:
    """取一名儿童；outside the scope it is not found."""
    child = Child.objects.visible_to(scope).filter(pk=child_id).first()
    if child is None:
        raise NotFound
    return child


def guardian_of(user_id: int) -> Guardian:
    """当前用户对应的监护人。"""
    found = Guardian.all_rows.filter(user_id=user_id).first()
    if found is None:
        raise NotFound
    return found


def list_special_statuses(scope: Scope, state: str = "") -> models.QuerySet[SpecialStatus]:
    """特殊家庭身份：those that wait to be verified first."""
    rows = SpecialStatus.objects.visible_to(scope).select_related("child")
    if state in ("waiting", "verified"):
        rows = rows.filter(verified_at__isnull=state == "waiting")
    return rows.order_by(models.F("verified_at").asc(nulls_first=True), "pk")


def standing_consents(child_ids: Iterable[int], purpose: str, on: date) -> models.QuerySet[Consent]:
    """当日有效的同意：not withdrawn and within its term."""
    rows = Consent.all_rows.filter(child_id__in=set(child_ids), purpose=purpose, withdrawn_at=None)
    return rows.filter(models.Q(until=None) | models.Q(until__gt=on))


def consenting(child_ids: Iterable[int], purpose: str, on: date) -> frozenset[int]:
    """其中哪些儿童的监护人同意了这项用途。"""
    rows = standing_consents(child_ids, purpose, on).order_by()
    return frozenset(rows.values_list("child_id", flat=True))


def list_consent_entries(scope: Scope, child_id: int) -> models.QuerySet[ConsentEntry]:
    """同意台账，新的在前。"""
    rows = ConsentEntry.objects.visible_to(scope).filter(child_id=child_id)
    return rows.select_related("guardian", "unseen__guardian").order_by("-id")
