"""矩阵用的对象：膳食与安全，每边一家机构。"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.domains.kitchen.models import AllergyNote, MenuDish
from tuoyu.domains.kitchen.rules import Allergy, Line
from tuoyu.domains.kitchen.services import menus, stores
from tuoyu.domains.kitchen.services.recipes import add_recipe
from tuoyu.domains.safety import services as safety
from tuoyu.domains.safety.services.points import Result

Pair = tuple[Any, Any]
SIDES = (("a1", "he", "director"), ("b1", "feng", "other-director"))


def house_subjects(w: World) -> dict[str, Pair]:
    """参数 → (自己的, 别人的)。"""
    own, other = (_kitchen(w, *side) | _safety(w, side[0], side[2]) for side in SIDES)
    return {name: (own[name], other[name]) for name in own} | {"shot": ("found", "found")}


def _kitchen(w: World, key: str, child: str, director: str) -> dict[str, Any]:
    inst, by, kid = w.institutions[key], actor_for_user(w.users[director]), w.children[child]
    made = add_recipe(
        institution=inst, name="示例菜", lines=[Line("南瓜", {"toddler": 50})], by=by, at=NOW
    )
    menu = menus.draft_menu(institution=inst, day=NOW.date(), by=by, at=NOW)
    menus.add_dish(
        scope=by.scope, menu_id=menu.pk, day=NOW.date(), meal="3lunch", recipe_id=made.pk
    )
    sample = stores.take_sample(
        institution=inst, day=NOW.date(), meal="3lunch", dish_name="示例菜", grams=125,
        place="冰箱", by=by, at=NOW - timedelta(days=3),
    )  # fmt: skip
    note = AllergyNote.all_rows.create(
        child_id=kid.pk, institution_id=inst.pk, region_code=inst.region_code, state="asked",
        detail=Allergy(foods=("芒果",)).packed(), by_parent=True, made_at=NOW, made_by_name="示例",
    )  # fmt: skip
    return {
        "recipe_id": made.pk,
        "menu_id": menu.pk,
        "menu_dish_id": MenuDish.all_rows.get(menu=menu).pk,
        "sample_id": sample.pk,
        "allergy_id": note.pk,
    }


def _safety(w: World, key: str, director: str) -> dict[str, Any]:
    inst, by = w.institutions[key], actor_for_user(w.users[director])
    point = safety.add_point(
        institution=inst, name="示例点", place="一楼", items=["门锁"], every="day",
        due_times=[time(8)], needs_photo=False, from_on=date(2025, 10, 1),
    )  # fmt: skip
    found = safety.record_round(
        scope=by.scope, point_id=point.pk, results=[Result("门锁", True)], by=by, at=NOW,
        photo=SimpleUploadedFile("现场.jpg", samples.photo()),
    )  # fmt: skip
    hazard = safety.find_hazard(
        institution_id=inst.pk, region_code=inst.region_code, place="示例", what="示例",
        grade="plain", due_on=NOW.date(), by=by, at=NOW,
        photo=SimpleUploadedFile("隐患.jpg", samples.photo()),
    )  # fmt: skip
    drill = safety.plan_drill(institution=inst, kind="fire", planned_on=NOW.date(), by=by)
    item = safety.add_equipment(
        institution=inst, kind="extinguisher", name="示例", place="示例", check_months=1,
        expires_on=None, from_on=NOW.date(),
    )  # fmt: skip
    paper = safety.add_document(
        institution=inst, scope=by.scope, kind="fire", name="示例", number="", issued_on=None,
        expires_on=None, by=by, at=NOW, upload=SimpleUploadedFile("证.pdf", samples.pdf()),
    )  # fmt: skip
    return {
        "point_id": point.pk,
        "patrol_id": found.pk,
        "hazard_id": hazard.pk,
        "drill_id": drill.pk,
        "equipment_id": item.pk,
        "licence_id": paper.pk,
    }
