"""食谱与用料的读取。"""

from __future__ import annotations

from collections.abc import Iterable

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.kitchen.models import Recipe
from tuoyu.domains.kitchen.rules import Dish, Line

PUBLIC = "膳食营养属信息公示"


def dish_of(recipe: Recipe) -> Dish:
    """由食谱得到一道菜（用料须已预取）。"""
    lines = tuple(
        Line(
            line.ingredient,
            {
                "infant": line.infant_grams,
                "toddler": line.toddler_grams,
                "older": line.older_grams,
            },
        )
        for line in recipe.lines.all()
    )
    return Dish(recipe.pk, recipe.name, lines, frozenset(recipe.extra_allergens))


def list_recipes(scope: Scope, institution_id: int) -> list[Recipe]:
    """在用的食谱，by name."""
    rows = Recipe.objects.visible_to(scope).filter(institution_id=institution_id, ended_at=None)
    return list(rows.prefetch_related("lines").order_by("name"))


def access_recipe(scope: Scope, recipe_id: int) -> Recipe:
    """取一道菜。"""
    rows = Recipe.objects.visible_to(scope).filter(pk=recipe_id).prefetch_related("lines")
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def dishes(recipe_ids: Iterable[int]) -> dict[int, Dish]:
    """编号 → 菜：also of recipes that are no longer offered."""
    rows = Recipe.objects.unscoped(reason=PUBLIC).filter(pk__in=set(recipe_ids))
    return {r.pk: dish_of(r) for r in rows.prefetch_related("lines")}
