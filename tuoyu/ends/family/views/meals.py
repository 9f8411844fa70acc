"""食谱与过敏：what the child eats this week, what it gets instead, and telling what it must not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.children.models import Child
from tuoyu.domains.kitchen.allergens import LONG, SOURCE, known, named
from tuoyu.domains.kitchen.models import Meal
from tuoyu.domains.kitchen.rules import Allergy, split_foods, unpack, week_of
from tuoyu.domains.kitchen.selectors import allergies as notes
from tuoyu.domains.kitchen.selectors import menus, recipes
from tuoyu.domains.kitchen.services.allergies import ask_allergy
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show

WEEK = "一二三四五六日"
STATES = {
    "asked": "已报园里，待核对",
    "held": "园里已核对",
    "refused": "没有采纳",
    "ended": "已更新",
}


@page("family:menu:view", title="食谱")
def menu(request: Request) -> HttpResponse:
    """本周与下周的食谱。"""
    if not own_children(request):
        return show(request, "family/nobody.html", "食谱")
    picked = chosen(request)
    this = week_of(clock.today())
    is_next = request.GET.get("week") == "next"
    week = this + timedelta(days=7) if is_next else this
    found = menus.published(picked.enrolment.institution_id, week) if picked.enrolment else None
    return show(
        request,
        "family/menu.html",
        "食谱",
        picked,
        menu=found,
        days=_days(request, picked, week) if found else [],
        is_next=is_next,
        today=clock.today(),
    )


def _days(request: Request, picked: Chosen, week: date) -> list[dict[str, Any]]:
    found = menus.published(picked.institution_id, week)
    if found is None:
        return []
    rows = menus.dishes_of(found)
    dishes = recipes.dishes(r.recipe_id for r in rows)
    scope, child = request.actor.scope, picked.child
    instead = menus.own_substitutes(scope, found, child.pk)
    allergy = notes.allergies_of(scope, [child]).get(child.pk, Allergy())
    by_day: dict[date, dict[str, list[dict[str, Any]]]] = {}
    for row in rows:
        dish = dishes[row.recipe_id]
        meal = by_day.setdefault(row.day, {}).setdefault(Meal(row.meal).label, [])
        meal.append(
            {
                "name": dish.name,
                "with": "、".join(line.ingredient for line in dish.lines),
                "has": named(dish.allergens),
                "instead": instead.get(row.pk, ""),
                "clash": dish.clash(allergy),
            }
        )
    return [{"day": d, "week": WEEK[d.weekday()], "meals": m.items()} for d, m in by_day.items()]


@page(
    "family:allergy:ask",
    title="过敏与忌口",
    log="申报过敏",
    methods=("GET", "POST"),
)
def allergy(request: Request) -> HttpResponse:
    """过敏与忌口：what is on file, and telling the house of more or of less."""
    if not own_children(request):
        return show(request, "family/nobody.html", "过敏与忌口")
    picked = chosen(request)
    if request.method == "POST":
        return _ask(request, picked.child)
    rows = notes.notes_of(request.actor.scope, picked.child.pk)
    live = [n for n in rows if n.state in ("held", "asked")]
    now = Allergy()
    for n in live:
        now = now.joined(unpack(n.detail))
    return show(
        request,
        "family/allergy.html",
        "过敏与忌口",
        picked,
        now=now,
        on_file=picked.child.allergy if not live else "",
        choices=[(code, title, code in now.codes) for code, title in LONG.items()],
        foods="、".join(now.foods),
        rows=[(n, STATES[n.state], unpack(n.detail).text()) for n in rows[:6]],
        source=SOURCE,
    )


def _ask(request: Request, child: Child) -> HttpResponse:
    if child.institution_id is None:
        raise NotFound
    said = Allergy(
        known(request.POST.getlist("codes")), split_foods(request.POST.get("foods", "")[:80])
    )
    ask_allergy(
        child=child,
        allergy=said,
        note=request.POST.get("note", "")[:120],
        by=request.actor,
        at=clock.now(),
    )
    request.audit_persons = [child.pk]
    messages.success(request, "已报给园里。新加的马上生效，去掉的等园里核对。")
    return redirect(f"{reverse('family:allergy')}?child={child.pk}")
