"""收件箱：one's own messages, as far as one may still see what they are about.

A guardian who lost a child, or a teacher who has moved to another institution, keeps nothing of it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models

from tuoyu.core.scope import Scope
from tuoyu.domains.messages.kinds import KINDS
from tuoyu.domains.messages.models import Message, Preference

AT_ONCE = [k.code for k in KINDS.values() if k.at_once]


def box(scope: Scope) -> models.QuerySet[Message]:
    """本人此刻还能看的消息。"""
    rows = Message.objects.visible_to(scope)
    if scope.kind == "family":
        mine = models.Q(child_id=None) | models.Q(child_id__in=scope.child_ids)
        return rows.filter(mine)
    if scope.kind == "institutions":
        here = models.Q(institution_id=None, child_id=None)
        return rows.filter(here | models.Q(institution_id__in=scope.institution_ids))
    if scope.kind == "region":
        inside = models.Q(region_code__gte=scope.region_prefix, region_code__lt=scope.region_upper)
        return rows.filter(inside | models.Q(region_code="", child_id=None))
    return rows.none()


def list_box(scope: Scope, *, since: datetime, kind: str = "", most: int = 50) -> list[Message]:
    """近来的消息，新的在前。"""
    rows = box(scope).filter(at__gte=since)
    if kind:
        rows = rows.filter(kind=kind)
    return list(rows.order_by("-at", "-id")[:most])


def unread_count(scope: Scope) -> int:
    """未读：what was switched off does not count."""
    return box(scope).filter(read_at=None, is_muted=False).count()


def preference_of(user_id: int) -> Preference:
    """个人设置；the standard one when nothing was set."""
    found = Preference.all_rows.filter(pk=user_id).first()
    return found or Preference(user_id=user_id)
