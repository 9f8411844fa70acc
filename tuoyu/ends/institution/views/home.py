"""今日：who came, who is missing, which room is short of carers; one tap to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock, workdays
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.rules import RoomRatio
from tuoyu.domains.attendance.selectors import (
    ChildToday,
    OnDuty,
    RoomToday,
    TodayBoard,
    list_refused_pickups,
    list_releases,
    ratio_board,
    staff_on_duty,
    today_board,
)
from tuoyu.domains.attendance.services import end_shift, start_shift
from tuoyu.domains.care.selectors.rooms import RoomSleep, day_now
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.children.pickup_selectors import list_pickers
from tuoyu.domains.messages.selectors import unread_count
from tuoyu.ends.institution import today_cards
from tuoyu.ends.institution.shell import back_to, done, fragment, number, own

WEEK = "一二三四五六日"


@dataclass(frozen=True)
class Room:
    """一个班的一行。"""

    room: RoomToday
    ratio: RoomRatio
    carers: list[OnDuty]

    @property
    def badge(self) -> tuple[str, str]:
        """配比的字与色。"""
        kind = {"ok": "ok", "near": "warn", "breach": "danger"}.get(self.ratio.state, "")
        words = {"ok": "符合", "near": "差一人即超", "breach": "人手不足"}
        return words.get(self.ratio.state, "标准未定"), kind


@page("inst:today:view", title="今日")
def home(request: Request) -> HttpResponse:
    """今日。"""
    return render(request, "institution/home.html", _board(request) | {"page_title": "今日"})


@page("inst:today:view", title="今日看板")
def board(request: Request) -> HttpResponse:
    """今日看板（实时刷新的一块）。"""
    return render(request, "institution/_board.html", _board(request))


@page("inst:today:view", title="在岗人员")
def duty(request: Request) -> HttpResponse:
    """在岗人员（实时刷新的一块）。"""
    return render(request, "institution/_duty.html", _board(request))


def _board(request: Request) -> dict[str, Any]:
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    day = clock.day_of(now)
    care = day_now(scope, inst.pk, now, today_board(scope, inst.pk, day, now, inst.leave_cutoff))
    seen = care.board  # a child counts in the room where it is
    staff = staff_on_duty(scope, inst.pk, now)
    ratios = {r.class_id: r for r in ratio_board(scope, inst.pk, now, seen, staff)}
    rooms = [
        Room(room, ratios[room.class_id], [s for s in staff if s.class_id == room.class_id])
        for room in seen.rooms
    ]
    is_open = workdays.is_workday(day)
    missing = [(c, room.name) for room in seen.rooms for c in room.children if c.state == ""]
    refused = _unsettled(scope, inst.pk, day)
    request.unread = unread_count(scope)  # the bar shows it as well
    return {
        "inst": inst,
        "seen": seen,
        "today_text": f"{day.month} 月 {day.day} 日 星期{WEEK[day.weekday()]}",
        "is_open": is_open,
        "rooms": rooms,
        "missing": sorted(missing, key=_usual) if is_open else [],
        "staff": staff,
        "room_names": {r.class_id: r.name for r in seen.rooms},
        "refused": refused,
        "red": care.red,
        "cards": today_cards.cards(
            request.actor, seen, _counts(rooms), request.unread, now, is_open=is_open
        ),
        "also": today_cards.also(request.actor, seen.institution_id, now),
        "headline": _headline(seen, rooms, refused, care.red, is_open=is_open),
    }


def _counts(rooms: list[Room]) -> tuple[int, int]:
    """人手不足与差一人即超的班数。"""
    states = [r.ratio.state for r in rooms]
    return states.count("breach"), states.count("near")


def _unsettled(scope: Scope, institution_id: int, day: date) -> int:
    """被拒而尚未放行的接走。"""
    rows = list(list_refused_pickups(scope, day).filter(institution_id=institution_id))
    if not rows:
        return 0
    granted: dict[int, datetime] = {}
    for g in list_releases(scope, day).filter(institution_id=institution_id):
        granted.setdefault(g.child_id, g.at)  # the newest comes first
    return sum(r.child_id not in granted or granted[r.child_id] < r.at for r in rows)


def _usual(row: tuple[ChildToday, str]) -> tuple[str, str]:
    child = row[0]
    return (f"{child.usual_in:%H%M}" if child.usual_in else "9999", child.name)


def _headline(
    seen: TodayBoard,
    rooms: list[Room],
    refused: int,
    red: tuple[RoomSleep, ...],
    *,
    is_open: bool,
) -> str:
    """标题说当天的要紧事。"""
    breach = sum(r.ratio.state == "breach" for r in rooms)
    if refused:
        return f"接走被拒 {refused} 次，请核对"
    if red:
        return f"{red[0].name}睡眠巡视漏查" if len(red) == 1 else f"{len(red)} 个班睡眠巡视漏查"
    if breach:
        return f"{breach} 个班人手不足"
    if not is_open:
        return "今天休息"
    if seen.is_past_cutoff and seen.missing:
        return f"{seen.missing} 名儿童未到未请假"
    return f"已到 {seen.arrived} 人，还差 {seen.missing} 人" if seen.missing else "今天到齐了"


@page("inst:shift:record", title="到岗离岗", log="登记到离岗", methods=("POST",))
def shift(request: Request) -> HttpResponse:
    """到岗、离岗、换班。"""
    staff_id = number(request.POST.get("staff"))
    room = request.POST.get("room", "")
    if staff_id is None:
        raise NotFound
    if room == "off":
        end_shift(scope=request.actor.scope, staff_id=staff_id, at=clock.now())
        text = "已登记离岗"
    else:
        start_shift(
            scope=request.actor.scope,
            staff_id=staff_id,
            class_group_id=number(room),
            at=clock.now(),
        )
        text = "已登记到岗"
    request.audit_note = text
    if request.headers.get("HX-Request"):
        return render(request, "institution/_duty.html", _board(request))
    return done(request, back_to(request, reverse("institution:home")), text)


class _Dial(HttpResponse):
    """交给手机拨号。"""

    status_code = 302

    def __init__(self, phone: str) -> None:
        super().__init__(headers={"Location": f"tel:{phone}"})


@page("inst:attendance:record", title="联系家长", log="联系家长", sensitive=True)
def call(request: Request, child_id: int) -> HttpResponse:
    """打电话：only for a child that is missing today; who asked is on record."""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    seen = today_board(scope, inst.pk, clock.day_of(now), now)
    child = next((c for r in seen.rooms for c in r.children if c.child_id == child_id), None)
    if child is None:
        raise NotFound
    if child.state != "":
        raise DomainError(
            "here", f"{child.name}已到园或已请假，此处不显示家长电话；确需联系请园长在档案里查看"
        )
    people = [
        g
        for g in list_pickers(scope, [child_id], seen.day)
        if g.is_guardian and not g.is_blocked and g.guardian.phone
    ]
    request.audit_persons = [child_id]
    request.audit_note = "未到未请假，联系家长"
    if not people:
        raise DomainError("no-phone", f"{child.name}没有登记监护人手机，请园长补登后再拨")
    if "Mobi" in request.headers.get("User-Agent", "") and "list" not in request.GET:
        return _Dial(str(people[0].guardian.phone))
    contacts = [
        {
            "who": f"{Guardianship.Relation(g.relation).label} {g.guardian.name}",
            "phone": g.guardian.phone,
        }
        for g in people
    ]
    return fragment(
        request,
        "_call.html",
        f"联系{child.name}的家长",
        contacts=contacts,
        back=reverse("institution:home"),
    )
