"""巡查点与巡查。"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.files.images import store_photo
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.safety.models import Every, Point, Round
from tuoyu.domains.safety.selectors import access_point
from tuoyu.domains.safety.services.hazards import find_hazard

MOST_ITEMS = 20


@dataclass(frozen=True)
class Result:
    """一项的结果。"""

    item: str
    ok: bool
    note: str = ""


@transaction.atomic
def add_point(
    *,
    institution: Institution,
    name: str,
    place: str,
    items: Sequence[str],
    every: str,
    due_times: Sequence[time],
    needs_photo: bool,
    from_on: date,
    key: int | None = None,
) -> Point:
    """设巡查点。``key`` is the number on the wall, when it was given before."""
    _check(items, every, due_times)
    try:
        with transaction.atomic():
            return Point.all_rows.create(
                **({"id": key} if key else {}),
                institution_id=institution.pk,
                region_code=institution.region_code,
                name=name.strip(),
                place=place.strip(),
                items=list(dict.fromkeys(i.strip() for i in items)),
                every=every,
                due_times=[f"{t:%H:%M}" for t in sorted(set(due_times))],
                needs_photo=needs_photo,
                from_on=from_on,
            )
    except IntegrityError as error:
        raise DomainError("same-name", f"已有名为「{name}」的巡查点，请换个名字") from error


@transaction.atomic
def change_point(
    *,
    scope: Scope,
    point_id: int,
    place: str,
    items: Sequence[str],
    every: str,
    due_times: Sequence[time],
    needs_photo: bool,
) -> Point:
    """改巡查点：what was recorded keeps its own items."""
    _check(items, every, due_times)
    point = access_point(scope, point_id)
    point.place, point.every, point.needs_photo = place.strip(), every, needs_photo
    point.items = list(dict.fromkeys(i.strip() for i in items))
    point.due_times = [f"{t:%H:%M}" for t in sorted(set(due_times))]
    point.save(update_fields=["place", "every", "needs_photo", "items", "due_times"])
    return point


def end_point(*, scope: Scope, point_id: int, on: date) -> None:
    """停用巡查点。"""
    point = access_point(scope, point_id)
    point.ended_on = on
    point.save(update_fields=["ended_on"])


def _check(items: Sequence[str], every: str, due_times: Sequence[time]) -> None:
    if not items:
        raise DomainError("no-items", "请至少写一个检查项，每行一项")
    if len(items) > MOST_ITEMS:
        raise DomainError("many-items", f"检查项最多 {MOST_ITEMS} 项，请分成两个点")
    if every == Every.DAY and not due_times:
        raise DomainError("no-times", "每日巡查须写截止时刻，如 07:40、17:40")


@transaction.atomic
def record_round(
    *,
    scope: Scope,
    point_id: int,
    results: Sequence[Result],
    by: Actor,
    at: datetime,
    photo: UploadedFile[bytes] | None = None,
    fix_by: date | None = None,
    key: uuid.UUID | None = None,
) -> Round:
    """登记一次巡查：every item is answered; what is wrong becomes a hazard at once."""
    point = access_point(scope, point_id)
    if key is not None and (known := Round.all_rows.filter(pk=key, point=point).first()):
        return known
    _check_results(point, results, photo, fix_by)
    photo_id = None
    if photo is not None and by.user_id is not None:
        photo_id = store_photo(
            upload=photo,
            purpose="巡查",
            institution_id=point.institution_id,
            region_code=point.region_code,
            by=by.user_id,
            at=at,
        ).pk
    made = Round.all_rows.create(
        **({"id": key} if key else {}),
        point=point,
        institution_id=point.institution_id,
        region_code=point.region_code,
        day=clock.day_of(at),
        at=at,
        by_user_id=by.user_id,
        by_name=by.name,
        results=[{"item": r.item, "ok": r.ok, "note": r.note.strip()} for r in results],
        is_sound=all(r.ok for r in results),
        photo_id=photo_id,
    )
    for r in results:
        if not r.ok and fix_by is not None:
            find_hazard(
                institution_id=point.institution_id,
                region_code=point.region_code,
                place=point.name,
                what=f"{r.item}：{r.note.strip()}",
                grade="plain",
                due_on=fix_by,
                by=by,
                at=at,
                round_id=made.pk,
                photo_id=photo_id,
            )
    return made


def _check_results(
    point: Point,
    results: Sequence[Result],
    photo: UploadedFile[bytes] | None,
    fix_by: date | None,
) -> None:
    if point.ended_on is not None:
        raise DomainError("ended", f"「{point.name}」已停用，请撕下这张码")
    if [r.item for r in results] != list(point.items):
        raise DomainError("items", "检查项没有逐项答完，或刚被改过；请刷新页面逐项选正常或异常")
    silent = [r.item for r in results if not r.ok and not r.note.strip()]
    if silent:
        raise DomainError("no-note", f"「{silent[0]}」选了异常，请写明看到了什么")
    if any(not r.ok for r in results) and fix_by is None:
        raise DomainError("no-date", "有异常须定整改期限，请选一个日子")
    if point.needs_photo and photo is None:
        raise DomainError("no-photo", f"「{point.name}」须拍现场照片，请拍一张再提交")
