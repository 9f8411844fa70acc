"""备餐与供餐：how many eat tomorrow, what to buy, whom the room must mind, samples, purchases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import MoneyError, parse_fen
from tuoyu.domains.institutions.selectors import list_classes
from tuoyu.domains.kitchen.models import Meal
from tuoyu.domains.kitchen.rules import BANDS
from tuoyu.domains.kitchen.selectors import days
from tuoyu.domains.kitchen.services import serving, stores
from tuoyu.ends.institution.kitchen_forms import PurchaseForm, SampleForm
from tuoyu.ends.institution.shell import ask, day_of, done, number, own

VIEW, MANAGE, SERVE = "inst:kitchen:view", "inst:kitchen:manage", "inst:kitchen:serve"
TABS = [
    ("备餐", "kitchen", VIEW),
    ("每周食谱", "kitchen_menu", VIEW),
    ("菜品", "kitchen_recipes", MANAGE),
    ("过敏", "kitchen_allergies", MANAGE),
    ("供餐", "kitchen_serve", SERVE),
    ("留样", "kitchen_samples", SERVE),
    ("晨购", "kitchen_purchases", SERVE),
]
SAMPLE_SPAN = 7


def tabs(request: Request, here: str) -> list[dict[str, Any]]:
    """膳食各页。"""
    return [
        {"title": title, "url": reverse(f"institution:{route}"), "current": route == here}
        for title, route, permission in TABS
        if request.actor.may(permission)
    ]


def show(request: Request, here: str, name: str, title: str, **context: Any) -> HttpResponse:
    """膳食的一页。"""
    context |= {"page_title": title, "tabs": tabs(request, here)}
    return render(request, f"institution/{name}.html", context)


@page(VIEW, title="备餐")
def overview(request: Request) -> HttpResponse:
    """备餐：the next day of care, or the one asked for."""
    today, inst = clock.today(), own(request)
    asked = request.GET.get("day")
    day = day_of(asked) if asked else days.next_workday(today)
    plan = days.plan_day(request.actor.scope, inst.pk, day)
    state = days.today(request.actor.scope, inst.pk, clock.now())
    return show(
        request,
        "kitchen",
        "kitchen",
        "备餐",
        plan=plan,
        state=state,
        bands=[(title, plan.heads.by_band[band]) for band, title in BANDS.items()],
        days=[(today, "今天"), (days.next_workday(today), "下一个工作日")],
        may_manage=request.actor.may(MANAGE),
    )


@page(VIEW, title="备餐单（打印）")
def printed(request: Request) -> HttpResponse:
    """备餐单：heads, dishes and what to buy, on A4."""
    inst, asked = own(request), request.GET.get("day")
    day = day_of(asked) if asked else days.next_workday(clock.today())
    plan = days.plan_day(request.actor.scope, inst.pk, day)
    context = {
        "page_title": f"{day} 备餐单",
        "plan": plan,
        "bands": [(title, plan.heads.by_band[band]) for band, title in BANDS.items()],
        "print_title": "备餐采购单",
        "print_unit": inst.name,
        "print_period": f"{day}",
        "portrait": True,
        "back_url": reverse("institution:kitchen") + f"?day={day}",
    }
    return render(request, "institution/kitchen_print.html", context)


@page(SERVE, title="供餐", log="登记供餐", methods=("GET", "POST"))
def serve(request: Request) -> HttpResponse:
    """供餐：the red list first; every substitute is ticked at the plate."""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    rooms = [c for c in list_classes(inst) if c.is_open]
    asked = number(request.POST.get("room") or request.GET.get("room"))
    room = next((c for c in rooms if c.id == asked), None) if asked else next(iter(rooms), None)
    if asked and room is None:
        raise NotFound
    error = ""
    if request.method == "POST" and room is not None:
        meal = request.POST.get("meal", "")
        try:
            made = serving.serve(
                scope=scope,
                class_id=room.id,
                meal=meal,
                ticks=_ticks(request),
                by=request.actor,
                at=now,
            )
        except DomainError as problem:
            error = problem.text
        else:
            request.audit_persons = [c for _, c in _ticks(request)]
            text = f"{room.name}{Meal(meal).label}已登记，{made.children} 人用餐"
            return done(request, f"{reverse('institution:kitchen_serve')}?room={room.id}", text)
    meals = days.list_meals(scope, inst.pk, room.id, clock.day_of(now)) if room else []
    response = show(
        request,
        "kitchen_serve",
        "kitchen_serve",
        "供餐",
        rooms=rooms,
        room=room,
        meals=meals,
        error=error,
        meal_asked=request.POST.get("meal", ""),
    )
    response.status_code = 422 if error else 200
    return response


def _ticks(request: Request) -> set[tuple[int, int]]:
    out = set()
    for text in request.POST.getlist("tick"):
        dish, _, child = text.partition("-")
        pair = number(dish), number(child)
        if pair[0] is None or pair[1] is None:
            raise NotFound
        out.add((pair[0], pair[1]))
    return out


@page(SERVE, title="食品留样")
def samples(request: Request) -> HttpResponse:
    """留样：what is missing, what may be thrown away, what is kept."""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    least, hours, source = stores.sample_norm()
    return show(
        request,
        "kitchen_samples",
        "kitchen_samples",
        "食品留样",
        missing=days.missing_samples(scope, inst.pk, now),
        rows=days.samples_of(scope, inst.pk, clock.today() - timedelta(days=SAMPLE_SPAN)),
        now=now,
        least=least,
        hours=hours,
        source=source,
        span=SAMPLE_SPAN,
    )


@page(SERVE, title="登记留样", log="登记留样", methods=("GET", "POST"))
def sample_new(request: Request) -> HttpResponse:
    """登记留样：of the dishes of today."""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    plan = days.plan_day(scope, inst.pk, clock.day_of(now))
    choices = [(f"{p.meal}|{p.dish.name}", f"{p.meal_title} {p.dish.name}") for p in plan.plates]
    back = reverse("institution:kitchen_samples")
    form = SampleForm(
        request.POST or None,
        dishes=list(dict.fromkeys(choices)),
        least=stores.sample_norm()[0],
        initial={"dish": request.GET.get("dish", "")},
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        meal, _, name = data["dish"].partition("|")
        made = stores.take_sample(
            institution=inst,
            day=clock.day_of(now),
            meal=meal,
            dish_name=name,
            grams=data["grams"],
            place=data["place"],
            by=request.actor,
            at=now,
        )
        return done(request, back, f"「{name}」已留样，保存到 {made.keep_until:%m-%d %H:%M}")

    note = "" if choices else "今天没有公布的食谱，没有可留样的菜。"
    return ask(request, form, act, title="登记留样", verb="登记", back=back, note=note)


@page(SERVE, title="处置留样", log="处置留样", methods=("POST",))
def sample_discard(request: Request, sample_id: int) -> HttpResponse:
    """处置留样。"""
    found = stores.discard_sample(
        scope=request.actor.scope, sample_id=sample_id, by=request.actor, at=clock.now()
    )
    return done(request, reverse("institution:kitchen_samples"), f"「{found.dish_name}」已处置")


@page(SERVE, title="晨购台账")
def purchases(request: Request) -> HttpResponse:
    """晨购台账：what the recipes need beside what came."""
    scope, inst = request.actor.scope, own(request)
    day = day_of(request.GET.get("day"))
    rows = days.purchases_of(scope, inst.pk, day)
    plan = days.plan_day(scope, inst.pk, day)
    came: dict[str, int] = {}
    for row in rows:
        if row.is_accepted:
            came[row.ingredient] = came.get(row.ingredient, 0) + row.grams
    return show(
        request,
        "kitchen_purchases",
        "kitchen_purchases",
        "晨购台账",
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        rows=rows,
        total=sum(r.amount_fen or 0 for r in rows if r.is_accepted),
        short=[(k, need, came.get(k, 0)) for k, need in plan.needs.items() if came.get(k, 0) < need]
        if rows
        else [],
        is_today=day == clock.today(),
    )


@page(SERVE, title="登记晨购", log="登记晨购", methods=("GET", "POST"))
def purchase_new(request: Request) -> HttpResponse:
    """登记一笔晨购。"""
    inst = own(request)
    day = day_of(request.GET.get("day"))
    back = reverse("institution:kitchen_purchases") + f"?day={day}"

    def act(data: dict[str, Any]) -> HttpResponse:
        amount = data.pop("amount").strip()
        accepted = data.pop("is_accepted") == "yes"
        made = stores.record_purchase(
            institution=inst,
            day=day,
            amount_fen=_fen(amount),
            is_accepted=accepted,
            by=request.actor,
            at=clock.now(),
            **data,
        )
        return done(request, back, f"已登记{made.ingredient}")

    form = PurchaseForm(request.POST or None)
    url = f"{request.path}?day={day}"
    return ask(request, form, act, title=f"登记 {day} 晨购", verb="登记", back=back, url=url,
               two=True)  # fmt: skip


def _fen(text: str) -> int | None:
    """金额（元）；empty is unknown, not zero."""
    if not text:
        return None
    try:
        return parse_fen(f"{text}元")
    except MoneyError as error:
        raise DomainError("amount", f"金额应写成 128.50 的样子，现为 {text}，请改正") from error
