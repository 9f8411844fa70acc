"""家长这一边：what was shown of one's own child, and nothing of another's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tuoyu.core import clock, rls
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.care.models import CareEvent
from tuoyu.domains.moments.models import Observation, Photo, PhotoState, PhotoTag


def shown_photos(
    scope: Scope, child_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> list[Photo]:
    """孩子已发布的照片，新的在前。"""
    rows = PhotoTag.objects.visible_to(scope).filter(child_id=child_id, shown_at__isnull=False)
    if since is not None:
        rows = rows.filter(taken_at__gte=since)
    if until is not None:
        rows = rows.filter(taken_at__lt=until)
    return _photos([t.photo_id for t in rows])


def _photos(ids: list[uuid.UUID]) -> list[Photo]:
    """The tags were found within the family's scope; a photo itself bears no child's number."""
    with rls.as_system("家长凭自己孩子的标记看照片，照片本身不记是谁的"):
        rows = Photo.all_rows.filter(pk__in=ids).exclude(state=PhotoState.REMOVED)
        return list(rows.order_by("-taken_at", "pk"))


def own_photo(scope: Scope, photo_id: uuid.UUID) -> Photo:
    """取一张：only if one's own child is named in it and it is shown."""
    tags = PhotoTag.objects.visible_to(scope).filter(photo_id=photo_id, shown_at__isnull=False)
    found = _photos([photo_id]) if tags.exists() else []
    if not found:
        raise NotFound
    return found[0]


def shared_observations(
    scope: Scope, child_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> list[Observation]:
    """给家长看的观察记录，新的在前。"""
    rows = Observation.objects.visible_to(scope).filter(
        child_id=child_id, shared_at__isnull=False, withdrawn_at=None
    )
    if since is not None:
        rows = rows.filter(seen_at__gte=since)
    if until is not None:
        rows = rows.filter(seen_at__lt=until)
    return list(rows.order_by("-seen_at", "pk"))


def months_of(photos: list[Photo], notes: list[Observation]) -> list[date]:
    """有内容的月份，新的在前。"""
    days = [clock.day_of(p.taken_at) for p in photos] + [clock.day_of(n.seen_at) for n in notes]
    return sorted({d.replace(day=1) for d in days}, reverse=True)


@dataclass(frozen=True)
class Cared:
    """班上的一件事，给家长看的。"""

    kind: str
    at: datetime
    detail: Mapping[str, Any]


_FOR_FAMILIES = ("meal", "drink", "nap_start", "nap_end", "diaper", "outdoor", "activity")


def care_of(
    scope: Scope, child_id: int, since: datetime, until: datetime | None = None
) -> list[Cared]:
    """孩子在班上的一天，先后有序，撤销的不算。"""
    rows = CareEvent.objects.visible_to(scope).filter(
        child_id=child_id, at__gte=since, kind__in=_FOR_FAMILIES
    )
    if until is not None:
        rows = rows.filter(at__lt=until)
    found = list(rows.order_by("at", "id").values_list("id", "kind", "at", "detail"))
    with rls.as_system("撤销是班上的事件，不记儿童，家长的范围里没有它"):
        ids = [row[0] for row in found]
        undone = set(CareEvent.all_rows.filter(undoes__in=ids).values_list("undoes", flat=True))
    return [Cared(kind, at, detail) for pk, kind, at, detail in found if pk not in undone]
