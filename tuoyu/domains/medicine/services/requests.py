"""喂药委托：asked by a parent, accepted or refused by staff, locked by the first dose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.identifiers import opaque_id
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.medicine import rules, telling
from tuoyu.domains.medicine.models import (
    MedicineRequest,
    MedicineSetting,
    RequestState,
    Route,
)


@dataclass(frozen=True)
class Paper:
    """委托单所写。``to_on`` is the day after the last one."""

    medicine: str
    illness: str
    dose: str
    route: str
    times: Sequence[time]
    from_on: date
    to_on: date
    note: str = ""


@transaction.atomic
def ask(
    *,
    child_id: int,
    institution_id: int,
    paper: Paper,
    photo_id: int | None,
    agreed: bool,
    by: Actor,
    at: datetime,
    number: int | None = None,
) -> MedicineRequest:
    """家长委托喂药：the first of the two consents. ``number``: its id, when it is drawn."""
    child = access_child(by.scope, child_id)
    _check(paper, agreed, clock.day_of(at), photo_id)
    inst = Institution.objects.unscoped(reason="机构信息公开").get(pk=institution_id)
    made = MedicineRequest.all_rows.create(
        id=number or opaque_id(),
        child=child,
        institution_id=inst.pk,
        region_code=inst.region_code,
        state=RequestState.ASKED,
        photo_id=photo_id,
        asked_by=by.user_id or 0,
        asked_by_name=by.name,
        asked_at=at,
        **_columns(paper),
    )
    telling.tell_staff(made, f"{child.name}：新的喂药委托", "请核对药品标签后接受或不接受。", at,
                       f"medicine-ask-{made.pk}")  # fmt: skip
    return made


@transaction.atomic
def change(
    *,
    request_id: int,
    paper: Paper,
    photo_id: int | None,
    agreed: bool,
    by: Actor,
    at: datetime,
) -> MedicineRequest:
    """改委托：only before the first dose, and the staff's consent is asked anew."""
    found = _own(request_id, by)
    if found.locked_at is not None:
        raise DomainError(
            "locked",
            "已经喂过第一次，委托单不能再改；要改用量或时间，请先停用这份，再另写一份",
        )
    if found.state not in (RequestState.ASKED, RequestState.ACCEPTED):
        raise _closed(found)
    photo = photo_id or found.photo_id
    _check(paper, agreed, clock.day_of(at), photo)
    for name, value in _columns(paper).items():
        setattr(found, name, value)
    found.photo_id, found.state = photo, RequestState.ASKED
    found.asked_by, found.asked_by_name, found.asked_at = by.user_id or 0, by.name, at
    found.decided_by, found.decided_by_name, found.decided_at = None, "", None
    found.save()
    telling.tell_staff(found, f"{found.child.name}：喂药委托有改动", "改动后须重新接受。", at,
                       f"medicine-change-{found.pk}-{at:%d%H%M}")  # fmt: skip
    return found


@transaction.atomic
def stop(*, request_id: int, by: Actor, at: datetime) -> MedicineRequest:
    """家长停用：at any time; doses already given stay."""
    found = _own(request_id, by)
    if found.state not in (RequestState.ASKED, RequestState.ACCEPTED):
        raise _closed(found)
    found.state, found.ended_at = RequestState.WITHDRAWN, at
    found.save(update_fields=["state", "ended_at"])
    telling.tell_staff(found, f"{found.child.name}：家长停了喂药", "请不要再喂，药品交还家长。", at,
                       f"medicine-stop-{found.pk}")  # fmt: skip
    return found


@transaction.atomic
def accept(*, request_id: int, by: Actor, at: datetime) -> MedicineRequest:
    """园方接受：the second consent."""
    found = _waiting(request_id, by)
    if found.to_on <= clock.day_of(at):
        raise DomainError("over", "委托的日期已经过去，不能再接受；请家长另写一份")
    found.state = RequestState.ACCEPTED
    found.decided_by, found.decided_by_name, found.decided_at = by.user_id, by.name, at
    found.save(update_fields=["state", "decided_by", "decided_by_name", "decided_at"])
    text = f"{by.name}已核对药品标签，到时由两人签字喂药。"
    telling.tell_family(found, "园方已接受喂药委托", text, at,
                        f"medicine-yes-{found.pk}-{at:%d%H%M}")  # fmt: skip
    telling.live(found.institution_id)
    return found


@transaction.atomic
def refuse(*, request_id: int, reason: str, note: str, by: Actor, at: datetime) -> MedicineRequest:
    """不接受，说明理由。"""
    found = _waiting(request_id, by)
    if reason not in rules.REFUSALS:
        raise DomainError("reason", "请从所列理由中选一个，家长好知道怎么补")
    if reason == "other" and not note.strip():
        raise DomainError("reason-note", "选了「其他」须写明理由，请补写后再提交")
    found.state, found.refusal, found.refusal_note = RequestState.REFUSED, reason, note.strip()
    found.decided_by, found.decided_by_name, found.decided_at = by.user_id, by.name, at
    found.ended_at = at
    found.save(
        update_fields=["state", "refusal", "refusal_note", "decided_by", "decided_by_name",
                       "decided_at", "ended_at"]
    )  # fmt: skip
    why = note.strip() or rules.REFUSALS[reason]
    telling.tell_family(found, "园方没有接受喂药委托", f"理由：{why}。可以改好后另写一份。", at,
                        f"medicine-no-{found.pk}")  # fmt: skip
    return found


def archive(*, at: datetime) -> int:
    """自动归档：the day after its last day; also what nobody answered in time."""
    rows = MedicineRequest.all_rows.filter(
        state__in=[RequestState.ASKED, RequestState.ACCEPTED], to_on__lte=clock.day_of(at)
    )
    return rows.update(state=RequestState.ENDED, ended_at=at)


@transaction.atomic
def set_minutes(*, alarm: int, tolerance: int, by: Actor, at: datetime) -> MedicineSetting:
    """本园喂药设定。"""
    if not (0 <= alarm <= 120 and 0 <= tolerance <= 240):
        raise DomainError(
            "minutes", "提前提醒应在 0 至 120 分钟，早晚容许应在 0 至 240 分钟，请改正"
        )
    inst = Institution.objects.unscoped(reason="机构信息公开").get(pk=by.institution_id)
    made, _ = MedicineSetting.all_rows.update_or_create(
        institution_id=inst.pk,
        defaults={
            "region_code": inst.region_code,
            "alarm_minutes": alarm,
            "tolerance_minutes": tolerance,
            "set_by_name": by.name,
            "set_at": at,
        },
    )
    return made


def _columns(paper: Paper) -> dict[str, object]:
    return {
        "medicine": paper.medicine.strip(),
        "illness": paper.illness.strip(),
        "dose": paper.dose.strip(),
        "route": paper.route,
        "times": sorted(paper.times),
        "from_on": paper.from_on,
        "to_on": paper.to_on,
        "note": paper.note.strip() or None,
    }


def _check(paper: Paper, agreed: bool, today: date, photo_id: int | None) -> None:
    found = rules.faults(
        today=today, from_on=paper.from_on, to_on=paper.to_on, times=list(paper.times),
        dose=paper.dose, medicine=paper.medicine,
    )  # fmt: skip
    if paper.route not in Route.values:
        found.append("没有选用法，请从所列用法中选")
    if not paper.illness.strip():
        found.append("没有写病因，老师无法判断是否合用；请写明如「感冒咳嗽」")
    if photo_id is None:
        found.append("没有药品标签照片，园方无法核对；请拍下药盒上的药名、用量和有效期")
    if not agreed:
        found.append("没有勾选同意，园方不能代喂；请看过用量后勾选")
    if found:
        raise DomainError("paper", "；".join(found))


def _own(request_id: int, by: Actor) -> MedicineRequest:
    rows = MedicineRequest.objects.visible_to(by.scope).select_for_update(of=("self",))
    found = rows.select_related("child").filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def _waiting(request_id: int, by: Actor) -> MedicineRequest:
    found = _own(request_id, by)
    if found.state != RequestState.ASKED:
        raise _closed(found)
    return found


def _closed(found: MedicineRequest) -> DomainError:
    return DomainError(
        "moved-on",
        f"这份委托现为「{RequestState(found.state).label}」，不能这样办；请刷新页面看最新情况",
    )
