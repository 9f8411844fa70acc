"""每周食谱的读取：what stands on it, and with whom it clashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.kitchen.models import Meal, Menu, MenuDish, Substitute
from tuoyu.domains.kitchen.rules import Dish
from tuoyu.domains.kitchen.selectors.allergies import NONE, Eater, allergies_of, eater, stays
from tuoyu.domains.kitchen.selectors.recipes import PUBLIC, dishes


@dataclass(frozen=True)
class Clash:
    """一处相犯：a child, a dish, why, and what was chosen instead."""

    dish_id: int
    day: date
    meal: str
    dish: Dish
    child: Eater
    why: str
    instead: Dish | None
    is_safe: bool

    @property
    def meal_title(self) -> str:
        return Meal(self.meal).label

    @property
    def key(self) -> str:
        """表单里的名字。"""
        return f"{self.dish_id}-{self.child.child_id}"


def access_menu(scope: Scope, menu_id: int) -> Menu:
    """取一份食谱。"""
    found = Menu.objects.visible_to(scope).filter(pk=menu_id).first()
    if found is None:
        raise NotFound
    return found


def menus_of_week(scope: Scope, institution_id: int, week_on: date) -> list[Menu]:
    """某周的各版食谱，newest first."""
    rows = Menu.objects.visible_to(scope).filter(institution_id=institution_id, week_on=week_on)
    return list(rows.order_by("-version"))


def published(institution_id: int, week_on: date) -> Menu | None:
    """某周公布的食谱：everybody may read it."""
    rows = Menu.objects.unscoped(reason=PUBLIC).filter(
        institution_id=institution_id, week_on=week_on, state=Menu.State.PUBLISHED
    )
    return rows.first()


def dishes_of(menu: Menu) -> list[MenuDish]:
    """食谱里的菜，in the order of the week."""
    rows = MenuDish.objects.unscoped(reason=PUBLIC).filter(menu=menu)
    return list(rows.select_related("recipe").order_by("day", "meal", "id"))


def list_clashes(scope: Scope, menu: Menu) -> list[Clash]:
    """相犯之处：every child enrolled on the day (a leave may be withdrawn), dish by dish."""
    rows = dishes_of(menu)
    known = dishes(r.recipe_id for r in rows)
    found = stays(scope, menu.institution_id, menu.week_on, menu.week_on + timedelta(days=7))
    allergic = allergies_of(scope, [e.child for e in found])
    chosen = _chosen(scope, menu)
    known |= dishes(set(chosen.values()) - set(known))
    out = []
    for row in rows:
        for stay in found:
            allergy = allergic.get(stay.child_id, NONE)
            if row.day not in stay.period or allergy.is_empty:
                continue
            kid, dish = eater(stay, row.day, allergy), known[row.recipe_id]
            if not dish.is_for(kid.band) or not (why := dish.clash(allergy)):
                continue
            recipe_id = chosen.get((row.pk, stay.child_id))
            instead = known.get(recipe_id) if recipe_id else None
            safe = instead is not None and not instead.clash(allergy)
            out.append(Clash(row.pk, row.day, row.meal, dish, kid, why, instead, safe))
    return out


def _chosen(scope: Scope, menu: Menu) -> dict[tuple[int, int], int]:
    rows = Substitute.objects.visible_to(scope).filter(menu=menu)
    return {(s.dish_id, s.child_id): s.instead_id for s in rows}


def usual_instead(scope: Scope, institution_id: int) -> dict[tuple[str, int], str]:
    """(菜名, 儿童) → 上次的替代，so that nobody chooses the same twice."""
    rows = Substitute.objects.visible_to(scope).filter(institution_id=institution_id)
    found = rows.order_by("-chosen_at", "-id").values_list(
        "dish__recipe__name", "child_id", "instead__name"
    )
    out: dict[tuple[str, int], str] = {}
    for dish, child, instead in found[:400]:
        out.setdefault((dish, child), instead)
    return out


def own_substitutes(scope: Scope, menu: Menu, child_id: int) -> dict[int, str]:
    """一名儿童在这份食谱里的替代：dish → name."""
    rows = Substitute.objects.visible_to(scope).filter(menu=menu, child_id=child_id)
    return dict(rows.values_list("dish_id", "instead__name"))


def is_empty(menu: Menu) -> bool:
    """还没有排菜。"""
    return not MenuDish.objects.unscoped(reason=PUBLIC).filter(menu=menu).exists()
