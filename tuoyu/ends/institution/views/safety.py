"""安全巡查与隐患：what is due today, the point under the code, what was found and mended."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from tuoyu.core import clock, workdays
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.services import open_file
from tuoyu.domains.safety import selectors, services
from tuoyu.domains.safety.models import Point
from tuoyu.domains.safety.packs import month_pack
from tuoyu.domains.safety.services.points import Result
from tuoyu.domains.safety.states import FIXED, FOUND, RECORD
from tuoyu.ends.institution.safety_forms import FixForm, HazardForm, PointForm, RecheckForm
from tuoyu.ends.institution.shell import ask, day_of, done, month_of, neighbours, own

VIEW, MANAGE = "inst:safety:view", "inst:safety:manage"
TABS = [
    ("今天", "safety", VIEW),
    ("巡查点", "safety_points", MANAGE),
    ("演练", "safety_drills", MANAGE),
    ("设备", "safety_equipment", VIEW),
    ("证照", "safety_licences", MANAGE),
    ("月巡查", "safety_month", VIEW),
]
FIX_DAYS = 3  # only what the form begins with; the house may write any day


def show(request: Request, here: str, name: str, title: str, **context: Any) -> HttpResponse:
    """安全的一页。"""
    context |= {
        "page_title": title,
        "tabs": [
            {"title": t, "url": reverse(f"institution:{route}"), "current": route == here}
            for t, route, permission in TABS
            if request.actor.may(permission)
        ],
    }
    return render(request, f"institution/{name}.html", context)


@page(VIEW, title="安全")
def overview(request: Request) -> HttpResponse:
    """今天的安全：rounds due, hazards open, what runs out."""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    today = clock.day_of(now)
    return show(
        request,
        "safety",
        "safety",
        "安全",
        tasks=selectors.tasks_on(scope, inst.pk, today, now),
        state=selectors.today(scope, inst.pk, now),
        hazards=selectors.list_hazards(scope, inst.pk, today),
        closed=selectors.list_hazards(scope, inst.pk, today, is_open=False)[:5],
        is_open=workdays.is_workday(today),
        may_record=request.actor.may(RECORD),
        may_manage=request.actor.may(MANAGE),
    )


@page(RECORD, title="巡查", log="登记巡查", methods=("GET", "POST"))
def at_point(request: Request, point_id: int) -> HttpResponse:
    """扫码巡查：the page under the code on the wall."""
    scope, now = request.actor.scope, clock.now()
    point = selectors.access_point(scope, point_id)
    error = ""
    if request.method == "POST":
        try:
            made = services.record_round(
                scope=scope,
                point_id=point_id,
                results=_results(request, point),
                by=request.actor,
                at=now,
                photo=request.FILES.get("photo"),
                fix_by=day_of(t) if (t := request.POST.get("fix_by")) else None,
                key=_key(request),
            )
        except NotFound:
            raise
        except DomainError as problem:
            error = problem.text
        else:
            text = f"「{point.name}」已巡查" + ("" if made.is_sound else "，异常已转为隐患")
            return done(request, reverse("institution:safety"), text)
    answers = [
        (n, item, request.POST.get(f"ok-{n}", ""), request.POST.get(f"note-{n}", ""))
        for n, item in enumerate(point.items)
    ]
    response = show(
        request,
        "safety",
        "safety_round_new",
        point.name,
        point=point,
        answers=answers,
        error=error,
        key=request.POST.get("key") or uuid.uuid4(),
        fix_by=request.POST.get("fix_by") or clock.today() + timedelta(days=FIX_DAYS),
        rounds=selectors.rounds_of(scope, point, 5),
    )
    response.status_code = 422 if error else 200
    return response


def _results(request: Request, point: Point) -> list[Result]:
    out = []
    for n, item in enumerate(point.items):
        said = request.POST.get(f"ok-{n}")
        if said not in ("yes", "no"):
            continue
        out.append(Result(item, said == "yes", request.POST.get(f"note-{n}", "")[:120]))
    return out


def _key(request: Request) -> uuid.UUID | None:
    """客户端编号：a round sent twice is one round."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@page(VIEW, title="巡查记录")
def patrol(request: Request, patrol_id: uuid.UUID) -> HttpResponse:
    """一次巡查。"""
    found = selectors.access_round(request.actor.scope, patrol_id)
    crumbs = [
        {"title": "安全", "url": reverse("institution:safety")},
        {"title": found.point.name, "url": ""},
    ]
    return show(
        request, "safety", "safety_round", f"{found.point.name} 巡查", found=found, crumbs=crumbs
    )


@page(VIEW, title="巡查照片")
def patrol_photo(request: Request, patrol_id: uuid.UUID) -> HttpResponse:
    """巡查的照片：shown to those of this institution only."""
    found = selectors.access_round(request.actor.scope, patrol_id)
    return _photo(request, found.photo_id)


@page(VIEW, title="隐患照片")
def hazard_photo(request: Request, hazard_id: int, shot: str) -> HttpResponse:
    """隐患的照片：as found, or as mended."""
    found = selectors.access_hazard(request.actor.scope, hazard_id, clock.today()).hazard
    return _photo(request, found.fix_photo_id if shot == "fixed" else found.photo_id)


def _photo(request: Request, file_id: int | None) -> HttpResponse:
    if file_id is None:
        raise NotFound
    stored, body = open_file(request.actor.scope, file_id)
    response = HttpResponse(body, content_type=stored.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page(RECORD, title="登记隐患", log="登记隐患", methods=("GET", "POST"))
def hazard_new(request: Request) -> HttpResponse:
    """登记隐患。"""
    inst, back = own(request), reverse("institution:safety")

    def act(data: dict[str, Any]) -> HttpResponse:
        services.find_hazard(
            institution_id=inst.pk,
            region_code=inst.region_code,
            by=request.actor,
            at=clock.now(),
            **data,
        )
        return done(request, back, "隐患已登记，整改后请另一人复查")

    start = {"due_on": clock.today() + timedelta(days=FIX_DAYS)}
    form = HazardForm(request.POST or None, request.FILES or None, initial=start)
    return ask(request, form, act, title="登记隐患", verb="登记", back=back)


@page(VIEW, title="隐患")
def hazard(request: Request, hazard_id: int) -> HttpResponse:
    """一件隐患：its way from being found to being closed."""
    found = selectors.access_hazard(request.actor.scope, hazard_id, clock.today())
    steps = list(found.case.steps.order_by("at", "id")) if found.case else []
    crumbs = [
        {"title": "安全", "url": reverse("institution:safety")},
        {"title": found.hazard.place, "url": ""},
    ]
    state = found.case.state if found.case else ""
    return show(
        request,
        "safety",
        "safety_hazard",
        found.hazard.place,
        found=found,
        steps=steps,
        may_fix=state == FOUND and request.actor.may(RECORD),
        may_close=state == FIXED and request.actor.may(RECORD),
        crumbs=crumbs,
    )


@page(RECORD, title="整改隐患", log="整改隐患", methods=("GET", "POST"))
def hazard_fix(request: Request, hazard_id: int) -> HttpResponse:
    """整改。"""
    back = reverse("institution:safety_hazard", args=[hazard_id])
    selectors.access_hazard(request.actor.scope, hazard_id, clock.today())

    def act(data: dict[str, Any]) -> HttpResponse:
        services.fix_hazard(
            scope=request.actor.scope,
            hazard_id=hazard_id,
            by=request.actor,
            at=clock.now(),
            **data,
        )
        return done(request, back, "整改已登记，请另一人复查")

    form = FixForm(request.POST or None, request.FILES or None)
    return ask(request, form, act, title="整改", verb="提交", back=back)


@page(RECORD, title="复查隐患", log="复查隐患", methods=("GET", "POST"))
def hazard_close(request: Request, hazard_id: int) -> HttpResponse:
    """复查：by another person."""
    back = reverse("institution:safety_hazard", args=[hazard_id])
    selectors.access_hazard(request.actor.scope, hazard_id, clock.today())

    def act(data: dict[str, Any]) -> HttpResponse:
        good = data["is_good"] == "yes"
        services.close_hazard(
            scope=request.actor.scope,
            hazard_id=hazard_id,
            is_good=good,
            opinion=data["opinion"],
            by=request.actor,
            at=clock.now(),
        )
        return done(request, back, "已销号" if good else "已退回整改")

    return ask(
        request, RecheckForm(request.POST or None), act, title="复查", verb="提交", back=back
    )


@page(MANAGE, title="巡查点")
def points(request: Request) -> HttpResponse:
    """巡查点。"""
    inst = own(request)
    rows = selectors.list_points(request.actor.scope, inst.pk, clock.today())
    return show(request, "safety_points", "safety_points", "巡查点", rows=rows)


@page(MANAGE, title="巡查码（打印）")
def codes(request: Request) -> HttpResponse:
    """巡查码：a sheet to cut and put on the wall."""
    inst = own(request)
    rows = selectors.list_points(request.actor.scope, inst.pk, clock.today())
    context = {
        "page_title": "巡查码",
        "rows": [(p, _qr(request, p)) for p in rows],
        "print_title": "安全巡查码",
        "print_unit": inst.name,
        "portrait": True,
        "back_url": reverse("institution:safety_points"),
    }
    return render(request, "institution/safety_codes.html", context)


def _qr(request: Request, point: Point) -> SafeString:
    """二维码：the address of the point's page; without signing in it opens nothing."""
    url = request.build_absolute_uri(reverse("institution:safety_at", args=[point.pk]))
    drawn = segno.make(url, error="m", micro=False)
    text = drawn.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(text)  # noqa: S308 — our own drawing


@page(MANAGE, title="设巡查点", log="设巡查点", methods=("GET", "POST"))
def point_new(request: Request) -> HttpResponse:
    """设巡查点：asked for from tomorrow on."""
    inst, back = own(request), reverse("institution:safety_points")
    form = PointForm(request.POST or None)

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.add_point(
            institution=inst,
            name=data["name"],
            from_on=clock.today() + timedelta(days=1),
            **form.given(),
        )
        return done(request, back, f"已设「{made.name}」，明天起计")

    return ask(request, form, act, title="设巡查点", verb="设立", back=back)


@page(MANAGE, title="改巡查点", log="改巡查点", methods=("GET", "POST"))
def point(request: Request, point_id: int) -> HttpResponse:
    """改巡查点。"""
    scope, back = request.actor.scope, reverse("institution:safety_points")
    found = selectors.access_point(scope, point_id)
    start = {
        "name": found.name,
        "place": found.place,
        "items": "\n".join(found.items),
        "every": found.every,
        "times": "、".join(found.due_times),
        "needs_photo": found.needs_photo,
    }
    form = PointForm(request.POST or None, initial=start)
    form.fields["name"].disabled = True

    def act(data: dict[str, Any]) -> HttpResponse:
        services.change_point(scope=scope, point_id=point_id, **form.given())
        return done(request, back, f"「{found.name}」已改")

    return ask(request, form, act, title=f"改巡查点：{found.name}", verb="保存", back=back)


@page(MANAGE, title="停用巡查点", log="停用巡查点", methods=("POST",))
def point_end(request: Request, point_id: int) -> HttpResponse:
    """停用巡查点。"""
    services.end_point(scope=request.actor.scope, point_id=point_id, on=clock.today())
    return done(request, reverse("institution:safety_points"), "已停用，请撕下墙上的码")


@page(VIEW, title="月巡查")
def month(request: Request) -> HttpResponse:
    """月巡查包。"""
    which, inst = month_of(request.GET.get("month")), own(request)
    pack = month_pack(request.actor.scope, inst.pk, which, clock.now())
    return show(
        request,
        "safety_month",
        "safety_month",
        f"{which:%Y} 年 {which.month} 月巡查",
        pack=pack,
        where=neighbours(which),
    )


@page(VIEW, title="月巡查（打印）")
def month_printed(request: Request) -> HttpResponse:
    """月巡查包（A4）。"""
    which, inst = month_of(request.GET.get("month")), own(request)
    context = {
        "page_title": f"{which:%Y-%m} 月巡查",
        "pack": month_pack(request.actor.scope, inst.pk, which, clock.now()),
        "print_title": "安全月巡查记录",
        "print_unit": inst.name,
        "print_period": f"{which:%Y} 年 {which.month} 月",
        "signs": ["园长", "安全员"],
        "seal": True,
        "back_url": reverse("institution:safety_month") + f"?month={which:%Y-%m}",
    }
    return render(request, "institution/safety_month_print.html", context)
