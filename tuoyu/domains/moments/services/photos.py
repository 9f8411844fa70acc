"""照片：shoot first, tag later; a draft shows nothing; no child without its guardian's consent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tuoyu.core import clock, rls
from tuoyu.core.errors import DomainError
from tuoyu.core.files.images import Picture
from tuoyu.core.files.services import drop, keep
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child, Consent
from tuoyu.domains.children.selectors import consenting
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.moments.models import Photo, PhotoState, PhotoTag
from tuoyu.domains.moments.rules import PUBLISH_AT
from tuoyu.domains.moments.selectors.room import access_photo

PHOTO = Consent.Purpose.PHOTO


@dataclass(frozen=True)
class Shot:
    """拍到的一张：``id`` is made by the device."""

    picture: Picture
    taken_at: datetime
    class_group_id: int | None = None
    caption: str = ""
    id: uuid.UUID | None = None


@transaction.atomic
def add_photo(*, institution: Institution, shot: Shot, by: int, at: datetime) -> Photo:
    """收一张照片作草稿；the same id sent again is the same photo."""
    row = Photo(
        id=shot.id or uuid.uuid4(),
        institution_id=institution.pk,
        region_code=institution.region_code,
        class_group_id=shot.class_group_id,
        taken_at=min(shot.taken_at, at),
        received_at=at,
        by=by,
        caption=shot.caption.strip()[:60],
        screen=keep(shot.picture.screen),
        thumb=keep(shot.picture.thumb),
        width=shot.picture.width,
        height=shot.picture.height,
    )
    Photo.all_rows.bulk_create([row], ignore_conflicts=True)
    known = Photo.all_rows.filter(pk=row.pk, institution_id=institution.pk).first()
    if known is None or known.screen != row.screen:
        raise DomainError(
            "id-reused", "这个编号已用于另一张照片，没有重复保存；请刷新页面后重新选照片"
        )
    return known


@transaction.atomic
def tag_children(
    *, scope: Scope, photo_id: uuid.UUID, child_ids: Iterable[int], by: int, at: datetime
) -> Photo:
    """标出照片里的儿童（以此为准）；one without consent cannot be named, and is told by name."""
    photo = _draft(scope, photo_id)
    wanted = set(child_ids)
    children = {
        c.pk: c for c in Child.objects.visible_to(scope).filter(pk__in=wanted).order_by("pk")
    }
    if wanted - set(children):
        raise DomainError("not-here", "选中的儿童里有人已不在本机构，请刷新页面后重新选")
    unasked = wanted - consenting(wanted, PHOTO, clock.day_of(at))
    if unasked:
        names = "、".join(children[c].name for c in sorted(unasked))
        raise DomainError(
            "no-consent",
            f"{names}的监护人没有同意班级照片，不能标记；"
            "请换一张没有拍到的照片，或改选「拍到了未同意的孩子」，照片就不会发布",
        )
    photo.tags.exclude(child_id__in=wanted).delete()
    PhotoTag.all_rows.bulk_create(
        [
            PhotoTag(
                photo=photo,
                child_id=child,
                institution_id=photo.institution_id,
                region_code=photo.region_code,
                taken_at=photo.taken_at,
                tagged_by=by,
                tagged_at=at,
            )
            for child in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
    return photo


@transaction.atomic
def describe(*, scope: Scope, photo_id: uuid.UUID, caption: str, is_held: bool) -> None:
    """写一句话，或暂不发布。"""
    photo = _draft(scope, photo_id)
    photo.caption, photo.is_held = caption.strip()[:60], is_held
    photo.save(update_fields=["caption", "is_held"])


@transaction.atomic
def withhold(*, scope: Scope, photo_id: uuid.UUID) -> None:
    """拍到了未同意的儿童：nobody's family gets it."""
    photo = _draft(scope, photo_id)
    photo.state = PhotoState.WITHHELD
    photo.save(update_fields=["state"])


@transaction.atomic
def publish_photo(*, scope: Scope, photo_id: uuid.UUID, by: int, at: datetime) -> Photo:
    """发布给照片里各个孩子的家庭。"""
    photo = _draft(scope, photo_id)
    if not photo.tags.exists():
        raise DomainError("no-tags", "还没有标出照片里是谁，标好以后才知道发给哪些家庭")
    if not _publish(photo, by, at):
        raise DomainError(
            "consent-gone",
            "标记以后有监护人撤回了班级照片的同意，这张照片不再发布；请删除或另选一张",
        )
    return photo


@transaction.atomic
def publish_due(*, at: datetime) -> int:
    """到点自动发布：what is tagged, not held, and taken before the hour."""
    local = at.astimezone(clock.ZONE)
    day = clock.day_of(at)
    hour = clock.at(day, PUBLISH_AT.hour, PUBLISH_AT.minute)
    before = hour if local >= hour else clock.at(day)  # before the hour: what is left of the past
    rows = Photo.all_rows.select_for_update(skip_locked=True).filter(
        state=PhotoState.DRAFT, is_held=False, taken_at__lt=before, tags__isnull=False
    )
    ids = rows.order_by().values_list("pk", flat=True)
    found = Photo.all_rows.filter(pk__in=set(ids)).order_by("taken_at", "pk")
    return sum(_publish(photo, None, at) for photo in found)


@transaction.atomic
def remove_photo(*, scope: Scope, photo_id: uuid.UUID, by: int, at: datetime) -> None:
    """删除：out of every album, and the picture itself is erased; that it was removed stays."""
    photo = access_photo(scope, photo_id, lock=True)
    if photo.state == PhotoState.REMOVED:
        return
    photo.state, photo.removed_at, photo.removed_by = PhotoState.REMOVED, at, by
    photo.save(update_fields=["state", "removed_at", "removed_by"])
    photo.tags.update(shown_at=None)
    with rls.as_system("同一内容可能另有照片在用，须全库看过才能抹去"):
        for sm3 in {photo.screen, photo.thumb}:
            others = Photo.all_rows.exclude(state=PhotoState.REMOVED)
            if not (others.filter(screen=sm3) | others.filter(thumb=sm3)).exists():
                transaction.on_commit(lambda sm3=sm3: drop(sm3))  # type: ignore[misc]


@transaction.atomic
def consent_withdrawn(*, child_id: int) -> None:
    """监护人撤回了班级照片：other families no longer see the child; its own keeps what it has."""
    with rls.as_system("撤回须对同一张照片里的其他家庭立即生效"):
        photos = Photo.all_rows.select_for_update().filter(
            state__in=[PhotoState.DRAFT, PhotoState.PUBLISHED], tags__child_id=child_id
        )
        ids = list(photos.order_by("pk").values_list("pk", flat=True))
        tags = PhotoTag.all_rows.filter(photo_id__in=ids)
        tags.filter(photo__state=PhotoState.DRAFT, child_id=child_id).delete()
        tags.exclude(child_id=child_id).filter(shown_at__isnull=False).filter(
            photo__state=PhotoState.PUBLISHED
        ).update(shown_at=None)
        Photo.all_rows.filter(pk__in=ids).update(state=PhotoState.WITHHELD)


def _draft(scope: Scope, photo_id: uuid.UUID) -> Photo:
    photo = access_photo(scope, photo_id, lock=True)
    if photo.state != PhotoState.DRAFT:
        state = PhotoState(photo.state).label
        raise DomainError("not-draft", f"这张照片{state}，不能再改；需要撤下时请用「删除」")
    return photo


def _publish(photo: Photo, by: int | None, at: datetime) -> bool:
    """Consent is asked again at this moment: it may have been withdrawn or run out."""
    named = set(photo.tags.values_list("child_id", flat=True))
    if named - consenting(named, PHOTO, clock.day_of(at)):
        photo.state = PhotoState.WITHHELD
        photo.save(update_fields=["state"])
        return False
    photo.state, photo.published_at, photo.published_by = PhotoState.PUBLISHED, at, by
    photo.save(update_fields=["state", "published_at", "published_by"])
    photo.tags.update(shown_at=at)
    return True
