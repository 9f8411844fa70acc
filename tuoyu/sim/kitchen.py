"""膳食的由来：recipes, two published weeks and a draft, allergies, what was served and kept.

The amounts are made up for the demo; no standard names them.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.selectors import own_child_ids
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.kitchen.models import Meal, Menu, Recipe
from tuoyu.domains.kitchen.rules import Allergy, Line, guess, week_of
from tuoyu.domains.kitchen.selectors.allergies import list_eaters, list_unsorted
from tuoyu.domains.kitchen.selectors.days import list_meals, plan_day
from tuoyu.domains.kitchen.selectors.menus import list_clashes
from tuoyu.domains.kitchen.selectors.recipes import dish_of
from tuoyu.domains.kitchen.services import menus, stores
from tuoyu.domains.kitchen.services.allergies import ask_allergy, hold_allergy
from tuoyu.domains.kitchen.services.recipes import add_recipe
from tuoyu.domains.kitchen.services.serving import serve
from tuoyu.sim.draws import opaque, stream, uuid_of
from tuoyu.sim.state import Built

Grams = tuple[int | None, int | None, int | None]
_RECIPES: dict[str, dict[str, Grams]] = {
    "小米粥": {"小米": (15, 20, 25)},
    "鸡蛋饼": {"鸡蛋": (None, 25, 30), "面粉": (None, 20, 25)},
    "牛奶": {"鲜牛奶": (None, 120, 150)},
    "苹果片": {"苹果": (30, 50, 60)},
    "香蕉": {"香蕉": (30, 50, 60)},
    "软米饭": {"大米": (20, 35, 45)},
    "番茄炒蛋": {"番茄": (30, 50, 60), "鸡蛋": (20, 30, 35)},
    "清蒸鲈鱼": {"鲈鱼": (20, 30, 40)},
    "虾仁豆腐": {"虾仁": (None, 20, 25), "嫩豆腐": (30, 40, 50)},
    "冬瓜肉末": {"冬瓜": (30, 50, 60), "猪肉末": (15, 20, 25)},
    "菠菜猪肝": {"菠菜": (20, 30, 40), "猪肝": (10, 15, 15)},
    "蒸南瓜": {"南瓜": (40, 50, 60)},
    "紫菜汤": {"紫菜": (1, 1, 2), "冬瓜": (20, 30, 30)},
    "山药泥": {"山药": (40, 50, 60)},
    "小馒头": {"面粉": (None, 30, 40)},
}
_WEEK: dict[str, tuple[tuple[str, ...], ...]] = {
    Meal.MORNING: (("牛奶",), ("苹果片",), ("牛奶",), ("香蕉",), ("牛奶",)),
    Meal.LUNCH: (
        ("软米饭", "清蒸鲈鱼", "紫菜汤"),
        ("软米饭", "番茄炒蛋", "菠菜猪肝"),
        ("软米饭", "虾仁豆腐", "冬瓜肉末"),
        ("软米饭", "冬瓜肉末", "蒸南瓜"),
        ("软米饭", "番茄炒蛋", "紫菜汤"),
    ),
    Meal.AFTERNOON: (("小馒头",), ("山药泥",), ("鸡蛋饼",), ("香蕉",), ("小米粥",)),
}
_FOODS = ("egg", "milk", "crustacean")


def feed(b: Built) -> None:
    """示例机构的膳食。"""
    if b.scale.until is None:
        _Kitchen(b).run()


class _Kitchen:
    """一家机构的厨房：its director, its teacher, its days."""

    def __init__(self, b: Built) -> None:
        show = next(i for i in b.institutions if i.is_show)
        self.rng: random.Random = stream(b.seed, "kitchen")
        self.now, self.today = b.city.now, b.city.now.date()
        self.inst = Institution.all_rows.get(pk=show.id)
        self.director: Actor = b.people.director(show.id)
        self.teacher: Actor = b.people.of(b.cast.teacher[show.id], "teacher")
        self.parent: Actor = b.people.named("parent", "parent")
        self.own = own_child_ids(self.parent.user_id or 0, self.today)
        self.recipes: dict[str, Recipe] = {}

    def run(self) -> None:
        start = workdays.before(self.today, 20)
        for name, lines in _RECIPES.items():
            self.recipes[name] = add_recipe(
                institution=self.inst, name=name, by=self.director, at=clock.at(start, 16),
                lines=[Line(k, dict(zip(("infant", "toddler", "older"), g, strict=True)))
                       for k, g in lines.items()],
            )  # fmt: skip
        self._allergies(start)
        this = week_of(self.today)
        for week in (this - timedelta(days=7), this):
            self._publish(self._draft(week), clock.at(workdays.before(week, 2), 15))
        for back in (3, 2, 1):
            self._day(workdays.before(self.today, back))
        self._buy(self.today, clock.at(self.today, 6, 40))
        self._draft(this + timedelta(days=7))
        self._ask()

    def _allergies(self, on: date) -> None:
        """归类：what the files say in words; and two more, so that every room has one."""
        at = clock.at(on, 17)
        for u in list_unsorted(self.director.scope, self.inst.pk, self.today):
            self._hold(u.child_id, guess(u.text), at)
        seen: set[int] = set()
        for e in list_eaters(self.director.scope, self.inst.pk, self.today):
            if e.class_id in seen or not e.allergy.is_empty or self._is_own(e.child_id):
                continue
            seen.add(e.class_id)
            code = _FOODS[len(seen) % len(_FOODS)]
            self._hold(e.child_id, Allergy(frozenset({code})), at)

    def _is_own(self, child_id: int) -> bool:
        return child_id in self.own

    def _hold(self, child_id: int, allergy: Allergy, at: datetime) -> None:
        hold_allergy(
            child=Child.all_rows.get(pk=child_id), allergy=allergy, note="入托登记时家长说明",
            by=self.director, at=at, key=opaque(self.rng),
        )  # fmt: skip

    def _draft(self, week: date) -> Menu:
        at = clock.at(min(workdays.before(week, 2), self.today), 7, 30)
        menu = menus.draft_menu(institution=self.inst, day=week, by=self.director, at=at)
        days = [week + timedelta(days=n) for n in range(7)]
        open_days = [d for d in days if workdays.is_workday(d)]
        for n, day in enumerate(open_days):
            for meal, plan in _WEEK.items():
                for name in plan[n % len(plan)]:
                    menus.add_dish(
                        scope=self.director.scope, menu_id=menu.pk, day=day, meal=meal,
                        recipe_id=self.recipes[name].pk,
                    )  # fmt: skip
        return menu

    def _publish(self, menu: Menu, at: datetime) -> None:
        choices = {}
        plain = [dish_of(self.recipes[n]) for n in ("蒸南瓜", "山药泥", "苹果片", "小米粥")]
        for clash in list_clashes(self.director.scope, menu):
            for dish in plain:
                if not dish.clash(clash.child.allergy) and dish.is_for(clash.child.band):
                    choices[clash.dish_id, clash.child.child_id] = dish.recipe_id
                    break
        menus.publish_menu(
            scope=self.director.scope, menu_id=menu.pk, choices=choices, by=self.director, at=at
        )

    def _day(self, day: date) -> None:
        """一天：bought, served, kept; what has been kept long enough is thrown away."""
        self._buy(day, clock.at(day, 6, 40))
        rooms = ClassGroup.all_rows.filter(institution=self.inst, is_open=True).order_by("pk")
        for room in rooms:
            for m in list_meals(self.teacher.scope, self.inst.pk, room.pk, day):
                hour = {Meal.MORNING: 9, Meal.LUNCH: 11, Meal.AFTERNOON: 15}[Meal(m.meal)]
                at = clock.at(day, hour, 20)
                serve(
                    scope=self.teacher.scope, class_id=room.pk, meal=m.meal, by=self.teacher,
                    ticks={(c.dish_id, c.child.child_id) for c in m.red}, at=at,
                    key=uuid_of(self.rng, int(at.timestamp() * 1000)),
                )  # fmt: skip
        for plate in plan_day(self.director.scope, self.inst.pk, day).plates:
            if plate.instead_of:
                continue
            at = clock.at(day, 11, 15)
            kept = stores.take_sample(
                institution=self.inst, day=day, meal=plate.meal, dish_name=plate.dish.name,
                grams=self.rng.randrange(125, 160), place="留样冰箱", by=self.teacher, at=at,
            )  # fmt: skip
            if kept.keep_until < self.now - timedelta(hours=12):
                stores.discard_sample(
                    scope=self.teacher.scope, sample_id=kept.pk, by=self.teacher,
                    at=kept.keep_until + timedelta(hours=5),
                )  # fmt: skip

    def _buy(self, day: date, at: datetime) -> None:
        plan = plan_day(self.director.scope, self.inst.pk, day)
        for n, (name, grams) in enumerate(plan.needs.items()):
            bad = n == 4 and day < self.today
            stores.record_purchase(
                institution=self.inst, day=day, ingredient=name, grams=grams + grams // 10,
                amount_fen=max(grams * self.rng.randrange(1, 4), 100),
                supplier=f"示例生鲜配送 {n % 3 + 1} 号（虚构）",
                ticket=f"示例票{day:%m%d}{n:02d}", is_accepted=not bad,
                remark="表面有霉点，当场退货，另行补购" if bad else "", second_name="示例后勤",
                by=self.teacher, at=at,
            )  # fmt: skip

    def _ask(self) -> None:
        """家长今早的申报：blocks at once, waits for the director."""
        mine = Child.all_rows.filter(pk__in=self.own, institution_id=self.inst.pk)
        child = mine.order_by("-born_on", "pk").first()
        if child is not None:
            ask_allergy(
                child=child, allergy=Allergy(foods=("芒果",)), note="周末吃后嘴边起疹（虚构）",
                by=self.parent, at=clock.at(self.today, 7, 12), key=opaque(self.rng),
            )  # fmt: skip
