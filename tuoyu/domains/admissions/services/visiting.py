"""参观与候补：slots, visits, holding and taking up again; nobody is ever deleted from a queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from tuoyu.core import clock, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.admissions.models import QUEUE, Practice, Slot, Stage, Wish
from tuoyu.domains.admissions.services.desk import (
    CITY,
    MANAGE,
    for_family,
    for_institution,
    is_ours,
    lock_queue,
    lock_wish,
    need,
    note,
    put,
    ranks_kept,
    waits,
)
from tuoyu.domains.institutions.models import Institution


@transaction.atomic
def open_slot(
    *, institution_id: int, starts_at: datetime, families: int, by: Actor, at: datetime
) -> Slot:
    """开放一个参观时段。"""
    _director(institution_id, by)
    if starts_at <= at:
        raise DomainError("past", "参观时间已经过去，请选以后的时间")
    if not 1 <= families <= 20:
        raise DomainError("families", "每个时段接待 1 至 20 个家庭，请改正")
    region = _region(institution_id)
    try:
        with transaction.atomic():
            return Slot.all_rows.create(
                institution_id=institution_id,
                region_code=region,
                starts_at=starts_at,
                families=families,
            )
    except IntegrityError as error:
        raise DomainError("twice", "这个时间已开放参观，不用重复添加") from error


@transaction.atomic
def book_visit(*, wish_id: int, slot_id: int, by: Actor, at: datetime) -> Wish:
    """约参观：by the family or for it by the institution; a full slot takes nobody more."""
    with rls.as_system(CITY):
        wish = lock_wish(by, wish_id)
        need(wish, *QUEUE)
        slot = Slot.all_rows.select_for_update().filter(pk=slot_id).first()
        if slot is None or slot.institution_id != wish.institution_id:
            raise NotFound
        if slot.starts_at <= at:
            raise DomainError("past", "这个时段已经开始，请改约别的时间")
        if slot.wishes.exclude(pk=wish.pk).count() >= slot.families:
            raise DomainError("full", "这个时段已经约满，请改约别的时间")
        wish.slot = slot
        wish.save(update_fields=["slot"])
        put(wish, Stage.VISIT, at)
        note(wish, f"约定 {slot.starts_at.astimezone(clock.ZONE):%m-%d %H:%M} 参观", by.name, at)
        return wish


@transaction.atomic
def mark_waiting(*, wish_id: int, visited: bool, by: Actor, at: datetime) -> None:
    """参观完毕（或免参观），转候补。"""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.ENQUIRY, Stage.VISIT)
        put(wish, Stage.WAITING, at)
        note(wish, "已来参观，转候补" if visited else "免参观，转候补", by.name, at)


@transaction.atomic
def hold(*, wish_id: int, why: str, by: Actor, at: datetime) -> None:
    """暂缓：out of the queue but kept; the time of application stays."""
    with rls.as_system(CITY):
        wish = lock_wish(by, wish_id)
        need(wish, *QUEUE)
        if not why.strip():
            raise DomainError("no-reason", "暂缓须写明原因，对方能看到；请补写")
        hold_now(wish, why.strip(), by.name, at)


def hold_now(wish: Wish, why: str, by_name: str, at: datetime) -> None:
    """暂缓并记下；called inside a step as the system."""
    with ranks_kept(wish, at, "前面有家庭暂缓"):
        put(wish, Stage.HELD, at, held_why=why)
    note(wish, f"暂缓：{why}", by_name, at)


@transaction.atomic
def restore(*, wish_id: int, by: Actor, at: datetime) -> None:
    """恢复候补：with the old time of application."""
    with rls.as_system(CITY):
        wish = lock_wish(by, wish_id)
        need(wish, Stage.HELD)
        with ranks_kept(wish, at, "有家庭恢复候补，仍按原报名时间"):
            put(wish, Stage.WAITING, at)
        note(wish, "恢复候补，仍按原报名时间排序", by.name, at)


@transaction.atomic
def close(*, wish_id: int, why: str, by: Actor, at: datetime) -> None:
    """结束一个志愿：withdrawn by the family, or ended by the institution with a reason."""
    with rls.as_system(CITY):
        wish = lock_wish(by, wish_id)
        need(wish, *QUEUE, Stage.HELD)
        ours = is_ours(by, wish)
        if ours and not why.strip():
            raise DomainError("no-reason", "结束须写明原因，家长能看到；请补写")
        if waits(wish):
            with ranks_kept(wish, at, "前面有家庭退出"):
                put(wish, Stage.CLOSED, at)
        else:
            put(wish, Stage.CLOSED, at)
        note(wish, f"园方结束：{why.strip()}" if ours else "家长退出这个志愿", by.name, at)


@transaction.atomic
def reopen(*, wish_id: int, by: Actor, at: datetime) -> None:
    """家长恢复退出的志愿：排在现在的时间，因为是自己退出的。"""
    with rls.as_system(CITY):
        wish = for_family(by, wish_id)
        need(wish, Stage.CLOSED)
        with ranks_kept(wish, at, "重新报名"):
            wish.applied_at = at
            wish.save(update_fields=["applied_at"])
            put(wish, Stage.WAITING, at)
        note(wish, "重新报名，按现在的时间排序", by.name, at)


@transaction.atomic
def set_practice(
    *,
    institution_id: int,
    offer_hours: int,
    siblings_first: bool,
    special_first: bool,
    basis: str,
    by: Actor,
    at: datetime,
) -> None:
    """本园报名设定；a priority needs the place where it was published."""
    _director(institution_id, by)
    if not 1 <= offer_hours <= 720:
        raise DomainError("hours", "答复时限填 1 至 720 小时，请改正")
    if (siblings_first or special_first) and not basis.strip():
        raise DomainError(
            "no-basis", "设优先要写明公示的依据（公告名称与日期），家长会看到；请补写"
        )
    with rls.as_system(CITY):
        lock_queue(institution_id)
        types = set(
            Wish.all_rows.filter(institution_id=institution_id, stage__in=QUEUE)
            .order_by()
            .values_list("class_type", flat=True)
        )
        _in_each(institution_id, sorted(types), at, lambda: Practice.all_rows.update_or_create(
            institution_id=institution_id,
            defaults={
                "region_code": _region(institution_id),
                "offer_hours": offer_hours,
                "siblings_first": siblings_first,
                "special_first": special_first,
                "basis": basis.strip(),
            },
        ))  # fmt: skip


def _in_each(
    institution_id: int, types: list[str], at: datetime, act: Callable[[], object]
) -> None:
    """改设定前后，各班型的名次都比一遍。"""
    if not types:
        act()
        return
    probe = Wish(institution_id=institution_id, class_type=types[0])
    with ranks_kept(probe, at, "本园公示的优先办法有变"):
        _in_each(institution_id, types[1:], at, act)


def _director(institution_id: int, by: Actor) -> None:
    if institution_id not in by.scope.institution_ids or not by.may(MANAGE):
        raise NotFound


def _region(institution_id: int) -> str:
    return Institution.all_rows.values_list("region_code", flat=True).get(pk=institution_id)
