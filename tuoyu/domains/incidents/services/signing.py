"""告知与签字：call before push, then each signs once; the parent on the phone or in person."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.selectors import guardian_of
from tuoyu.domains.incidents import telling
from tuoyu.domains.incidents.models import Grade, Incident, IncidentSign, IncidentState
from tuoyu.domains.incidents.selectors.incidents import access_incident, colleague
from tuoyu.domains.incidents.states import SIGN

Who = IncidentSign.Who


@transaction.atomic
def call(*, incident_id: int, note: str, by: Actor, at: datetime) -> Incident:
    """登记电话告知。"""
    found = access_incident(by.scope, incident_id, lock=True)
    if not note.strip():
        raise DomainError("call-note", "请写明打给了谁、是否接通，补写后再提交")
    found.called_at, found.called_note = at, note.strip()[:120]
    found.save(update_fields=["called_at", "called_note"])
    return found


@transaction.atomic
def share(*, incident_id: int, by: Actor, at: datetime) -> Incident:
    """发给家长：after it is filed; for more than a light one only after the call."""
    found = _filed(incident_id, by)
    if found.shared_at is not None:
        raise DomainError("shared", "已经发给家长，不用再发")
    if found.grade != Grade.MINOR and found.called_at is None:
        raise DomainError(
            "call-first", "先打电话再发消息：家长不该从手机上第一次知道；请先登记电话告知"
        )
    found.shared_at = at
    found.save(update_fields=["shared_at"])
    telling.tell_family(found, at)
    return found


@transaction.atomic
def sign_staff(*, incident_id: int, by: Actor, at: datetime) -> IncidentSign:
    """老师或园长签字：two different people."""
    found = _filed(incident_id, by)
    who = Who.DIRECTOR if by.may(SIGN) else Who.STAFF
    if who == Who.DIRECTOR and found.made_by == by.user_id:
        who = Who.STAFF  # who wrote it signs as the one on duty
    other = found.signs.filter(who__in=[Who.STAFF, Who.DIRECTOR], by_user=by.user_id or 0).first()
    if other is not None:
        raise DomainError(
            "same-person",
            f"您已作为{Who(other.who).label}签过字；另一个签字须由别人签",
        )
    return _sign(found, who, by, at)


@transaction.atomic
def sign_parent(*, incident_id: int, note: str, by: Actor, at: datetime) -> IncidentSign:
    """家长签字：says that one has read it, not that one agrees."""
    found = _filed(incident_id, by)
    if found.shared_at is None:
        raise NotFound
    guardian = guardian_of(by.user_id or 0)
    made = _sign(found, Who.PARENT, by, at, name=guardian.name, note=note.strip()[:200])
    telling.tell_signed(found, made, at)
    return made


@transaction.atomic
def tell_in_person(
    *, incident_id: int, told_name: str, witness_id: int, note: str, by: Actor, at: datetime
) -> IncidentSign:
    """已当面告知：by one person, before another as witness."""
    found = _filed(incident_id, by)
    if not told_name.strip():
        raise DomainError("told", "请写明当面告知了谁")
    if witness_id == by.user_id:
        raise DomainError("witness", "见证人须是另一位同事，不能是您本人；请重选")
    name = colleague(found.institution_id, witness_id)
    return _sign(
        found, Who.PARENT, by, at, note=note.strip()[:200], in_person=True,
        told_name=told_name.strip()[:40], witness_user=witness_id, witness_name=name,
    )  # fmt: skip


def _filed(incident_id: int, by: Actor) -> Incident:
    found = access_incident(by.scope, incident_id, lock=by.scope.kind != "family")
    if found.state != IncidentState.FILED:
        raise DomainError("draft", "记录还是草稿，先提交再签字")
    return found


def _sign(
    found: Incident, who: str, by: Actor, at: datetime, *, name: str = "", note: str = "",
    in_person: bool = False, told_name: str = "", witness_user: int | None = None,
    witness_name: str = "",
) -> IncidentSign:  # fmt: skip
    try:
        with transaction.atomic():
            return IncidentSign.all_rows.create(
                incident=found,
                child_id=found.child_id,
                institution_id=found.institution_id,
                region_code=found.region_code,
                who=who,
                by_user=by.user_id or 0,
                by_name=name or by.name,
                in_person=in_person,
                told_name=told_name,
                witness_user=witness_user,
                witness_name=witness_name,
                note=note,
                at=at,
            )
    except IntegrityError as error:
        raise DomainError(
            "signed", f"「{Who(who).label}」已经签过字，不用再签；请刷新页面"
        ) from error
