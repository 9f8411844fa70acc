"""膳食测试的小件：two dishes and a week."""

from __future__ import annotations

from datetime import date

from tests.actors import actor_for_user
from tests.world import NOW, World
from tuoyu.core.access import Actor
from tuoyu.domains.kitchen.models import Menu, Recipe
from tuoyu.domains.kitchen.rules import Line
from tuoyu.domains.kitchen.services.menus import add_dish, draft_menu
from tuoyu.domains.kitchen.services.recipes import add_recipe

DAY = NOW.date()
LUNCH = "3lunch"


def director(w: World) -> Actor:
    return actor_for_user(w.users["director"])


def recipe(w: World, name: str, **grams: int) -> Recipe:
    lines = [
        Line(what, dict.fromkeys(("infant", "toddler", "older"), n)) for what, n in grams.items()
    ]
    return add_recipe(
        institution=w.institutions["a1"], name=name, lines=lines, by=director(w), at=NOW
    )


def draft(w: World, *dishes: Recipe, day: date = DAY) -> Menu:
    by = director(w)
    menu = draft_menu(institution=w.institutions["a1"], day=day, by=by, at=NOW)
    for dish in dishes:
        add_dish(scope=by.scope, menu_id=menu.pk, day=day, meal=LUNCH, recipe_id=dish.pk)
    return menu
