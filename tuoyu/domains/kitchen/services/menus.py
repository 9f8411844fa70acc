"""每周食谱：drafted, held against every child's allergies, published; never edited after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from tuoyu.core import clock, events
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.kitchen.events import MenuPublished
from tuoyu.domains.kitchen.models import Meal, Menu, MenuDish, Recipe, Substitute
from tuoyu.domains.kitchen.rules import week_of
from tuoyu.domains.kitchen.selectors.allergies import list_unsorted
from tuoyu.domains.kitchen.selectors.menus import (
    Clash,
    access_menu,
    dishes_of,
    is_empty,
    list_clashes,
    menus_of_week,
)
from tuoyu.domains.kitchen.selectors.recipes import access_recipe, dishes

Choices = Mapping[tuple[int, int], int]


@transaction.atomic
def draft_menu(*, institution: Institution, day: date, by: Actor, at: datetime) -> Menu:
    """拟一周食谱：of a published week it is the next version, beginning as a copy."""
    week_on = week_of(day)
    before = menus_of_week(by.scope, institution.pk, week_on)
    draft = next((m for m in before if m.state == Menu.State.DRAFT), None)
    if draft is not None:
        return draft
    made = Menu.all_rows.create(
        institution_id=institution.pk,
        region_code=institution.region_code,
        week_on=week_on,
        version=before[0].version + 1 if before else 1,
        made_at=at,
        made_by_name=by.name,
    )
    if before:
        _copy(before[0], made, 0)
    return made


@transaction.atomic
def copy_week(*, scope: Scope, menu_id: int, source: Menu | None) -> int:
    """照搬另一周的菜；dishes that are no longer offered are taken by what replaced them."""
    menu = _draft(scope, menu_id)
    if source is None:
        raise DomainError("no-source", "上一周没有公布的食谱，没有可照搬的；请逐餐加菜")
    return _copy(source, menu, (menu.week_on - source.week_on).days)


def _copy(source: Menu, target: Menu, days: int) -> int:
    copied = 0
    for row in dishes_of(source):
        recipe = row.recipe
        while recipe.ended_at is not None:
            later = Recipe.all_rows.filter(replaces=recipe).first()
            if later is None:
                break
            recipe = later
        if recipe.ended_at is None:
            _put(target, row.day + timedelta(days=days), row.meal, recipe)
            copied += 1
    if not days:
        _carry_substitutes(source, target)
    return copied


def _carry_substitutes(source: Menu, target: Menu) -> None:
    place = {(d.day, d.meal, d.recipe_id): d for d in dishes_of(target)}
    for row in Substitute.all_rows.filter(menu=source).select_related("dish"):
        dish = place.get((row.dish.day, row.dish.meal, row.dish.recipe_id))
        if dish is not None:
            row.pk, row.menu, row.dish = None, target, dish
            row.save(force_insert=True)


@transaction.atomic
def add_dish(*, scope: Scope, menu_id: int, day: date, meal: str, recipe_id: int) -> MenuDish:
    """加一道菜。"""
    menu = _draft(scope, menu_id)
    if meal not in Meal.values or week_of(day) != menu.week_on:
        raise NotFound
    recipe = access_recipe(scope, recipe_id)
    if recipe.institution_id != menu.institution_id:
        raise NotFound
    if recipe.ended_at is not None:
        raise DomainError("ended", f"「{recipe.name}」已停用，请另选一道")
    return _put(menu, day, meal, recipe)


def _put(menu: Menu, day: date, meal: str, recipe: Recipe) -> MenuDish:
    made, _ = MenuDish.all_rows.get_or_create(
        menu=menu,
        day=day,
        meal=meal,
        recipe=recipe,
        defaults={"institution_id": menu.institution_id, "region_code": menu.region_code},
    )
    return made


@transaction.atomic
def drop_dish(*, scope: Scope, menu_id: int, dish_id: int) -> None:
    """去一道菜。"""
    menu = _draft(scope, menu_id)
    row = MenuDish.all_rows.filter(pk=dish_id, menu=menu).first()
    if row is None:
        raise NotFound
    Substitute.all_rows.filter(dish=row).delete()
    row.delete()


@transaction.atomic
def publish_menu(
    *, scope: Scope, menu_id: int, choices: Choices, reason: str = "", by: Actor, at: datetime
) -> Menu:
    """公布：refused while a child would get what it must not eat."""
    menu = _draft(scope, menu_id)
    if is_empty(menu):
        raise DomainError("empty", "这一周还没有排菜，请先加菜再公布")
    if menu.version > 1 and not reason.strip():
        raise DomainError("no-reason", "更改已公布的食谱须写明原因，家长会看到，请补写")
    _check_unsorted(scope, menu, at)
    _choose(scope, menu, choices, by, at)
    _check_clashes(list_clashes(scope, menu))
    Menu.all_rows.filter(
        institution_id=menu.institution_id, week_on=menu.week_on, state=Menu.State.PUBLISHED
    ).update(state=Menu.State.REPLACED)
    menu.state, menu.reason = Menu.State.PUBLISHED, reason.strip()
    menu.published_at, menu.published_by_name = at, by.name
    try:
        menu.save(update_fields=["state", "reason", "published_at", "published_by_name"])
    except IntegrityError as error:
        raise DomainError("moved-on", "这一周刚有人公布了食谱，请刷新页面查看") from error
    events.publish(MenuPublished(menu.pk, menu.institution_id, at))
    return menu


def _check_unsorted(scope: Scope, menu: Menu, at: datetime) -> None:
    """Whoever may be enrolled in that week: what is not sorted cannot be held against a dish."""
    on = max(menu.week_on, clock.day_of(at))
    names = [u.name for u in list_unsorted(scope, menu.institution_id, on)]
    if names:
        raise DomainError(
            "unsorted",
            f"{_listed(names)}的过敏还没有归到类别，无法与食谱核对，所以不能公布；"
            "请先到「过敏登记」逐个归类",
        )


def _choose(scope: Scope, menu: Menu, choices: Choices, by: Actor, at: datetime) -> None:
    known = dishes(choices.values())
    open_here = {(c.dish_id, c.child.child_id): c for c in list_clashes(scope, menu)}
    for key, recipe_id in choices.items():
        clash, dish = open_here.get(key), known.get(recipe_id)
        if clash is None or dish is None:
            continue
        access_recipe(scope, recipe_id)
        if why := dish.clash(clash.child.allergy):
            raise DomainError(
                "unsafe",
                f"{clash.child.name}的替代「{dish.name}」含{why}，同样不能吃，请另选一道",
            )
        if not dish.is_for(clash.child.band):
            raise DomainError(
                "band", f"「{dish.name}」没有{clash.child.name}这个年龄段的用量，请另选一道"
            )
        Substitute.all_rows.update_or_create(
            dish_id=clash.dish_id,
            child_id=clash.child.child_id,
            defaults={
                "menu": menu,
                "institution_id": menu.institution_id,
                "region_code": menu.region_code,
                "instead_id": recipe_id,
                "chosen_at": at,
                "chosen_by_name": by.name,
            },
        )


def _check_clashes(clashes: list[Clash]) -> None:
    bad = [c for c in clashes if not c.is_safe]
    if bad:
        words = [f"{c.child.name}不能吃「{c.dish.name}」（{c.why}）" for c in bad]
        raise DomainError(
            "allergy",
            f"还有 {len(bad)} 处过敏没有选替代，不能公布：{_listed(words)}；"
            "请逐处选一道替代后再公布",
        )


def _listed(words: list[str]) -> str:
    unique = list(dict.fromkeys(words))
    more = f"等 {len(unique)} 项" if len(unique) > 4 else ""
    return "、".join(unique[:4]) + more


@transaction.atomic
def add_substitute(*, scope: Scope, menu_id: int, choices: Choices, by: Actor, at: datetime) -> int:
    """公布后新出现的过敏：a substitute is added; the menu itself stays as it is."""
    menu = access_menu(scope, menu_id)
    _choose(scope, menu, choices, by, at)
    return sum(not c.is_safe for c in list_clashes(scope, menu))


def _draft(scope: Scope, menu_id: int) -> Menu:
    access_menu(scope, menu_id)
    menu = Menu.all_rows.select_for_update().get(pk=menu_id)
    if menu.state != Menu.State.DRAFT:
        raise DomainError(
            "published",
            "这份食谱已经公布，家长看到的就是它，不能直接改；请点「更改食谱」另出一版并写明原因",
        )
    return menu
