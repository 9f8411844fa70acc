"""观察记录的写入：one way in, from the page and from the class tablet alike."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.care.events import CareRecorded
from tuoyu.domains.care.services import NewCare, record
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.moments.catalogue import OBSERVE, read_observation
from tuoyu.domains.moments.models import Observation, Photo
from tuoyu.domains.moments.rules import observation_problem
from tuoyu.domains.moments.selectors.room import access_photo


@dataclass(frozen=True)
class Note:
    """一条观察：areas by code, a sentence or two, perhaps a photo."""

    child_id: int
    areas: Sequence[str]
    text: str
    photo_id: uuid.UUID | None = None
    is_private: bool = False
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@transaction.atomic
def observe(
    *, scope: Scope, institution_id: int, note: Note, by: int, by_name: str, at: datetime
) -> None:
    """写一条观察：it becomes a care event, as it would from the tablet."""
    if problem := observation_problem(list(note.areas), note.text):
        raise DomainError("observation", problem)
    access_child(scope, note.child_id)
    if note.photo_id is not None:
        access_photo(scope, note.photo_id)
    raw = {"areas": list(note.areas), "text": note.text, "private": note.is_private}
    if note.photo_id is not None:
        raw["photo"] = str(note.photo_id)
    event = NewCare(
        OBSERVE,
        at,
        child_id=note.child_id,
        detail=read_observation(raw),
        by=by,
        by_name=by_name,
        id=note.id,
    )
    [answer] = record(institution_id=institution_id, events=[event], at=at)
    if answer.outcome == "refused":
        raise DomainError(answer.code, answer.text)


def keep_observation(event: CareRecorded) -> None:
    """班上事件 → 观察记录；in the transaction that stored the event."""
    if event.child_id is None:
        return
    detail = event.detail
    Observation.all_rows.bulk_create(
        [
            Observation(
                id=event.id,
                child_id=event.child_id,
                institution_id=event.institution_id,
                region_code=event.region_code,
                class_group_id=event.class_group_id,
                areas=list(detail["areas"]),
                text=detail["text"],
                photo=_own_photo(event),
                seen_at=event.at,
                received_at=event.received_at,
                by=event.by or 0,
                shared_at=None if detail.get("private") else event.received_at,
            )
        ],
        ignore_conflicts=True,
    )


def _own_photo(event: CareRecorded) -> Photo | None:
    """A photo of another institution, or one that was never sent, is left out; the words stay."""
    found = event.detail.get("photo")
    if not found:
        return None
    return Photo.all_rows.filter(pk=found, institution_id=event.institution_id).first()


def undo_observation(event: CareRecorded) -> None:
    """撤销：the note is taken out of sight; the events stay."""
    rows = Observation.all_rows.filter(
        pk=event.detail["of"], institution_id=event.institution_id, withdrawn_at=None
    )
    rows.update(withdrawn_at=event.received_at)


@transaction.atomic
def withdraw_observation(
    *, scope: Scope, note_id: uuid.UUID, by: int, by_name: str, at: datetime
) -> None:
    """撤下一条记录：as an undo event of the room."""
    row = Observation.objects.visible_to(scope).filter(pk=note_id, withdrawn_at=None).first()
    if row is None:
        raise NotFound
    event = NewCare("undo", at, detail={"of": str(note_id)}, by=by, by_name=by_name)
    [answer] = record(institution_id=row.institution_id, events=[event], at=at)
    if answer.outcome == "refused":
        raise DomainError(answer.code, answer.text)
