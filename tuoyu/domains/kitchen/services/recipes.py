"""食谱的登记：a change is a new recipe, so that what was published stays as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.kitchen.allergens import known
from tuoyu.domains.kitchen.models import Menu, MenuDish, Recipe, RecipeLine
from tuoyu.domains.kitchen.rules import Line
from tuoyu.domains.kitchen.selectors.recipes import access_recipe

MOST_GRAMS = 1_000


@transaction.atomic
def add_recipe(
    *,
    institution: Institution,
    name: str,
    lines: Sequence[Line],
    extra: Iterable[str] = (),
    method: str = "",
    by: Actor,
    at: datetime,
    replaces: Recipe | None = None,
) -> Recipe:
    """登记一道菜。"""
    _check(name, lines)
    try:
        with transaction.atomic():
            made = Recipe.all_rows.create(
                institution_id=institution.pk,
                region_code=institution.region_code,
                name=name.strip(),
                method=method.strip(),
                extra_allergens=sorted(known(extra)),
                replaces=replaces,
                made_at=at,
                made_by_name=by.name,
            )
    except IntegrityError as error:
        raise DomainError("same-name", f"已有一道「{name}」，请改那一道，或换个名字") from error
    RecipeLine.all_rows.bulk_create(
        RecipeLine(
            recipe=made,
            institution_id=made.institution_id,
            region_code=made.region_code,
            ingredient=line.ingredient,
            **{f"{band}_grams": grams for band, grams in line.grams.items()},
        )
        for line in lines
    )
    return made


@transaction.atomic
def change_recipe(
    *,
    scope: Scope,
    recipe_id: int,
    institution: Institution,
    name: str,
    lines: Sequence[Line],
    extra: Iterable[str],
    method: str,
    by: Actor,
    at: datetime,
) -> Recipe:
    """改一道菜：drafts take the new one; published menus keep the old."""
    old = access_recipe(scope, recipe_id)
    _end(old, at)
    made = add_recipe(
        institution=institution,
        name=name,
        lines=lines,
        extra=extra,
        method=method,
        by=by,
        at=at,
        replaces=old,
    )
    drafts = MenuDish.all_rows.filter(recipe=old, menu__state=Menu.State.DRAFT)
    drafts.update(recipe=made)
    return made


@transaction.atomic
def end_recipe(*, scope: Scope, recipe_id: int, at: datetime) -> None:
    """停用一道菜。"""
    _end(access_recipe(scope, recipe_id), at)


def _end(recipe: Recipe, at: datetime) -> None:
    rows = Recipe.all_rows.filter(pk=recipe.pk, ended_at=None)
    if not rows.update(ended_at=at):
        raise DomainError("ended", f"「{recipe.name}」已停用或已被改过，请刷新页面后再改")


def _check(name: str, lines: Sequence[Line]) -> None:
    if not name.strip():
        raise DomainError("no-name", "请写菜名")
    if not lines:
        raise DomainError("no-lines", "请至少写一样食材和它的克数，否则不能核对过敏和算采购")
    seen: set[str] = set()
    for line in lines:
        if line.ingredient in seen:
            raise DomainError("twice", f"「{line.ingredient}」写了两次，请合成一行")
        seen.add(line.ingredient)
        if all(g is None for g in line.grams.values()):
            raise DomainError("no-grams", f"「{line.ingredient}」没有写克数，请至少填一个年龄段")
        if any(g is not None and not 0 < g <= MOST_GRAMS for g in line.grams.values()):
            raise DomainError(
                "grams",
                f"「{line.ingredient}」的克数应在 1 至 {MOST_GRAMS} 之间（每名儿童），请改正",
            )
