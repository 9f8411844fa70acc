"""排班：the week by person and by half hour against the required line; last week once more."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.attendance.selectors.rota import (
    WEEK,
    RoomWeek,
    RotaWeek,
    monday_of,
    rota_week,
)
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.workforce import services
from tuoyu.domains.workforce.models import Post, RotaShift, Staff
from tuoyu.domains.workforce.rules import clock_text, half_hours
from tuoyu.domains.workforce.selectors import working
from tuoyu.domains.workforce.selectors.rota import access_shift, count_asked
from tuoyu.ends.institution.forms_office import ShiftForm, half_hour_choices
from tuoyu.ends.institution.shell import ask, day_of, done, number, own

WEEKDAYS = "一二三四五六日"


@page("inst:rota:view", title="排班")
def rota(request: Request) -> HttpResponse:
    """一周排班。"""
    inst, now = own(request), clock.now()
    today = clock.day_of(now)
    monday = monday_of(day_of(request.GET.get("week")))
    seen = rota_week(request.actor.scope, inst, monday, now)
    context = {
        "page_title": "排班",
        "seen": seen,
        "headline": _headline(seen),
        "days": [_day(d, today) for d in seen.days],
        "gaps": _gaps(seen),
        "rooms": [_room(r) for r in seen.rooms],
        "people": _people(request, inst, seen),
        "before": monday - WEEK,
        "after": monday + WEEK,
        "is_this": monday == monday_of(today),
        "asked": count_asked(request.actor.scope, inst.pk),
    }
    return render(request, "institution/rota.html", context)


def _headline(seen: RotaWeek) -> str:
    unknown = any(c.needed is None for r in seen.rooms for d in r.days for c in d.cells)
    if not seen.days:
        return "这一周没有工作日"
    if not seen.shifts:
        return "这一周还没有排班"
    if seen.short:
        return f"这一周有 {seen.short} 个半小时人手不够"
    return "有的班配比未定，其余够人" if unknown else "这一周都够人"


def _day(day: date, today: date) -> dict[str, Any]:
    return {"day": day, "text": f"周{WEEKDAYS[day.weekday()]}", "is_today": day == today}


def _gaps(seen: RotaWeek) -> list[dict[str, Any]]:
    """缺口：the youngest first, then by day."""
    return [
        {"room": room.name, "day": _day(d.day, d.day)["text"], "on": d.day, "gap": gap,
         "class_id": room.class_id}
        for room in seen.rooms
        for d in room.days
        for gap in d.gaps
    ]  # fmt: skip


def _room(room: RoomWeek) -> dict[str, Any]:
    return {"it": room, "rows": room.rows if room.days else []}


def _people(request: Request, inst: Institution, seen: RotaWeek) -> list[dict[str, Any]]:
    by_staff: dict[int, dict[date, list[RotaShift]]] = {}
    for s in seen.shifts:
        by_staff.setdefault(s.staff_id, {}).setdefault(s.day, []).append(s)
    carers = _carers(request, inst, seen.monday)
    rows = [(p.pk, p.name) for p in carers]
    rows += sorted({(s.staff_id, s.staff.name) for s in seen.shifts} - set(rows))
    return [
        {
            "id": pk,
            "name": name,
            "days": [
                {
                    "day": d,
                    "away": seen.away.get((pk, d), ""),
                    "uncounted": (pk, d) in seen.uncounted,
                    "shifts": [
                        {
                            "id": s.pk,
                            "text": f"{clock_text(s.from_minute)}–{clock_text(s.to_minute)}",
                            "room": s.class_group.name,
                        }
                        for s in by_staff.get(pk, {}).get(d, [])
                    ],
                }
                for d in seen.days
            ],
        }
        for pk, name in rows
    ]


def _carers(request: Request, inst: Institution, on: date) -> list[Staff]:
    rows = working(Staff.objects.visible_to(request.actor.scope), max(on, clock.today()))
    rows = rows.filter(institution_id=inst.pk, post__in=(Post.CARER, Post.HEAD, Post.HEALTH))
    return sorted(rows.order_by("pk"), key=lambda s: s.post != Post.CARER)


@page("inst:rota:manage", title="排一个班", log="排班", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """排一个班。"""
    inst = own(request)
    day = day_of(request.GET.get("day"))
    back = f"{reverse('institution:rota')}?week={monday_of(day)}"
    opens = inst.opens_at.hour * 60 + inst.opens_at.minute
    closes = inst.closes_at.hour * 60 + inst.closes_at.minute
    span = half_hours(max(opens - 60, 0), min(closes + 90, 1440))
    groups = ClassGroup.objects.visible_to(request.actor.scope).filter(
        institution_id=inst.pk, is_open=True
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.plan_shift(
            scope=request.actor.scope,
            staff_id=data["staff"],
            class_group_id=data["class_group"],
            day=data["day"],
            from_minute=data["from_minute"],
            to_minute=data["to_minute"],
            by_name=request.actor.name,
            at=clock.now(),
        )
        url = f"{reverse('institution:rota')}?week={monday_of(made.day)}"
        return done(request, url, f"已排{made.staff.name} {made.day:%m-%d}")

    form = ShiftForm(
        request.POST or None,
        staff=[(p.pk, f"{p.name}（{p.get_post_display()}）") for p in _carers(request, inst, day)],
        groups=[(g.pk, g.name) for g in groups],
        hours=half_hour_choices(span[0], span[-1]),
        initial={
            "staff": number(request.GET.get("staff")),
            "class_group": number(request.GET.get("room")),
            "day": day,
            "from_minute": opens // 30 * 30,
            "to_minute": closes // 30 * 30,
        },
    )
    return ask(request, form, act, title="排一个班", verb="排上", back=back, two=True)


@page("inst:rota:manage", title="删去班次", log="删去班次", methods=("POST",))
def drop(request: Request, rota_shift_id: int) -> HttpResponse:
    """删去一个班次。"""
    shift = access_shift(request.actor.scope, rota_shift_id)
    services.drop_shift(scope=request.actor.scope, shift_id=shift.pk)
    back = f"{reverse('institution:rota')}?week={monday_of(shift.day)}"
    return done(request, back, f"已删去{shift.staff.name} {shift.day:%m-%d} 的班次")


@page("inst:rota:manage", title="沿用上周", log="沿用上周排班", methods=("POST",))
def copy(request: Request) -> HttpResponse:
    """沿用上周。"""
    monday = monday_of(day_of(request.POST.get("week")))
    made = services.copy_week(
        scope=request.actor.scope,
        institution_id=own(request).pk,
        monday=monday,
        by_name=request.actor.name,
        at=clock.now(),
    )
    text = f"已沿用 {made.made} 个班次"
    if made.left_out:
        text += f"；没有排：{'、'.join(made.left_out)}"
    return done(request, f"{reverse('institution:rota')}?week={monday}", text)
