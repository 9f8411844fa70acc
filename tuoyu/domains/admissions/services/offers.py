"""录取：an offer with a clock; one live offer a family, and the last place to exactly one.

An offer that runs out puts the wish on hold with its old time of application; nothing is deleted.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models, transaction

from tuoyu.core import clock, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.admissions.models import (
    LIVE,
    QUEUE,
    Offer,
    Paper,
    PaperKind,
    Stage,
    Wish,
)
from tuoyu.domains.admissions.services.desk import (
    CITY,
    for_family,
    for_institution,
    lock_queue,
    need,
    note,
    put,
    ranks_kept,
    room_problem,
)
from tuoyu.domains.admissions.services.telling import tell_family, tell_institution
from tuoyu.domains.admissions.services.visiting import hold_now
from tuoyu.domains.enrolment import rules as enrolment_rules
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.policies.books import current_book


@transaction.atomic
def make_offer(
    *,
    wish_id: int,
    class_group_id: int,
    from_on: date,
    expires_at: datetime,
    first_come: bool,
    by: Actor,
    at: datetime,
) -> Offer:
    """发录取通知：holds a place until it is answered or runs out."""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, *QUEUE)
        if expires_at <= at:
            raise DomainError("expires", "答复期限已经过去，请改为以后的时间")
        group = _fitting_class(wish, class_group_id, from_on, clock.day_of(at))
        lock_queue(wish.institution_id)
        _expire(Offer.all_rows.filter(wish__application_id=wish.application_id), at)
        _no_other_live(wish)
        if problem := room_problem(group, from_on, but=wish, holding=not first_come):
            raise DomainError("full", f"{problem}（已发出的录取和办理中的也占名额）")
        with ranks_kept(wish, at, "前面有家庭收到录取"):
            put(wish, Stage.OFFER, at)
        made = Offer.all_rows.create(
            wish=wish,
            institution_id=wish.institution_id,
            region_code=wish.region_code,
            class_group=group,
            from_on=from_on,
            first_come=first_come,
            made_at=at,
            made_by_name=by.name,
            expires_at=expires_at,
        )
        until = f"{expires_at.astimezone(clock.ZONE):%m-%d %H:%M}"
        note(wish, f"发出录取：{group.name}，{from_on} 入托，{until} 前答复", by.name, at)
        tell_family(
            wish, f"{wish.institution.name}给您留了名额", f"请在 {until} 前答复", at, urgent=True
        )
        return made


def _fitting_class(wish: Wish, group_id: int, from_on: date, today: date) -> ClassGroup:
    group = ClassGroup.all_rows.filter(pk=group_id, institution_id=wish.institution_id).first()
    if group is None or not group.is_open:
        raise NotFound
    if from_on < today:
        raise DomainError("from", f"入托日期 {from_on} 已经过去，请改为今天或以后")
    rule = current_book().national.class_types[group.class_type]
    if problem := enrolment_rules.age_problem(rule, wish.application.born_on, from_on):
        raise DomainError("age", problem)
    return group


def _no_other_live(wish: Wish) -> None:
    others = Wish.all_rows.filter(
        application_id=wish.application_id, stage__in=[*LIVE, Stage.STARTED]
    )
    if others.exclude(pk=wish.pk).exists():
        raise DomainError(
            "live-offer",
            "这个家庭正在答复或办理另一家机构的录取，同一时间只能有一份；等对方答复后再发",
        )


@transaction.atomic
def accept(*, wish_id: int, by: Actor, at: datetime) -> None:
    """接受录取：the place is counted again under the lock, so that the last one goes to one."""
    with rls.as_system(CITY):
        wish = for_family(by, wish_id)
        need(wish, Stage.OFFER)
        lock_queue(wish.institution_id)
        offer = _live(wish, at)
        holding = offer.first_come  # one that holds its place needs only what is promised besides
        if problem := room_problem(offer.class_group, offer.from_on, but=wish, holding=holding):
            raise DomainError(
                "taken", f"名额刚被别的家庭接受（{problem}）。您的候补不受影响，园方会再联系"
            )
        _answer(offer, Offer.Answer.ACCEPTED, at)
        put(wish, Stage.PAPERS, at)
        Paper.all_rows.bulk_create(
            [
                Paper(
                    wish=wish,
                    institution_id=wish.institution_id,
                    region_code=wish.region_code,
                    kind=kind,
                )
                for kind in PaperKind.values
            ],
            ignore_conflicts=True,
        )
        note(wish, "家长接受录取，开始备材料", by.name, at)
        _hold_others(wish, at)
        tell_institution(wish, f"{wish.application.child_name}家接受了录取", "等家长交材料", at)


def _hold_others(wish: Wish, at: datetime) -> None:
    """别的志愿自动暂缓（不删除）。"""
    rows = Wish.all_rows.filter(application_id=wish.application_id, stage__in=QUEUE)
    for other in rows.exclude(pk=wish.pk).select_related("application").order_by("institution_id"):
        hold_now(other, f"已接受{wish.institution.name}的录取，可随时恢复", "系统", at)


@transaction.atomic
def decline(*, wish_id: int, by: Actor, at: datetime) -> None:
    """谢绝：goes on hold, may be taken up again with the old time."""
    with rls.as_system(CITY):
        wish = for_family(by, wish_id)
        need(wish, Stage.OFFER, Stage.PAPERS, Stage.CONTRACT)
        lock_queue(wish.institution_id)
        offer = wish.offers.filter(answer__in=["", "accepted"]).select_for_update().first()
        if offer is not None:
            _answer(offer, Offer.Answer.DECLINED, at)
        hold_now(wish, "您谢绝了录取，可随时恢复候补", by.name, at)
        tell_institution(wish, f"{wish.application.child_name}家谢绝了录取", "名额已空出", at)


@transaction.atomic
def take_back(*, wish_id: int, why: str, by: Actor, at: datetime) -> None:
    """收回录取：back into the queue at the old place, with the reason shown to the family."""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.OFFER)
        if not why.strip():
            raise DomainError("no-reason", "收回录取须写明原因，家长能看到；请补写")
        lock_queue(wish.institution_id)
        _answer(_live(wish, at), Offer.Answer.TAKEN_BACK, at)
        with ranks_kept(wish, at, "园方收回一份录取"):
            put(wish, Stage.WAITING, at)
        note(wish, f"园方收回录取：{why.strip()}", by.name, at)
        tell_family(wish, f"{wish.institution.name}收回了录取", why.strip(), at)


@transaction.atomic
def expire_due(at: datetime) -> int:
    """到期的录取自动暂缓。"""
    with rls.as_system(CITY):
        return _expire(Offer.all_rows.all(), at)


def _expire(offers: models.QuerySet[Offer], at: datetime) -> int:
    due = offers.filter(answer="", expires_at__lte=at).order_by("institution_id", "pk")
    found = list(due.select_for_update(of=("self",)).select_related("wish__application"))
    for offer in found:
        lock_queue(offer.institution_id)
        _answer(offer, Offer.Answer.EXPIRED, at)
        hold_now(offer.wish, "录取到期没有答复，可随时恢复，仍按原报名时间", "系统", at)
        tell_family(offer.wish, "录取已到期，已为您暂缓", "恢复后仍按原报名时间排序", at)
    return len(found)


def _live(wish: Wish, at: datetime) -> Offer:
    rows = wish.offers.filter(answer="").select_for_update(of=("self",))
    offer = rows.select_related("class_group").first()
    if offer is None or offer.expires_at <= at:
        raise DomainError("expired", "答复期限已过，名额不再保留；可恢复候补，仍按原报名时间排序")
    return offer


def _answer(offer: Offer, answer: Offer.Answer, at: datetime) -> None:
    offer.answer, offer.answered_at = answer, at
    offer.save(update_fields=["answer", "answered_at"])
