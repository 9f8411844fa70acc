"""过敏登记：a parent's addition holds at once; taking away needs the director."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.services.allergy import mark_allergy
from tuoyu.domains.kitchen.models import AllergyNote
from tuoyu.domains.kitchen.rules import Allergy, unpack
from tuoyu.domains.kitchen.selectors.allergies import access_note, allergies_of

State = AllergyNote.State


@transaction.atomic
def hold_allergy(
    *,
    child: Child,
    allergy: Allergy,
    note: str,
    by: Actor,
    at: datetime,
    key: int | None = None,
) -> AllergyNote:
    """园长登记：takes the place of what was held; a parent's waiting report is settled by it."""
    kid = _locked(child)
    with rls.as_system("儿童转园后，原机构的登记由现机构的取代"):
        live = AllergyNote.all_rows.filter(child_id=kid.pk, state__in=(State.HELD, State.ASKED))
        live.update(state=State.ENDED, settled_at=at, settled_by_name=by.name)
    made = _write(kid, allergy, note, State.HELD, by, at, key=key)
    made.settled_at, made.settled_by_name = at, by.name
    made.save(update_fields=["settled_at", "settled_by_name"])
    mark_allergy(child=kid, text=allergy.text())
    return made


@transaction.atomic
def ask_allergy(
    *,
    child: Child,
    allergy: Allergy,
    note: str,
    by: Actor,
    at: datetime,
    key: int | None = None,
) -> AllergyNote:
    """家长申报：what is new counts from now on."""
    if child.institution_id is None:
        raise DomainError("not-here", f"{child.name}现在没有在托的机构，入托后再报")
    with rls.as_system("家长申报的过敏当即用于供餐，须写进机构一侧的档案"):
        kid = _locked(child)
        live = AllergyNote.all_rows.filter(child_id=kid.pk)
        live.filter(state=State.ASKED).update(state=State.ENDED, settled_at=at)
        made = _write(kid, allergy, note, State.ASKED, by, at, by_parent=True, key=key)
        if not allergy.is_empty and not kid.has_allergy:
            mark_allergy(child=kid, text=allergy.text())
    return made


@transaction.atomic
def settle_allergy(
    *, scope: Scope, note_id: int, is_right: bool, answer: str, by: Actor, at: datetime
) -> AllergyNote:
    """园长核对家长申报：confirmed it takes the place of what was held; refusing needs a reason."""
    found = access_note(scope, note_id)
    kid = _locked(Child.all_rows.get(pk=found.child_id))
    note = AllergyNote.all_rows.select_for_update().get(pk=found.pk)
    if note.state != State.ASKED:
        raise DomainError("settled", "这份申报已经核对过，请刷新页面查看")
    if not is_right and not answer.strip():
        raise DomainError("no-reason", "不采纳须写明理由（如医院检查结果），家长会看到，请补写")
    if is_right:
        with rls.as_system("儿童转园后，原机构的登记由现机构的取代"):
            AllergyNote.all_rows.filter(child_id=kid.pk, state=State.HELD).update(
                state=State.ENDED, settled_at=at, settled_by_name=by.name
            )
    note.state = State.HELD if is_right else State.REFUSED
    note.settled_at, note.settled_by_name, note.answer = at, by.name, answer.strip()
    note.save(update_fields=["state", "settled_at", "settled_by_name", "answer"])
    held = AllergyNote.all_rows.filter(child_id=kid.pk, state=State.HELD).first()
    mark_allergy(child=kid, text=unpack(held.detail).text() if held else "")
    return note


def _locked(child: Child) -> Child:
    """Two guardians at once: the second waits for the first."""
    return Child.all_rows.select_for_update().get(pk=child.pk)


def _write(
    kid: Child,
    allergy: Allergy,
    note: str,
    state: str,
    by: Actor,
    at: datetime,
    by_parent: bool = False,
    key: int | None = None,
) -> AllergyNote:
    if kid.institution_id is None:
        raise DomainError("not-here", f"{kid.name}现在没有在托的机构，不能登记")
    return AllergyNote.all_rows.create(
        **({"id": key} if key else {}),
        child_id=kid.pk,
        institution_id=kid.institution_id,
        region_code=kid.region_code,
        state=state,
        detail=allergy.packed(),
        note=note.strip() or None,
        by_parent=by_parent,
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
    )


def needs_sorting(scope: Scope, child: Child) -> bool:
    """是否还没有归类。"""
    found = allergies_of(scope, [child]).get(child.pk)
    return found is not None and found.is_unsorted
