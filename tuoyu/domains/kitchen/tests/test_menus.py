"""过敏挡在公布之前；公布了的不悄悄改。"""

from __future__ import annotations

import pytest

from tests.world import NOW, World
from tuoyu.core.errors import DomainError
from tuoyu.domains.attendance.services import ask_leave
from tuoyu.domains.kitchen.models import Menu, MenuDish
from tuoyu.domains.kitchen.rules import Allergy, Line
from tuoyu.domains.kitchen.selectors.days import plan_day
from tuoyu.domains.kitchen.selectors.menus import list_clashes
from tuoyu.domains.kitchen.services.allergies import ask_allergy, hold_allergy, settle_allergy
from tuoyu.domains.kitchen.services.menus import add_dish, draft_menu, drop_dish, publish_menu
from tuoyu.domains.kitchen.services.recipes import change_recipe
from tuoyu.domains.kitchen.tests.helpers import DAY, LUNCH, director, draft, recipe


def egg(w: World, child: str = "he", **more: object) -> None:
    hold_allergy(
        child=w.children[child],
        allergy=Allergy(frozenset({"egg"})),
        note="",
        by=director(w),
        at=NOW,
    )


def test_a_menu_with_an_open_allergy_is_not_published(world: World) -> None:
    by = director(world)
    egg(world)
    eggs, squash = recipe(world, "番茄炒蛋", 鸡蛋=30, 番茄=40), recipe(world, "蒸南瓜", 南瓜=60)
    menu = draft(world, eggs)
    [clash] = list_clashes(by.scope, menu)
    with pytest.raises(DomainError, match="林小禾不能吃「番茄炒蛋」（蛋类）"):
        publish_menu(scope=by.scope, menu_id=menu.pk, choices={}, by=by, at=NOW)
    key = (clash.dish_id, clash.child.child_id)
    with pytest.raises(DomainError, match="含蛋类，同样不能吃"):
        publish_menu(scope=by.scope, menu_id=menu.pk, choices={key: eggs.pk}, by=by, at=NOW)
    done = publish_menu(scope=by.scope, menu_id=menu.pk, choices={key: squash.pk}, by=by, at=NOW)
    assert done.state == Menu.State.PUBLISHED
    plan = plan_day(by.scope, world.institutions["a1"].pk, DAY)
    assert plan.heads.total == 6
    assert plan.needs == {"番茄": 200, "鸡蛋": 150, "南瓜": 60}, "five plates, and one substitute"


def test_a_food_beyond_the_eight_groups_counts_too(world: World) -> None:
    by = director(world)
    hold_allergy(
        child=world.children["he"], allergy=Allergy(foods=("芒果",)), note="", by=by, at=NOW
    )
    menu = draft(world, recipe(world, "水果拼盘", 芒果=40))
    assert [c.why for c in list_clashes(by.scope, menu)] == ["芒果"]


def test_an_allergy_in_words_only_stops_the_menu_until_it_is_sorted(world: World) -> None:
    by, child = director(world), world.children["he"]
    child.allergy, child.has_allergy = "鸡蛋", True
    child.save()
    menu = draft(world, recipe(world, "蒸南瓜", 南瓜=60))
    with pytest.raises(DomainError, match="林小禾的过敏还没有归到类别"):
        publish_menu(scope=by.scope, menu_id=menu.pk, choices={}, by=by, at=NOW)


def test_a_published_menu_is_not_silently_changed(world: World) -> None:
    by, inst = director(world), world.institutions["a1"]
    soup = recipe(world, "南瓜汤", 南瓜=60)
    menu = draft(world, soup)
    publish_menu(scope=by.scope, menu_id=menu.pk, choices={}, by=by, at=NOW)
    dish = MenuDish.all_rows.get(menu=menu)
    with pytest.raises(DomainError, match="已经公布"):
        add_dish(scope=by.scope, menu_id=menu.pk, day=DAY, meal=LUNCH, recipe_id=soup.pk)
    with pytest.raises(DomainError, match="已经公布"):
        drop_dish(scope=by.scope, menu_id=menu.pk, dish_id=dish.pk)
    changed = change_recipe(
        scope=by.scope, recipe_id=soup.pk, institution=inst, name="南瓜汤", extra=(), method="",
        lines=[Line("鸡蛋", {"toddler": 20})], by=by, at=NOW,
    )  # fmt: skip
    dish.refresh_from_db()
    assert dish.recipe_id == soup.pk, "the recipe was changed, what was published was not"
    later = draft_menu(institution=inst, day=DAY, by=by, at=NOW)
    assert [d.recipe_id for d in later.dishes.all()] == [changed.pk]
    with pytest.raises(DomainError, match="须写明原因"):
        publish_menu(scope=by.scope, menu_id=later.pk, choices={}, by=by, at=NOW)
    publish_menu(scope=by.scope, menu_id=later.pk, choices={}, reason="缺货", by=by, at=NOW)
    menu.refresh_from_db()
    assert (menu.state, later.version) == (Menu.State.REPLACED, 2)


def test_what_a_parent_adds_counts_at_once_what_it_takes_away_does_not(world: World) -> None:
    by, child = director(world), world.children["he"]
    milk = recipe(world, "牛奶", 牛奶=100)
    eggs = recipe(world, "蒸蛋", 鸡蛋=30)
    egg(world)
    note = ask_allergy(child=child, allergy=Allergy(frozenset({"milk"})), note="", by=by, at=NOW)
    menu = draft(world, milk, eggs)
    assert {c.dish.name for c in list_clashes(by.scope, menu)} == {"牛奶", "蒸蛋"}
    settle_allergy(scope=by.scope, note_id=note.pk, is_right=True, answer="", by=by, at=NOW)
    assert {c.dish.name for c in list_clashes(by.scope, menu)} == {"牛奶"}
    child.refresh_from_db()
    assert child.allergy == "乳类"


def test_leave_is_taken_off_the_head_count(world: World) -> None:
    by, inst = director(world), world.institutions["a1"]
    before = plan_day(by.scope, inst.pk, DAY).heads
    ask_leave(
        child_id=world.children["he"].pk, institution_id=inst.pk, days=[DAY], reason="病假", at=NOW
    )
    after = plan_day(by.scope, inst.pk, DAY).heads
    assert (after.total, after.away) == (before.total - 1, before.away + 1)
    assert after.by_band["toddler"] == before.by_band["toddler"] - 1
