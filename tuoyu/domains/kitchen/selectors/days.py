"""一天的膳食：how many eat, what to buy, whom the room must mind, what is kept as a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.scope import Scope
from tuoyu.domains.kitchen.models import (
    AllergyNote,
    Meal,
    Menu,
    MenuDish,
    Purchase,
    Sample,
    Serving,
)
from tuoyu.domains.kitchen.rules import BANDS, Dish, Portion, shopping, week_of
from tuoyu.domains.kitchen.selectors.allergies import Eater, list_eaters
from tuoyu.domains.kitchen.selectors.menus import (
    Clash,
    dishes_of,
    list_clashes,
    published,
)
from tuoyu.domains.kitchen.selectors.recipes import dishes

MEAL_HOURS = {  # from when a meal may have been served; a sample is asked for from then on
    Meal.BREAKFAST: 8,
    Meal.MORNING: 10,
    Meal.LUNCH: 12,
    Meal.AFTERNOON: 15,
    Meal.DINNER: 18,
}


@dataclass(frozen=True)
class Heads:
    """用餐人数。"""

    by_band: dict[str, int]
    away: int
    by_class: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_band.values())


def count_heads(eaters: Sequence[Eater]) -> Heads:
    """按年龄段和班级数人：leaves and absences are taken off."""
    bands, classes = dict.fromkeys(BANDS, 0), dict[str, int]()
    for e in eaters:
        classes.setdefault(e.class_name, 0)
        if not e.is_away:
            bands[e.band] += 1
            classes[e.class_name] += 1
    return Heads(bands, sum(e.is_away for e in eaters), classes)


@dataclass(frozen=True)
class Plate:
    """一道菜做多少份：for whom, less those who get something else."""

    meal: str
    dish: Dish
    heads: dict[str, int]
    instead_of: str = ""

    @property
    def meal_title(self) -> str:
        return Meal(self.meal).label

    @property
    def total(self) -> int:
        return sum(self.heads.values())


@dataclass(frozen=True)
class DayPlan:
    """一天的备餐。"""

    day: date
    is_open: bool
    menu: Menu | None
    heads: Heads
    plates: list[Plate] = field(default_factory=list)
    needs: dict[str, int] = field(default_factory=dict)
    open_clashes: list[Clash] = field(default_factory=list)


def plan_day(scope: Scope, institution_id: int, day: date) -> DayPlan:
    """备餐：dish by dish, with the substitutes as dishes of their own."""
    eaters = list_eaters(scope, institution_id, day)
    heads, menu = count_heads(eaters), published(institution_id, week_of(day))
    if menu is None or not workdays.is_workday(day):
        return DayPlan(day, workdays.is_workday(day), menu, heads)
    here = {e.child_id for e in eaters if not e.is_away}
    clashes = [c for c in list_clashes(scope, menu) if c.day == day and c.child.child_id in here]
    plates = _plates([d for d in dishes_of(menu) if d.day == day], heads, clashes)
    needs = shopping(Portion(p.dish, p.heads) for p in plates)
    order = dict(sorted(needs.items(), key=lambda row: (-row[1], row[0])))
    return DayPlan(day, True, menu, heads, plates, order, [c for c in clashes if not c.is_safe])


def _plates(rows: list[MenuDish], heads: Heads, clashes: list[Clash]) -> list[Plate]:
    known = dishes(r.recipe_id for r in rows)
    out = []
    for row in rows:
        dish = known[row.recipe_id]
        mine = [c for c in clashes if c.dish_id == row.pk]
        eat = {b: n for b, n in heads.by_band.items() if dish.is_for(b)}
        others: dict[int, Plate] = {}
        for c in mine:
            eat[c.child.band] -= 1
            if c.instead is not None and c.is_safe:
                plate = others.setdefault(
                    c.instead.recipe_id, Plate(row.meal, c.instead, {}, dish.name)
                )
                plate.heads[c.child.band] = plate.heads.get(c.child.band, 0) + 1
        out.append(Plate(row.meal, dish, eat))
        out += others.values()
    return out


@dataclass(frozen=True)
class MealToday:
    """今天的一餐：dishes, and the red list of one room."""

    meal: str
    dishes: list[MenuDish]
    red: list[Clash]
    serving: Serving | None

    @property
    def title(self) -> str:
        return Meal(self.meal).label


def list_meals(scope: Scope, institution_id: int, class_id: int, day: date) -> list[MealToday]:
    """一个班今天的各餐；red rows are those of children who are not on leave."""
    menu = published(institution_id, week_of(day))
    if menu is None:
        return []
    rows = [d for d in dishes_of(menu) if d.day == day]
    eaters = list_eaters(scope, institution_id, day)
    mine = [e for e in eaters if e.class_id == class_id and not e.is_away]
    here, bands = {e.child_id for e in mine}, {e.band for e in mine}
    known = dishes(d.recipe_id for d in rows)
    rows = [d for d in rows if any(known[d.recipe_id].is_for(b) for b in bands)]
    red = [c for c in list_clashes(scope, menu) if c.day == day and c.child.child_id in here]
    served = {
        s.meal: s
        for s in Serving.objects.visible_to(scope).filter(class_group_id=class_id, day=day)
    }
    return [
        MealToday(
            meal,
            [d for d in rows if d.meal == meal],
            [c for c in red if c.meal == meal],
            served.get(meal),
        )
        for meal in dict.fromkeys(d.meal for d in rows)
    ]


def samples_of(scope: Scope, institution_id: int, since: date) -> list[Sample]:
    """留样，newest first."""
    rows = Sample.objects.visible_to(scope).filter(institution_id=institution_id, day__gte=since)
    return list(rows.order_by("-day", "-meal", "dish_name"))


def missing_samples(scope: Scope, institution_id: int, now: datetime) -> list[MenuDish]:
    """今天已到供餐时间、还没有留样的菜。"""
    day = clock.day_of(now)
    menu = published(institution_id, week_of(day))
    if menu is None:
        return []
    rows = Sample.objects.visible_to(scope).filter(institution_id=institution_id, day=day)
    kept = set(rows.values_list("meal", "dish_name"))
    return [
        d
        for d in dishes_of(menu)
        if d.day == day
        and now >= clock.at(day, MEAL_HOURS[Meal(d.meal)])
        and (d.meal, d.recipe.name) not in kept
    ]


def purchases_of(scope: Scope, institution_id: int, day: date) -> list[Purchase]:
    """某日的晨购台账。"""
    rows = Purchase.objects.visible_to(scope).filter(institution_id=institution_id, day=day)
    return list(rows.order_by("at", "id"))


@dataclass(frozen=True)
class KitchenToday:
    """今日：what the director has to mind."""

    next_day: date
    heads: int
    has_menu: bool
    open_clashes: int
    unsorted: int
    asked: int
    samples_missing: int

    @property
    def todo(self) -> int:
        """要办的件数。"""
        no_menu = 0 if self.has_menu else 1
        return no_menu + self.open_clashes + self.unsorted + self.asked + self.samples_missing


def next_workday(day: date) -> date:
    """下一个工作日。"""
    day += timedelta(days=1)
    while not workdays.is_workday(day):
        day += timedelta(days=1)
    return day


def today(scope: Scope, institution_id: int, now: datetime) -> KitchenToday:
    """今日卡片的数。"""
    day = clock.day_of(now)
    coming = next_workday(day)
    eaters = list_eaters(scope, institution_id, coming)
    menu = published(institution_id, week_of(day))
    open_now = (
        [c for c in list_clashes(scope, menu) if c.day >= day and not c.is_safe] if menu else []
    )
    asked = AllergyNote.objects.visible_to(scope).filter(
        institution_id=institution_id, state=AllergyNote.State.ASKED
    )
    return KitchenToday(
        coming,
        count_heads(eaters).total,
        menu is not None,
        len({c.child.child_id for c in open_now}),
        sum(e.allergy.is_unsorted for e in eaters),
        asked.count(),
        len(missing_samples(scope, institution_id, now)),
    )
