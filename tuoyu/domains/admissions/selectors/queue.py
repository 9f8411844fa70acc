"""候补名次：derived each time from who waits and the institution's published order."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from tuoyu.core import clock
from tuoyu.domains.admissions import rules
from tuoyu.domains.admissions.models import QUEUE, Practice, Wish
from tuoyu.domains.children.models import Guardianship, SpecialStatus


@dataclass(frozen=True)
class Standing:
    """一个名次及其理由。"""

    wish: Wish
    rank: int
    total: int
    reasons: tuple[str, ...]


def order_of(institution_id: int) -> rules.Order:
    """本园的排序办法。"""
    found = Practice.all_rows.filter(institution_id=institution_id).first()
    if found is None:
        return rules.Order()
    return rules.Order(found.siblings_first, found.special_first, found.basis)


def queue_of(institution_id: int, class_type: str) -> list[Standing]:
    """一家机构一个班型的候补次序。The caller has judged who may see it."""
    rows = Wish.all_rows.filter(
        institution_id=institution_id, class_type=class_type, stage__in=QUEUE
    )
    wishes = {w.pk: w for w in rows.select_related("application")}
    order = order_of(institution_id)
    siblings = _siblings(institution_id, wishes) if order.siblings_first else set()
    special = _special(wishes) if order.special_first else {}
    queue = rules.ranked(
        (
            rules.Entrant(
                w.pk,
                w.application.number,
                w.applied_at.astimezone(clock.ZONE),
                w.pk in siblings,
                special.get(w.application.child_id or 0, ""),
            )
            for w in wishes.values()
        ),
        order,
    )
    return [
        Standing(wishes[e.wish_id], n, len(queue), tuple(rules.reasons(e, order, n, queue)))
        for n, e in enumerate(queue, start=1)
    ]


def _siblings(institution_id: int, wishes: dict[int, Wish]) -> set[int]:
    """有兄弟姐妹在本园的：the same phone is the same guardian, nothing is asked of the family."""
    phones = {bytes(w.application.phone_index): pk for pk, w in wishes.items()}
    rows = Guardianship.all_rows.filter(
        institution_id=institution_id, guardian__phone_index__in=list(phones), is_guardian=True
    )
    found = {bytes(p) for p in rows.values_list("guardian__phone_index", flat=True) if p}
    return {pk for pk, w in wishes.items() if bytes(w.application.phone_index) in found}


def _special(wishes: dict[int, Wish]) -> dict[int, str]:
    """已核验的特殊家庭身份。"""
    ids = {w.application.child_id for w in wishes.values() if w.application.child_id}
    today = clock.today()
    rows = SpecialStatus.all_rows.filter(
        models.Q(to_on=None) | models.Q(to_on__gt=today),
        child_id__in=ids,
        verified_at__isnull=False,
        from_on__lte=today,
    )
    return {s.child_id: SpecialStatus.Kind(s.kind).label for s in rows}
