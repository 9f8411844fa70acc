"""班级这一边：the photos of a room and who has none; only of children who are here now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models

from tuoyu.core import clock
from tuoyu.core.errors import NotFound
from tuoyu.core.files.services import fetch
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child, Consent
from tuoyu.domains.children.selectors import consenting
from tuoyu.domains.enrolment.selectors import list_enrolled
from tuoyu.domains.moments.models import Observation, Photo, PhotoState, PhotoTag


def room_photos(scope: Scope) -> models.QuerySet[Photo]:
    """本机构的照片：once the children in it have all left, staff no longer see it."""
    here = Child.objects.visible_to(scope).order_by()
    tags = PhotoTag.objects.visible_to(scope).filter(photo=models.OuterRef("pk")).order_by()
    named = models.Exists(tags)
    present = models.Exists(tags.filter(child_id__in=here.values("pk")))
    rows = Photo.objects.visible_to(scope).exclude(state=PhotoState.REMOVED)
    return rows.filter(~named | present)


def access_photo(scope: Scope, photo_id: uuid.UUID, *, lock: bool = False) -> Photo:
    """取一张照片；outside the scope it is not found."""
    rows = room_photos(scope)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=photo_id).first()
    if found is None:
        raise NotFound
    return found


def list_photos(scope: Scope, day: date, class_group_id: int | None = None) -> list[Photo]:
    """某日的照片，新的在前。"""
    rows = room_photos(scope).filter(
        taken_at__gte=clock.at(day), taken_at__lt=clock.at(date.fromordinal(day.toordinal() + 1))
    )
    if class_group_id is not None:
        rows = rows.filter(class_group_id=class_group_id)
    tags = PhotoTag.objects.visible_to(scope).select_related("child").order_by("child_id")
    return list(
        rows.prefetch_related(models.Prefetch("tags", queryset=tags)).order_by("-taken_at", "pk")
    )


def left_over_day(scope: Scope, day: date) -> date | None:
    """往日还有未发布草稿的、最近的一天。"""
    rows = room_photos(scope).filter(state=PhotoState.DRAFT, taken_at__lt=clock.at(day))
    last = rows.order_by("-taken_at").values_list("taken_at", flat=True).first()
    return clock.day_of(last) if last else None


def child_photos(scope: Scope, child_id: int, *, most: int = 60) -> list[Photo]:
    """一名儿童的照片（机构这边）。"""
    rows = room_photos(scope).filter(tags__child_id=child_id)
    return list(rows.order_by("-taken_at", "pk")[:most])


def picture_of(photo: Photo, size: str) -> bytes:
    """图片内容：``thumb`` or ``screen``."""
    if size not in ("thumb", "screen"):
        raise NotFound
    return fetch(photo.thumb if size == "thumb" else photo.screen)


@dataclass(frozen=True)
class Face:
    """一名在托儿童：may be named in photos or not; has one today or not."""

    id: int
    name: str
    class_group_id: int
    class_name: str
    may_tag: bool
    has_photo: bool = False
    last_seen_on: date | None = None  # latest observation

    def lacks(self, month: date) -> bool:
        """本月还没有观察记录。"""
        return self.last_seen_on is None or self.last_seen_on < month


def list_faces(scope: Scope, day: date, present: Iterable[int] | None = None) -> list[Face]:
    """在托儿童（给出 ``present`` 时只列到园的）：names in the order of classes."""
    rows = list(list_enrolled(scope, day).order_by("class_group_id", "child__search", "child_id"))
    if present is not None:
        wanted = set(present)
        rows = [r for r in rows if r.child_id in wanted]
    ids = [r.child_id for r in rows]
    asked = consenting(ids, Consent.Purpose.PHOTO, day)
    shot = _with_photo(scope, ids, day)
    seen = _last_seen(scope, ids, add_months(day.replace(day=1), -3))
    return [
        Face(
            r.child_id,
            r.child.name,
            r.class_group_id,
            r.class_group.name,
            r.child_id in asked,
            r.child_id in shot,
            seen.get(r.child_id),
        )
        for r in rows
    ]


def _with_photo(scope: Scope, ids: list[int], day: date) -> set[int]:
    rows = PhotoTag.objects.visible_to(scope).filter(
        child_id__in=ids,
        taken_at__gte=clock.at(day),
        photo__state__in=[PhotoState.DRAFT, PhotoState.PUBLISHED],
    )
    return set(rows.order_by().values_list("child_id", flat=True))


def _last_seen(scope: Scope, ids: list[int], since: date) -> dict[int, date]:
    rows = Observation.objects.visible_to(scope).filter(
        child_id__in=ids, seen_at__gte=clock.at(since), withdrawn_at=None
    )
    last: dict[int, datetime] = dict(
        rows.order_by().values_list("child_id").annotate(models.Max("seen_at"))
    )
    return {child: clock.day_of(at) for child, at in last.items()}


def list_observations(
    scope: Scope, *, child_id: int | None = None, since: date | None = None, most: int = 60
) -> list[Observation]:
    """观察记录，新的在前；only of children who are here now."""
    here = Child.objects.visible_to(scope).order_by()
    rows = Observation.objects.visible_to(scope).filter(
        withdrawn_at=None, child_id__in=here.values("pk")
    )
    if child_id is not None:
        rows = rows.filter(child_id=child_id)
    if since is not None:
        rows = rows.filter(seen_at__gte=clock.at(since))
    return list(rows.select_related("child", "photo").order_by("-seen_at", "pk")[:most])
