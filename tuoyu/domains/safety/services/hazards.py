"""隐患：found, mended, looked at again by another person, closed."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.cases.services import move, open_case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.images import store_photo
from tuoyu.core.scope import Scope
from tuoyu.domains.safety.models import Hazard
from tuoyu.domains.safety.selectors import access_hazard
from tuoyu.domains.safety.states import HAZARD


@transaction.atomic
def find_hazard(
    *,
    institution_id: int,
    region_code: str,
    place: str,
    what: str,
    grade: str,
    due_on: date,
    by: Actor,
    at: datetime,
    round_id: uuid.UUID | None = None,
    photo_id: int | None = None,
    photo: UploadedFile[bytes] | None = None,
) -> Hazard:
    """登记隐患。"""
    if not what.strip() or not place.strip():
        raise DomainError("no-words", "请写明在哪里、看到了什么")
    if due_on < clock.day_of(at):
        raise DomainError("past", f"整改期限 {due_on} 已经过去，请选今天或以后的日子")
    if grade not in Hazard.Grade.values:
        raise NotFound
    if photo is not None:
        photo_id = _keep(photo, institution_id, region_code, by, at)
    made = Hazard.all_rows.create(
        institution_id=institution_id,
        region_code=region_code,
        round_id=round_id,
        place=place.strip(),
        what=what.strip()[:200],
        grade=grade,
        due_on=due_on,
        found_at=at,
        found_by_name=by.name,
        photo_id=photo_id,
    )
    open_case(
        type_code=HAZARD,
        title=f"{made.place}：{made.what}"[:80],
        subject_id=made.pk,
        institution_id=institution_id,
        region_code=region_code,
        by=by,
        at=at,
    )
    return made


@transaction.atomic
def fix_hazard(
    *,
    scope: Scope,
    hazard_id: int,
    opinion: str,
    by: Actor,
    at: datetime,
    photo: UploadedFile[bytes] | None = None,
) -> Hazard:
    """整改：says what was done."""
    found = access_hazard(scope, hazard_id, clock.day_of(at))
    move(case_id=_case(found.case), name="fix", by=by, at=at, opinion=opinion)
    hazard = found.hazard
    if photo is not None:
        hazard.fix_photo_id = _keep(photo, hazard.institution_id, hazard.region_code, by, at)
        hazard.save(update_fields=["fix_photo_id"])
    return hazard


@transaction.atomic
def close_hazard(
    *, scope: Scope, hazard_id: int, is_good: bool, opinion: str, by: Actor, at: datetime
) -> Hazard:
    """复查：by a person other than the one who mended it."""
    found = access_hazard(scope, hazard_id, clock.day_of(at))
    name = "close" if is_good else "again"
    move(case_id=_case(found.case), name=name, by=by, at=at, opinion=opinion)
    hazard = found.hazard
    if is_good:
        hazard.closed_at = at
        hazard.save(update_fields=["closed_at"])
    return hazard


def _case(case: object) -> int:
    pk = getattr(case, "pk", None)
    if not isinstance(pk, int):
        raise NotFound
    return pk


def _keep(
    photo: UploadedFile[bytes], institution_id: int, region_code: str, by: Actor, at: datetime
) -> int:
    if by.user_id is None:
        raise NotFound
    return store_photo(
        upload=photo,
        purpose="隐患",
        institution_id=institution_id,
        region_code=region_code,
        by=by.user_id,
        at=at,
    ).pk
