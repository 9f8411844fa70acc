"""每周食谱、菜品与过敏：drafted, held against allergies, published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock, workdays
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.kitchen.allergens import ALLERGENS, SOURCE, named
from tuoyu.domains.kitchen.models import Meal, Menu, MenuDish
from tuoyu.domains.kitchen.rules import BANDS, Dish, guess, unpack, week_of
from tuoyu.domains.kitchen.selectors import allergies as notes
from tuoyu.domains.kitchen.selectors import menus, recipes
from tuoyu.domains.kitchen.services import allergies as allergy_services
from tuoyu.domains.kitchen.services import menus as menu_services
from tuoyu.domains.kitchen.services import recipes as recipe_services
from tuoyu.ends.institution.kitchen_forms import (
    AllergyForm,
    SettleForm,
    blank_rows,
    lines_of,
    read_rows,
)
from tuoyu.ends.institution.shell import ask, day_of, done, number, own
from tuoyu.ends.institution.views.kitchen import MANAGE, VIEW, show

WEEK = "一二三四五六日"


def _url(week: date) -> str:
    return f"{reverse('institution:kitchen_menu')}?week={week}"


@page(VIEW, title="每周食谱")
def menu(request: Request) -> HttpResponse:
    """一周食谱：the draft for those who may write it, else what is published."""
    return _menu(request, week_of(day_of(request.GET.get("week"))))


def _menu(request: Request, week: date, error: str = "") -> HttpResponse:
    scope, inst = request.actor.scope, own(request)
    versions = menus.menus_of_week(scope, inst.pk, week)
    may_manage = request.actor.may(MANAGE)
    live = next((m for m in versions if m.state == Menu.State.PUBLISHED), None)
    draft = next((m for m in versions if m.state == Menu.State.DRAFT), None)
    shown = draft if draft is not None and may_manage else live
    is_draft = shown is not None and shown.state == Menu.State.DRAFT
    offered = recipes.list_recipes(scope, inst.pk) if may_manage and shown else []
    clashes = menus.list_clashes(scope, shown) if shown else []
    response = show(
        request,
        "kitchen_menu",
        "kitchen_menu",
        "每周食谱",
        week=week,
        before=week - timedelta(days=7),
        after=week + timedelta(days=7),
        shown=shown,
        live=live,
        is_draft=is_draft,
        versions=versions,
        days=_days(shown, week),
        meals=[(m.value, m.label) for m in Meal],
        recipes=offered,
        clashes=_with_choices(request, clashes, [recipes.dish_of(r) for r in offered], inst.pk),
        open_clashes=sum(not c.is_safe for c in clashes),
        unsorted=notes.list_unsorted(scope, inst.pk, max(week, clock.today()))
        if may_manage
        else [],
        may_manage=may_manage,
        error=error,
        reason=request.POST.get("reason", ""),
    )
    response.status_code = 422 if error else 200
    return response


def _unsorted(request: Request, institution_id: int, week: date) -> list[notes.Unsorted]:
    on = max(week, clock.today())
    return notes.list_unsorted(request.actor.scope, institution_id, on)


def _days(shown: Menu | None, week: date) -> list[dict[str, Any]]:
    rows: dict[tuple[date, str], list[MenuDish]] = {}
    for row in menus.dishes_of(shown) if shown else []:
        rows.setdefault((row.day, row.meal), []).append(row)
    known = recipes.dishes(r.recipe_id for found in rows.values() for r in found)
    out = []
    for n in range(7):
        day = week + timedelta(days=n)
        mine = any(d == day for d, _ in rows)
        if not workdays.is_workday(day) and not mine:
            continue
        meals = [
            (m, [(r, named(known[r.recipe_id].allergens)) for r in rows.get((day, m.value), [])])
            for m in Meal
        ]
        out.append({"day": day, "week": WEEK[n], "meals": meals})
    return out


def _with_choices(
    request: Request, clashes: list[menus.Clash], offered: list[Dish], institution_id: int
) -> list[dict[str, Any]]:
    """每处相犯的可选替代：safe ones for this child; last time's choice stands first."""
    usual = menus.usual_instead(request.actor.scope, institution_id) if clashes else {}
    out = []
    for c in clashes:
        safe = [d for d in offered if d.is_for(c.child.band) and not d.clash(c.child.allergy)]
        last = usual.get((c.dish.name, c.child.child_id))
        asked = request.POST.get(f"sub-{c.key}", "")
        chosen = asked or str(
            c.instead.recipe_id
            if c.instead and c.is_safe
            else next((d.recipe_id for d in safe if d.name == last), "")
        )
        out.append({"it": c, "safe": safe, "chosen": chosen})
    return out


@page(MANAGE, title="拟食谱", log="拟食谱", methods=("POST",))
def menu_draft(request: Request) -> HttpResponse:
    """拟一周食谱，或更改已公布的。"""
    week = day_of(request.POST.get("week"))
    made = menu_services.draft_menu(
        institution=own(request), day=week, by=request.actor, at=clock.now()
    )
    return redirect(_url(made.week_on))


@page(MANAGE, title="照搬上周", log="照搬上周食谱", methods=("POST",))
def menu_copy(request: Request, menu_id: int) -> HttpResponse:
    """照搬上一周公布的菜。"""
    found = menus.access_menu(request.actor.scope, menu_id)
    before = menus.published(found.institution_id, found.week_on - timedelta(days=7))
    n = menu_services.copy_week(scope=request.actor.scope, menu_id=menu_id, source=before)
    return done(request, _url(found.week_on), f"已照搬上周 {n} 道菜，请改动后再公布")


@page(MANAGE, title="加菜", log="食谱加菜", methods=("POST",))
def dish_add(request: Request, menu_id: int) -> HttpResponse:
    """加一道菜。"""
    found = menus.access_menu(request.actor.scope, menu_id)
    recipe = number(request.POST.get("recipe"))
    if recipe is None:
        raise DomainError("no-recipe", "还没有选菜，请在「加菜」里选一道")
    day = day_of(request.POST.get("day"))
    menu_services.add_dish(
        scope=request.actor.scope,
        menu_id=menu_id,
        day=day,
        meal=request.POST.get("meal", ""),
        recipe_id=recipe,
    )
    return redirect(f"{_url(found.week_on)}#d{day:%m%d}")


@page(MANAGE, title="去菜", log="食谱去菜", methods=("POST",))
def dish_drop(request: Request, menu_id: int, menu_dish_id: int) -> HttpResponse:
    """去一道菜。"""
    found = menus.access_menu(request.actor.scope, menu_id)
    menu_services.drop_dish(scope=request.actor.scope, menu_id=menu_id, dish_id=menu_dish_id)
    return redirect(_url(found.week_on))


@page(MANAGE, title="公布食谱", log="公布食谱", methods=("POST",))
def menu_publish(request: Request, menu_id: int) -> HttpResponse:
    """公布；or, for a published menu, the substitutes of allergies that came up later."""
    scope, now = request.actor.scope, clock.now()
    found = menus.access_menu(scope, menu_id)
    choices = _choices(request)
    if found.state == Menu.State.PUBLISHED:
        left = menu_services.add_substitute(
            scope=scope, menu_id=menu_id, choices=choices, by=request.actor, at=now
        )
        text = f"替代已存，还有 {left} 处未选" if left else "替代已存，各处都有了"
        return done(request, _url(found.week_on), text)
    try:
        menu_services.publish_menu(
            scope=scope,
            menu_id=menu_id,
            choices=choices,
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=now,
        )
    except NotFound:
        raise
    except DomainError as error:
        return _menu(request, found.week_on, error.text)
    return done(request, _url(found.week_on), "食谱已公布，家长现在看得到")


def _choices(request: Request) -> dict[tuple[int, int], int]:
    out = {}
    for name, text in request.POST.items():
        if not name.startswith("sub-") or not text:
            continue
        dish, _, child = name.removeprefix("sub-").partition("-")
        key, recipe = (number(dish), number(child)), number(str(text))
        if key[0] is None or key[1] is None or recipe is None:
            raise NotFound
        out[key[0], key[1]] = recipe
    return out


@page(MANAGE, title="菜品")
def recipe_list(request: Request) -> HttpResponse:
    """在用的菜品。"""
    rows = [
        (r, named(recipes.dish_of(r).allergens))
        for r in recipes.list_recipes(request.actor.scope, own(request).pk)
    ]
    return show(request, "kitchen_recipes", "kitchen_recipes", "菜品", rows=rows)


@page(MANAGE, title="登记菜品", log="登记菜品", methods=("GET", "POST"))
def recipe_new(request: Request) -> HttpResponse:
    """登记一道菜。"""

    def act(given: dict[str, Any]) -> str:
        made = recipe_services.add_recipe(
            institution=own(request), by=request.actor, at=clock.now(), **given
        )
        return f"已登记「{made.name}」"

    return _recipe(request, act, "登记菜品", {})


@page(MANAGE, title="改菜品", log="改菜品", methods=("GET", "POST"))
def recipe(request: Request, recipe_id: int) -> HttpResponse:
    """改一道菜：published menus keep the old."""
    scope = request.actor.scope
    old = recipes.access_recipe(scope, recipe_id)
    dish = recipes.dish_of(old)

    def act(given: dict[str, Any]) -> str:
        made = recipe_services.change_recipe(
            scope=scope,
            recipe_id=recipe_id,
            institution=own(request),
            by=request.actor,
            at=clock.now(),
            **given,
        )
        return f"「{made.name}」已改；已公布的食谱仍按原来的用料"

    start = {
        "name": old.name,
        "method": old.method,
        "extra": list(old.extra_allergens),
        "rows": blank_rows([(x.ingredient, dict(x.grams)) for x in dish.lines]),
        "old": old,
    }
    return _recipe(request, act, f"改菜品：{old.name}", start)


def _recipe(
    request: Request, act: Callable[[dict[str, Any]], str], title: str, start: dict[str, Any]
) -> HttpResponse:
    error, context = "", {"rows": blank_rows([]), "extra": []} | start
    if request.method == "POST":
        data = request.POST
        context |= {
            "name": data.get("name", "")[:40],
            "method": data.get("method", "")[:300],
            "extra": [c for c in data.getlist("extra") if c in ALLERGENS],
        }
        try:
            lines = read_rows(data)
            context["rows"] = blank_rows(lines)
            text = act(
                {
                    "name": context["name"],
                    "method": context["method"],
                    "extra": context["extra"],
                    "lines": lines_of(lines),
                }
            )
            return done(request, reverse("institution:kitchen_recipes"), text)
        except NotFound:
            raise
        except DomainError as problem:
            error = problem.text
    context |= {
        "page_title": title,
        "bands": list(BANDS.items()),
        "allergens": list(ALLERGENS.items()),
        "source": SOURCE,
        "error": error,
        "crumbs": [
            {"title": "菜品", "url": reverse("institution:kitchen_recipes")},
            {"title": title, "url": ""},
        ],
    }
    status = 422 if error else 200
    return render(request, "institution/kitchen_recipe.html", context, status=status)


@page(MANAGE, title="停用菜品", log="停用菜品", methods=("POST",))
def recipe_end(request: Request, recipe_id: int) -> HttpResponse:
    """停用一道菜。"""
    recipe_services.end_recipe(scope=request.actor.scope, recipe_id=recipe_id, at=clock.now())
    return done(request, reverse("institution:kitchen_recipes"), "已停用，已公布的食谱不受影响")


@page(MANAGE, title="过敏登记", log="查看过敏登记", sensitive=True)
def allergy_list(request: Request) -> HttpResponse:
    """过敏登记：to be sorted, reported by parents, held."""
    scope, inst = request.actor.scope, own(request)
    eaters = {e.child_id: e for e in notes.list_eaters(scope, inst.pk, clock.today())}
    rows = [n for n in notes.list_notes(scope, inst.pk) if n.child_id in eaters]
    request.audit_persons = [n.child_id for n in rows]
    return show(
        request,
        "kitchen_allergies",
        "kitchen_allergies",
        "过敏登记",
        unsorted=notes.list_unsorted(scope, inst.pk, clock.today()),
        asked=[(n, eaters[n.child_id], unpack(n.detail)) for n in rows if n.state == "asked"],
        held=[(n, eaters[n.child_id], unpack(n.detail)) for n in rows if n.state == "held"],
        source=SOURCE,
    )


@page(MANAGE, title="登记过敏", log="登记过敏", methods=("GET", "POST"))
def allergy(request: Request, child_id: int) -> HttpResponse:
    """登记一名儿童的过敏：begins with what is known, or with a guess from the file's words."""
    scope = request.actor.scope
    kid = access_child(scope, child_id)
    back = reverse("institution:child", args=[child_id])
    held = next((n for n in notes.notes_of(scope, child_id) if n.state == "held"), None)
    known = unpack(held.detail) if held else guess(str(kid.allergy or ""))
    start = {"codes": sorted(known.codes), "foods": "、".join(known.foods)}
    form = AllergyForm(request.POST or None, initial=start)

    def act(data: dict[str, Any]) -> HttpResponse:
        allergy_services.hold_allergy(
            child=kid, allergy=form.allergy, note=data["note"], by=request.actor, at=clock.now()
        )
        request.audit_persons = [kid.pk]
        return done(request, back, f"已登记{kid.name}的过敏")

    note = (
        f"档案里写着「{kid.allergy}」，已先按字面勾选，请核对。" if kid.allergy and not held else ""
    )
    return ask(
        request, form, act, title=f"{kid.name}的过敏与忌口", verb="登记", back=back, note=note
    )


@page(MANAGE, title="核对过敏申报", log="核对过敏申报", methods=("GET", "POST"))
def allergy_settle(request: Request, allergy_id: int) -> HttpResponse:
    """核对家长的申报。"""
    scope = request.actor.scope
    note = notes.access_note(scope, allergy_id)
    kid = access_child(scope, note.child_id)
    back = reverse("institution:kitchen_allergies")

    def act(data: dict[str, Any]) -> HttpResponse:
        allergy_services.settle_allergy(
            scope=scope,
            note_id=allergy_id,
            is_right=data["is_right"] == "yes",
            answer=data["answer"],
            by=request.actor,
            at=clock.now(),
        )
        request.audit_persons = [kid.pk]
        return done(request, back, f"{kid.name}的申报已核对")

    facts = [
        {"name": "家长所报", "text": unpack(note.detail).text() or "没有过敏"},
        {"name": "说明", "text": note.note or "—"},
        {"name": "现登记", "text": kid.allergy or "没有登记"},
    ]
    return ask(
        request,
        SettleForm(request.POST or None),
        act,
        title=f"核对{kid.name}的过敏申报",
        verb="核对",
        back=back,
        facts=facts,
    )
