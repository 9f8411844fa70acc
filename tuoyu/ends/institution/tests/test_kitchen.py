"""膳食与安全各页：sound markup; the block is met at the page too."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.actors import actor_for_user
from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.domains.kitchen.models import Menu, Recipe, Serving
from tuoyu.domains.kitchen.rules import Allergy, Line
from tuoyu.domains.kitchen.selectors.menus import list_clashes
from tuoyu.domains.kitchen.services.allergies import hold_allergy
from tuoyu.domains.kitchen.services.menus import add_dish, draft_menu, publish_menu
from tuoyu.domains.kitchen.services.recipes import add_recipe
from tuoyu.domains.safety.models import Point, Round
from tuoyu.domains.safety.selectors import today

BANDS = ("infant", "toddler", "older")
DIRECTOR = [
    "kitchen", "kitchen_print", "kitchen_menu", "kitchen_recipes", "kitchen_recipe_new",
    "kitchen_allergies", "kitchen_serve", "kitchen_samples", "kitchen_sample_new",
    "kitchen_purchases", "kitchen_purchase_new", "safety", "safety_points", "safety_codes",
    "safety_point_new", "safety_hazard_new", "safety_drills", "safety_drill_new",
    "safety_equipment", "safety_equipment_new", "safety_licences", "safety_licence_new",
    "safety_month", "safety_month_print",
]  # fmt: skip
TEACHER = {"kitchen", "kitchen_print", "kitchen_menu", "kitchen_serve", "kitchen_samples",
           "kitchen_sample_new", "kitchen_purchases", "kitchen_purchase_new", "safety",
           "safety_hazard_new", "safety_equipment", "safety_month",
           "safety_month_print"}  # fmt: skip


def at(name: str, *args: object) -> str:
    return reverse(f"institution:{name}", args=args)


@pytest.mark.parametrize("slug", ["director", "teacher"])
def test_pages_stand_for_those_who_may_see_them(world: World, slug: str) -> None:
    client = world.client(slug)
    for name in DIRECTOR:
        response = client.get(at(name))
        wanted = 200 if slug == "director" or name in TEACHER else 404
        assert response.status_code == wanted, name
        if wanted == 200:
            assert faults_of(response.content.decode()) == [], name


def _dish(w: World, name: str, what: str) -> Recipe:
    return add_recipe(
        institution=w.institutions["a1"], name=name, by=actor_for_user(w.users["director"]),
        lines=[Line(what, dict.fromkeys(BANDS, 30))], at=NOW,
    )  # fmt: skip


def test_a_week_is_written_published_and_served_through_the_pages(world: World) -> None:
    client, by = world.client("director"), actor_for_user(world.users["director"])
    eggs, squash = _dish(world, "蒸蛋", "鸡蛋"), _dish(world, "蒸南瓜", "南瓜")
    hold_allergy(
        child=world.children["he"], allergy=Allergy(frozenset({"egg"})), note="", by=by, at=NOW
    )
    client.post(at("kitchen_menu_draft"), {"week": "2025-10-13"})
    menu = Menu.all_rows.get()
    client.post(at("kitchen_dish_add", menu.pk),
                {"day": "2025-10-15", "meal": "3lunch", "recipe": eggs.pk})  # fmt: skip
    [clash] = list_clashes(by.scope, menu)
    refused = client.post(at("kitchen_publish", menu.pk))
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "林小禾不能吃「蒸蛋」（蛋类）" in html
    assert faults_of(html) == []
    client.post(at("kitchen_publish", menu.pk), {f"sub-{clash.key}": squash.pk})
    menu.refresh_from_db()
    assert menu.state == Menu.State.PUBLISHED
    room = world.classes["a1.toddler"].pk
    teacher: Client = world.client("teacher")
    meal = {"room": room, "meal": "3lunch"}
    shown = teacher.post(at("kitchen_serve"), meal)
    assert shown.status_code == 422
    assert "红色名单还没有核对完" in shown.content.decode()
    assert faults_of(shown.content.decode()) == []
    teacher.post(at("kitchen_serve"), meal | {"tick": clash.key})
    assert Serving.all_rows.get().unticked == 0
    for page in ("kitchen", "kitchen_menu", "kitchen_serve", "kitchen_samples"):
        assert faults_of(client.get(at(page)).content.decode()) == [], page


def test_a_recipe_is_written_in_rows(world: World) -> None:
    client = world.client("director")
    rows = {"name": "南瓜粥", "ingredient": ["大米", "南瓜", ""], "infant": ["10", "x", ""],
            "toddler": ["20", "30", ""], "older": ["", "40", ""]}  # fmt: skip
    refused = client.post(at("kitchen_recipe_new"), rows)
    assert refused.status_code == 422
    assert "「南瓜」的克数应是整数" in refused.content.decode()
    client.post(at("kitchen_recipe_new"), rows | {"infant": ["10", "", ""]})
    made = Recipe.all_rows.get()
    assert [(x.ingredient, x.infant_grams) for x in made.lines.order_by("id")] == [
        ("大米", 10), ("南瓜", None)
    ]  # fmt: skip
    assert faults_of(client.get(at("kitchen_recipe", made.pk)).content.decode()) == []


def test_a_round_is_walked_by_the_code_on_the_wall(world: World) -> None:
    client = world.client("director")
    point = {"name": "门厅", "place": "一楼", "items": "门禁完好\n通道畅通", "every": "day"}
    assert client.post(at("safety_point_new"), point).status_code == 422
    client.post(at("safety_point_new"), point | {"times": "7:40，17：40"})
    made = Point.all_rows.get()
    assert (made.items, made.due_times) == (["门禁完好", "通道畅通"], ["07:40", "17:40"])
    made.from_on = NOW.date()
    made.save()
    by = actor_for_user(world.users["director"])
    assert today(by.scope, made.institution_id, NOW).overdue == 1
    assert "漏巡 1 处" in client.get(at("safety")).content.decode()
    teacher: Client = world.client("teacher")
    assert faults_of(teacher.get(at("safety_at", made.pk)).content.decode()) == []
    wrong = {"ok-0": "yes", "ok-1": "no", "fix_by": "2025-10-20"}
    assert teacher.post(at("safety_at", made.pk), wrong).status_code == 422
    teacher.post(at("safety_at", made.pk), wrong | {"note-1": "堆了纸箱"})
    found = Round.all_rows.get()
    assert not found.is_sound
    for url in (at("safety"), at("safety_round", found.pk), at("safety_month")):
        assert faults_of(client.get(url).content.decode()) == [], url
    other: Client = world.client("other-director")
    assert other.get(at("safety_at", made.pk)).status_code == 404
    assert other.get(at("safety_round", found.pk)).status_code == 404


def test_a_parent_sees_the_menu_and_tells_of_an_allergy(world: World) -> None:
    by = actor_for_user(world.users["director"])
    squash, mango = _dish(world, "蒸南瓜", "南瓜"), _dish(world, "水果", "芒果")
    menu = draft_menu(institution=world.institutions["a1"], day=NOW.date(), by=by, at=NOW)
    for dish in (squash, mango):
        add_dish(scope=by.scope, menu_id=menu.pk, day=NOW.date(), meal="3lunch", recipe_id=dish.pk)
    client = world.client("parent")
    child = {"child": world.children["he"].pk}
    assert "还没有公布食谱" in client.get(reverse("family:menu"), child).content.decode()
    publish_menu(scope=by.scope, menu_id=menu.pk, choices={}, by=by, at=NOW)
    client.post(reverse("family:allergy"), child | {"codes": "egg", "foods": "芒果，草莓"})
    html = client.get(reverse("family:menu"), child).content.decode()
    assert "含 芒果，园里会另选替代" in html
    assert faults_of(html) == []
    page = client.get(reverse("family:allergy"), child).content.decode()
    assert "待核对" in page
    assert faults_of(page) == []
    other = client.post(reverse("family:allergy"), {"child": world.children["feng"].pk})
    assert other.status_code == 404
