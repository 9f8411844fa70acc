"""供餐时再挡一次；留样按国家标准。"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.care.services import NewCare, record
from tuoyu.domains.kitchen.models import ServedInstead, Serving
from tuoyu.domains.kitchen.rules import Allergy
from tuoyu.domains.kitchen.selectors.days import list_meals, missing_samples
from tuoyu.domains.kitchen.selectors.menus import list_clashes
from tuoyu.domains.kitchen.services.allergies import hold_allergy
from tuoyu.domains.kitchen.services.menus import add_substitute, publish_menu
from tuoyu.domains.kitchen.services.serving import serve
from tuoyu.domains.kitchen.services.stores import discard_sample, take_sample
from tuoyu.domains.kitchen.tests.helpers import DAY, LUNCH, director, draft, recipe
from tuoyu.domains.messages.models import Message


def test_the_room_ticks_the_red_list_before_the_meal(world: World) -> None:
    by = director(world)
    room = world.classes["a1.toddler"].pk
    eggs, squash = recipe(world, "番茄炒蛋", 鸡蛋=30), recipe(world, "蒸南瓜", 南瓜=60)
    menu = draft(world, eggs)
    publish_menu(scope=by.scope, menu_id=menu.pk, choices={}, by=by, at=NOW)
    hold_allergy(  # known only after the menu stood
        child=world.children["he"], allergy=Allergy(frozenset({"egg"})), note="", by=by, at=NOW
    )
    with pytest.raises(DomainError, match="林小禾还没有选替代"):
        serve(scope=by.scope, class_id=room, meal=LUNCH, ticks=set(), by=by, at=NOW)
    [clash] = list_clashes(by.scope, menu)
    key = (clash.dish_id, clash.child.child_id)
    assert (
        add_substitute(scope=by.scope, menu_id=menu.pk, choices={key: squash.pk}, by=by, at=NOW)
        == 0
    )
    with pytest.raises(DomainError, match="红色名单还没有核对完"):
        serve(scope=by.scope, class_id=room, meal=LUNCH, ticks=set(), by=by, at=NOW)
    done = serve(scope=by.scope, class_id=room, meal=LUNCH, ticks={key}, by=by, at=NOW)
    assert (done.children, done.unticked) == (2, 0)
    row = ServedInstead.all_rows.get()
    assert (row.dish_name, row.instead_name, row.is_ticked) == ("番茄炒蛋", "蒸南瓜", True)
    again = serve(scope=by.scope, class_id=room, meal=LUNCH, ticks=set(), by=by, at=NOW)
    assert again.pk == done.pk
    [meal] = list_meals(by.scope, world.institutions["a1"].pk, room, DAY)
    assert meal.serving == done


def test_a_sample_is_as_heavy_and_kept_as_long_as_the_standard_says(world: World) -> None:
    by, inst = director(world), world.institutions["a1"]
    menu = draft(world, recipe(world, "蒸南瓜", 南瓜=60))
    publish_menu(scope=by.scope, menu_id=menu.pk, choices={}, by=by, at=NOW)
    noon = clock.at(DAY, 12)
    assert not missing_samples(by.scope, inst.pk, NOW)
    assert [d.recipe.name for d in missing_samples(by.scope, inst.pk, noon)] == ["蒸南瓜"]
    what = {"institution": inst, "day": DAY, "meal": LUNCH, "dish_name": "蒸南瓜", "place": "冰箱"}
    with pytest.raises(DomainError, match="不少于 125 克"):
        take_sample(**what, grams=100, by=by, at=noon)  # type: ignore[arg-type]
    kept = take_sample(**what, grams=130, by=by, at=noon)  # type: ignore[arg-type]
    assert kept.keep_until == noon + timedelta(hours=48)
    assert not missing_samples(by.scope, inst.pk, noon)
    with pytest.raises(DomainError, match="还不能处置"):
        discard_sample(scope=by.scope, sample_id=kept.pk, by=by, at=noon + timedelta(hours=47))
    gone = discard_sample(scope=by.scope, sample_id=kept.pk, by=by, at=noon + timedelta(hours=48))
    assert gone.discarded_by_name == by.name


def test_a_meal_from_an_offline_tablet_is_kept_and_what_was_not_ticked_is_told(
    world: World,
) -> None:
    by, a1, room = director(world), world.institutions["a1"], world.classes["a1.toddler"]
    hold_allergy(
        child=world.children["he"], allergy=Allergy(frozenset({"egg"})), note="", by=by, at=NOW
    )
    eggs, squash = recipe(world, "蒸蛋", 鸡蛋=30), recipe(world, "蒸南瓜", 南瓜=60)
    menu = draft(world, eggs)
    [clash] = list_clashes(by.scope, menu)
    choice = {(clash.dish_id, clash.child.child_id): squash.pk}
    publish_menu(scope=by.scope, menu_id=menu.pk, choices=choice, by=by, at=NOW)
    event = NewCare(
        "serve", NOW, None, room.pk, {"meal": LUNCH, "ticks": []}, by.user_id, by.name, uuid.uuid4()
    )
    for _ in range(2):  # sent twice after a lost answer
        [answer] = record(institution_id=a1.pk, events=[event], at=NOW + timedelta(hours=5))
        assert answer.outcome != "refused", answer
    made = Serving.all_rows.get()
    assert (made.pk, made.unticked, made.at) == (event.id, 1, NOW)
    assert Message.all_rows.filter(title__contains="1 处替代没有核对").count() == 1
