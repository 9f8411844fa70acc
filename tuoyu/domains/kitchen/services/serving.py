"""供餐：the red list is ticked before the meal is given."""

from __future__ import annotations

import uuid
from collections.abc import Set
from datetime import date, datetime

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.kitchen.models import ServedInstead, Serving
from tuoyu.domains.kitchen.selectors.allergies import list_eaters
from tuoyu.domains.kitchen.selectors.days import MealToday, list_meals

Ticks = Set[tuple[int, int]]


def serve(
    *,
    scope: Scope,
    class_id: int,
    meal: str,
    ticks: Ticks,
    by: Actor,
    at: datetime,
    key: uuid.UUID | None = None,
) -> Serving:
    """开饭：every child of the red list needs its substitute, ticked by the one who gives it.

    ``ticks`` are pairs of dish and child.
    """
    found = _meal(scope, class_id, clock.day_of(at), meal)
    if found.serving is not None:
        return found.serving
    open_rows = [c for c in found.red if not c.is_safe]
    if open_rows:
        names = "、".join(dict.fromkeys(c.child.name for c in open_rows))
        raise DomainError(
            "no-substitute", f"{names}还没有选替代，请园长在「食谱」里选好，再给孩子开饭"
        )
    left = [c for c in found.red if (c.dish_id, c.child.child_id) not in ticks]
    if left:
        words = "、".join(f"{c.child.name}（{c.dish.name}，{c.why}）" for c in left)
        raise DomainError("not-ticked", f"红色名单还没有核对完：{words}；请看着餐盘逐个打勾")
    return write(scope, class_id, found, ticks, by.name, at, at, key or uuid.uuid4())


def write(
    scope: Scope,
    class_id: int,
    found: MealToday,
    ticks: Ticks,
    by_name: str,
    at: datetime,
    received_at: datetime,
    key: uuid.UUID,
) -> Serving:
    """写下一次供餐：a room that was offline may have ticked less; that is counted, not hidden."""
    group = ClassGroup.objects.visible_to(scope).get(pk=class_id)
    eaters = list_eaters(scope, group.institution_id, clock.day_of(at))
    rows = [(c, (c.dish_id, c.child.child_id) in ticks and c.is_safe) for c in found.red]
    with transaction.atomic():
        made, is_new = Serving.all_rows.get_or_create(
            class_group_id=class_id,
            day=clock.day_of(at),
            meal=found.meal,
            defaults={
                "id": key,
                "institution_id": group.institution_id,
                "region_code": group.region_code,
                "menu_id": found.dishes[0].menu_id,
                "at": at,
                "received_at": received_at,
                "by_name": by_name,
                "children": sum(e.class_id == class_id and not e.is_away for e in eaters),
                "unticked": sum(not ticked for _, ticked in rows),
            },
        )
        if is_new:
            ServedInstead.all_rows.bulk_create(
                ServedInstead(
                    serving=made,
                    child_id=c.child.child_id,
                    institution_id=group.institution_id,
                    region_code=group.region_code,
                    dish_name=c.dish.name,
                    instead_name=c.instead.name if c.instead else "",
                    is_ticked=ticked,
                )
                for c, ticked in rows
            )
    return made


def _meal(scope: Scope, class_id: int, day: date, meal: str) -> MealToday:
    group = ClassGroup.objects.visible_to(scope).filter(pk=class_id).first()
    if group is None:
        raise NotFound
    for found in list_meals(scope, group.institution_id, class_id, day):
        if found.meal == meal:
            return found
    raise NotFound
