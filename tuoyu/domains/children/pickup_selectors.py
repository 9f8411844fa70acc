"""接送人与代接码的读取。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models

from tuoyu.core import crypto
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Guardianship, PickupCode


def day_salt(institution_id: int, day: date) -> bytes:
    """当日盐：keyed, one for each institution and day; nothing is stored for it."""
    return crypto.blind_index(f"door-salt:{institution_id}:{day.isoformat()}")


def list_pickers(
    scope: Scope, child_ids: Iterable[int], day: date
) -> models.QuerySet[Guardianship]:
    """当日可接送的人与被禁止的人（红色拒绝要认得出后者）。"""
    rows = Guardianship.objects.visible_to(scope).filter(child_id__in=child_ids)
    allowed = models.Q(can_pick_up=True, from_on__lte=day) & (
        models.Q(to_on=None) | models.Q(to_on__gt=day)
    )
    return (
        rows.filter(allowed | models.Q(is_blocked=True)).select_related("guardian").order_by("id")
    )


def list_pickup_codes(
    scope: Scope, child_ids: Iterable[int], day: date
) -> models.QuerySet[PickupCode]:
    """当日的代接码（含已用、已作废）。"""
    return (
        PickupCode.objects.visible_to(scope)
        .filter(child_id__in=child_ids, valid_on=day)
        .order_by("-made_at", "id")
    )
