"""喂药的记录：once for each due time, signed by two people.

What a tablet recorded without network comes as a care event of kind ``dose``. A second record of
the same dose is never dropped: it is kept beside the first and shown until somebody settles it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.care.selectors.people import name_of
from tuoyu.domains.care.services.acting import unlock
from tuoyu.domains.medicine import rules, telling
from tuoyu.domains.medicine.events import DoseSigned
from tuoyu.domains.medicine.models import Dose, MedicineRequest, RequestState
from tuoyu.domains.medicine.selectors import minutes_of

DESK = uuid.UUID(int=0)  # a signed-in page, no tablet
TWICE = "这次药已经有人喂过，没有重复登记；千万不要再喂，请刷新页面看记录"


@dataclass(frozen=True)
class Signer:
    """签字的人。"""

    user_id: int
    name: str


@transaction.atomic
def give(
    *,
    request_id: int,
    due_at: datetime,
    by: Actor,
    at: datetime,
    outcome: str = Dose.Outcome.GIVEN,
    reason: str = "",
    note: str = "",
    second: Signer | None = None,
    dose_id: uuid.UUID | None = None,
) -> Dose:
    """登记一次喂药（或没有喂）。``second`` has proved itself by PIN; else it signs later."""
    request = _locked(request_id, by)
    if request.state != RequestState.ACCEPTED:
        raise DomainError(
            "not-accepted",
            f"这份委托现为「{RequestState(request.state).label}」，不能喂；请先与家长核对",
        )
    if not rules.is_due(due_at, request.from_on, request.to_on, request.times):
        raise DomainError("not-due", "委托单里没有这个时间，不能喂；请刷新页面，按列出的时间登记")
    reason = reason.strip()
    skipped = outcome == Dose.Outcome.SKIPPED
    if skipped and not reason:
        raise DomainError("skip-reason", "没有喂须写明原因，家长会看到；请补写后再提交")
    off = rules.wants_reason(due_at, at, minutes_of(request.institution_id).tolerance)
    if off and not skipped and not reason:
        words = rules.off_words(rules.minutes_off(due_at, at))
        raise DomainError("off-reason", f"比应喂时间{words}，须写明原因；请补写后再提交")
    _check_second(by.user_id, second)
    try:
        with transaction.atomic():
            giver = Signer(by.user_id or 0, by.name)
            made = _create(
                request, dose_id or uuid7(), due_at, at, at, giver, outcome, reason, note, second
            )
    except IntegrityError as error:
        raise DomainError("twice", TWICE) from error
    _after(made, at)
    return made


@transaction.atomic
def take_event(
    *,
    event_id: uuid.UUID,
    institution_id: int,
    child_id: int,
    request_id: int,
    due_at: datetime,
    by: Signer,
    at: datetime,
    received_at: datetime,
    outcome: str,
    reason: str,
    note: str,
) -> Dose | None:
    """断网时的喂药记录：what happened is written down, whatever has changed meanwhile.

    None when it belongs to no request of this child here; the event itself stays with the room.
    """
    rows = MedicineRequest.all_rows.select_for_update(of=("self",)).select_related("child")
    request = rows.filter(
        pk=request_id, institution_id=institution_id, child_id=child_id
    ).first()  # fmt: skip
    if request is None:
        return None
    known = Dose.all_rows.filter(pk=event_id).first()
    if known is not None:
        return known
    first = Dose.all_rows.filter(request=request, due_at=due_at, conflict_with=None).first()
    why = reason or _late(due_at, at, request)
    made = _create(
        request, event_id, due_at, at, received_at, by, outcome, why, note, None,
        is_offline=True, conflict_with=first,
    )  # fmt: skip
    _after(made, received_at)
    return made


def signer_by_pin(*, institution_id: int, user_id: int, pin: str, at: datetime) -> Signer:
    """第二人用班级口令。A refusal counts a wrong try: the caller must not roll it back."""
    unlock(institution_id=institution_id, device_id=DESK, user_id=user_id, pin=pin, at=at)
    return Signer(user_id, name_of(institution_id, user_id) or "")


@transaction.atomic
def sign_second(*, dose_id: uuid.UUID, signer: Signer, by: Actor, at: datetime) -> Dose:
    """第二人核对签字：in one's own session, or by PIN on the shared tablet."""
    rows = Dose.objects.visible_to(by.scope).select_for_update(of=("self",))
    found = rows.select_related("request__child").filter(pk=dose_id).first()
    if found is None:
        raise NotFound
    if found.second_user is not None:
        raise DomainError("signed", f"{found.second_name}已经核对签字，不用再签")
    _check_second(found.by_user, signer)
    found.second_user, found.second_name, found.second_at = signer.user_id, signer.name, at
    found.save(update_fields=["second_user", "second_name", "second_at"])
    if found.conflict_with_id is None:
        _tell_receipt(found, at)
    telling.live(found.institution_id)
    return found


@transaction.atomic
def settle(*, dose_id: uuid.UUID, note: str, by: Actor, at: datetime) -> Dose:
    """核实两台设备的记录：somebody says what really happened; nothing is deleted."""
    rows = Dose.objects.visible_to(by.scope).select_for_update(of=("self",))
    found = rows.select_related("request__child").filter(pk=dose_id).first()
    if found is None or found.conflict_with_id is None:
        raise NotFound
    if found.settled_at is not None:
        raise DomainError("settled", f"{found.settled_by_name}已经核实过，请刷新页面看结果")
    if not note.strip():
        raise DomainError(
            "settle-note", "请写明核实结果：实际喂了一次还是两次，是否已告知家长和就医"
        )
    found.settled_at, found.settled_by_name, found.settled_note = at, by.name, note.strip()
    found.save(update_fields=["settled_at", "settled_by_name", "settled_note"])
    telling.tell_family(found.request, "喂药记录已核实", found.settled_note, at,
                        f"dose-settled-{found.pk}")  # fmt: skip
    telling.live(found.institution_id)
    return found


def _create(
    request: MedicineRequest,
    dose_id: uuid.UUID,
    due_at: datetime,
    at: datetime,
    received_at: datetime,
    by: Signer,
    outcome: str,
    reason: str,
    note: str,
    second: Signer | None,
    *,
    is_offline: bool = False,
    conflict_with: Dose | None = None,
) -> Dose:
    return Dose.all_rows.create(
        id=dose_id,
        request=request,
        child_id=request.child_id,
        institution_id=request.institution_id,
        region_code=request.region_code,
        due_at=due_at,
        outcome=outcome,
        at=at,
        received_at=received_at,
        reason=reason[:120],
        note=note.strip()[:200] or None,
        by_user=by.user_id,
        by_name=by.name,
        second_user=second.user_id if second else None,
        second_name=second.name if second else "",
        second_at=at if second else None,
        is_offline=is_offline,
        conflict_with=conflict_with,
    )


def _after(dose: Dose, at: datetime) -> None:
    """锁定委托，该告知的告知。"""
    request = dose.request
    if request.locked_at is None and dose.outcome == Dose.Outcome.GIVEN:
        request.locked_at = dose.at
        request.save(update_fields=["locked_at"])
    if dose.conflict_with_id is not None:
        due = f"{dose.due_at.astimezone(clock.ZONE):%H:%M}"
        text = "两台设备都登记了这次喂药，可能喂了两次：请立即核实，必要时就医。"
        telling.tell_staff(request, f"{request.child.name} {due} 的药记了两次", text, at,
                           f"dose-conflict-{dose.pk}")  # fmt: skip
        text = "园方正在核实，核实后会告诉您结果。"
        telling.tell_family(request, f"{due} 的喂药有两条记录", text, at,
                            f"dose-conflict-family-{dose.pk}")  # fmt: skip
    elif dose.second_user is not None or dose.outcome == Dose.Outcome.SKIPPED:
        _tell_receipt(dose, at)
    telling.live(dose.institution_id)


def _tell_receipt(dose: Dose, at: datetime) -> None:
    title, body = telling.receipt(dose)
    telling.tell_family(dose.request, title, body, at, f"dose-{dose.pk}")
    publish(DoseSigned(dose.request_id, dose.child_id, dose.institution_id, dose.due_at, dose.at))


def _late(due_at: datetime, at: datetime, request: MedicineRequest) -> str:
    """A tablet without network asks for the reason itself; an old one may not have."""
    off = rules.wants_reason(due_at, at, minutes_of(request.institution_id).tolerance)
    return "断网时登记，未写原因" if off else ""


def _check_second(by_user: int | None, second: Signer | None) -> None:
    if second is not None and second.user_id == by_user:
        raise DomainError("same-person", "喂药和核对须是两个人，您已签过喂药；请另一位老师核对签字")


def _locked(request_id: int, by: Actor) -> MedicineRequest:
    rows = MedicineRequest.objects.visible_to(by.scope).select_for_update(of=("self",))
    found = rows.select_related("child").filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found
