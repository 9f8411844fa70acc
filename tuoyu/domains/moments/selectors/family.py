"""家长这一边：what was shown of one's own child, and nothing of another's."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from tuoyu.core import clock, rls
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
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
