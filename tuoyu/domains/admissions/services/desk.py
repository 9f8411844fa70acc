"""经办的共同部分：who may act on a wish, the record of changes, the places that are left.

An application belongs to the whole city; who may act is judged here, by the wish's institution or
the family's account, and the step itself is then done as the system.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.admissions.models import LIVE, QUEUE, Change, Offer, Stage, Wish
from tuoyu.domains.admissions.selectors.queue import queue_of
from tuoyu.domains.enrolment import rules as enrolment_rules
from tuoyu.domains.enrolment.services import most_at_once
from tuoyu.domains.institutions.models import ClassGroup, PlaceState
from tuoyu.domains.policies.books import current_book

CITY = "报名属于全市：经办人已按机构的志愿或家长的账号核过"
MANAGE, APPLY = "inst:admission:manage", "family:admission:apply"
_LOCK = 7_310_071


def lock_wish(by: Actor, wish_id: int) -> Wish:
    """取一个志愿并锁住；someone else's is not found. Called as the system."""
    rows = Wish.all_rows.select_related("application", "institution")
    wish = rows.select_for_update(of=("self",)).filter(pk=wish_id).first()
    if wish is None or not (is_ours(by, wish) or is_own(by, wish)):
        raise NotFound
    return wish


def is_ours(by: Actor, wish: Wish) -> bool:
    """是本机构的志愿，且有权经办。"""
    here = by.scope.kind == "system" or wish.institution_id in by.scope.institution_ids
    return here and by.may(MANAGE)


def is_own(by: Actor, wish: Wish) -> bool:
    """是自己家的志愿。"""
    return by.user_id is not None and wish.application.user_id == by.user_id and by.may(APPLY)


def for_institution(by: Actor, wish_id: int) -> Wish:
    """园方经办的一步。"""
    wish = lock_wish(by, wish_id)
    if not is_ours(by, wish):
        raise NotFound
    return wish


def for_family(by: Actor, wish_id: int) -> Wish:
    """家长办的一步。"""
    wish = lock_wish(by, wish_id)
    if not is_own(by, wish):
        raise NotFound
    return wish


def need(wish: Wish, *stages: Stage) -> None:
    """须在这些阶段里。"""
    if wish.stage not in stages:
        names = "或".join(f"「{s.label}」" for s in stages)
        raise DomainError(
            "moved-on",
            f"现在是「{Stage(wish.stage).label}」，这一步要在{names}时办；请刷新页面看最新进度",
        )


def put(wish: Wish, stage: Stage, at: datetime, *, held_why: str = "") -> None:
    """到另一个阶段。"""
    wish.stage, wish.stage_at, wish.held_why = stage, at, held_why[:120]
    wish.save(update_fields=["stage", "stage_at", "held_why"])


def note(wish: Wish, text: str, by_name: str, at: datetime) -> None:
    """记一笔。"""
    Change.all_rows.create(
        wish=wish,
        institution_id=wish.institution_id,
        region_code=wish.region_code,
        at=at,
        text=text[:200],
        by_name=by_name[:80],
    )


@contextmanager
def ranks_kept(wish: Wish, at: datetime, why: str) -> Iterator[None]:
    """名次变动记录：whoever's rank in this queue changes by what is done inside is told why."""
    key = (wish.institution_id, wish.class_type)
    lock_queue(wish.institution_id)
    before = {s.wish.pk: s.rank for s in queue_of(*key)}
    yield
    rows = []
    for s in queue_of(*key):
        old = before.get(s.wish.pk)
        if old == s.rank:
            continue
        told = f"由第 {old} 变第 {s.rank}：{why}" if old else f"排第 {s.rank}：{why}"
        rows.append(_rank_row(s.wish, told, at, old, s.rank))
    Change.all_rows.bulk_create(rows)


def _rank_row(wish: Wish, text: str, at: datetime, before: int | None, after: int) -> Change:
    return Change(
        wish=wish, institution_id=wish.institution_id, region_code=wish.region_code, at=at,
        text=text[:200], before=before, after=after,
    )  # fmt: skip


def lock_queue(institution_id: int) -> None:
    """一家机构的名额与名次一次只动一处。"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, institution_id % 2**31])


def room_problem(group: ClassGroup, from_on: date, *, but: Wish, holding: bool) -> str:
    """还有没有名额的说明：enrolled, promised and (when ``holding``) offered places are taken."""
    promised = Offer.all_rows.filter(class_group=group, answer=Offer.Answer.ACCEPTED)
    taken = promised.filter(wish__stage__in=LIVE).exclude(wish=but).count()
    if holding:
        live = Offer.all_rows.filter(class_group=group, answer="", first_come=False)
        taken += live.exclude(wish=but).count()
    rule = current_book().national.class_types[group.class_type]
    places = group.places.filter(state=PlaceState.OPERATING).count()
    taken += most_at_once(group.pk, from_on, None)
    return enrolment_rules.size_problem(rule, group.capacity, places, taken)


def waits(wish: Wish) -> bool:
    """在排队。"""
    return wish.stage in QUEUE
