"""一日生活与睡眠巡视：the day's paper, PIN and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.attendance.selectors import RoomToday, today_board
from tuoyu.domains.care import rules
from tuoyu.domains.care.own_kinds import POSITIONS, PRONE_ACTS
from tuoyu.domains.care.selectors.days import Entry, day_entries, naps
from tuoyu.domains.care.selectors.people import list_actors
from tuoyu.domains.care.selectors.rooms import gone, intervals_of, national_intervals
from tuoyu.domains.care.services import set_intervals, set_pin
from tuoyu.domains.care.telling import sentence, short
from tuoyu.ends.institution.forms_room import IntervalForm, PinForm
from tuoyu.ends.institution.shell import ask, by, day_of, done, number, own

COLUMNS = (
    ("餐点", ("meal",)),
    ("喝水", ("drink",)),
    ("睡眠", ("nap_start", "nap_end")),
    ("尿布如厕", ("diaper",)),
    ("户外", ("outdoor",)),
    ("活动", ("activity",)),
)


@dataclass(frozen=True)
class Line:
    """一名儿童的一行。"""

    name: str
    came: datetime | None
    left: datetime | None
    cells: list[list[str]]


@page("inst:room:record", title="一日生活记录", log="查看一日生活", sensitive=True)
def sheet(request: Request) -> HttpResponse:
    """一日生活（打印）。"""
    inst, day = own(request), day_of(request.GET.get("day"))
    board = today_board(request.actor.scope, inst.pk, day, clock.now(), inst.leave_cutoff)
    chosen = _room(request, board.rooms)
    entries = day_entries(request.actor.scope, inst.pk, day)
    mine: dict[int, list[Entry]] = {}
    for e in entries:
        if e.child_id is not None and not e.undone:
            mine.setdefault(e.child_id, []).append(e)
    lines = [
        Line(c.name, c.in_at, c.out_at, _cells(mine.get(c.child_id, [])))
        for c in chosen.children
        if c.in_at or c.child_id in mine
    ]
    request.audit_persons = [c.child_id for c in chosen.children]
    context = _paper(request, chosen, "一日生活记录", day) | {
        "columns": [title for title, _ in COLUMNS],
        "lines": lines,
        "room_notes": [
            (e.at, sentence(e.kind, e.detail), e.by_name)
            for e in entries
            if e.child_id is None and e.class_id == chosen.class_id
        ],
    }
    return render(request, "institution/room_sheet.html", context)


def _cells(entries: list[Entry]) -> list[list[str]]:
    return [
        [f"{e.at:%H:%M} {short(e.kind, e.detail)}".strip() for e in entries if e.kind in kinds]
        for _, kinds in COLUMNS
    ]


@page("inst:room:record", title="睡眠巡视记录", log="查看睡眠巡视", sensitive=True)
def sleep(request: Request) -> HttpResponse:
    """睡眠巡视记录（打印，供检查）。"""
    inst, day, now = own(request), day_of(request.GET.get("day")), clock.now()
    scope = request.actor.scope
    board = today_board(scope, inst.pk, day, now, inst.leave_cutoff)
    chosen = _room(request, board.rooms)
    intervals = intervals_of(scope, inst.pk)
    found = naps(day_entries(scope, inst.pk, day), gone(board))
    until = now if day == clock.day_of(now) else clock.at(day, 23, 59)
    rows: list[dict[str, Any]] = []
    for child in chosen.children:
        months = rules.months_old(child.born_on, day)
        minutes = intervals.minutes_for(months)
        for nap in found.get(child.child_id, []):
            rounds = [_round(r) for r in rules.rounds_of(nap, minutes, until)]
            rows.append(
                {
                    "name": child.name,
                    "months": months,
                    "minutes": minutes,
                    "nap": nap,
                    "rounds": rounds,
                    "missed": sum(not r["time"] for r in rounds),
                }
            )
    request.audit_persons = [c.child_id for c in chosen.children]
    context = _paper(request, chosen, "睡眠巡视记录", day) | {
        "rows": rows,
        "missed": sum(r["missed"] for r in rows),
        "is_set": intervals.is_set,
        "is_national": national_intervals().is_set,
    }
    return render(request, "institution/room_sleep.html", context)


def _round(r: rules.Round) -> dict[str, Any]:
    if r.check is None:
        return {"due": r.due_at, "time": None, "text": "漏查"}
    c = r.check
    text = POSITIONS.get(c.position, c.position)
    if c.did:
        text += f"，{PRONE_ACTS.get(c.did, c.did)}"
    return {"due": r.due_at, "time": c.at, "text": text, "by": c.by_name, "late": c.came_late}


def _room(request: Request, rooms: tuple[RoomToday, ...]) -> RoomToday:
    """要看的班；the first one when none is named."""
    wanted = number(request.GET.get("room"))
    found = next((r for r in rooms if wanted in (None, r.class_id)), None)
    if found is None:
        raise NotFound
    return found


def _paper(request: Request, room: RoomToday, title: str, day: Any) -> dict[str, Any]:
    inst = own(request)
    return {
        "page_title": title,
        "print_title": f"{inst.name}{room.name}{title}",
        "print_period": f"{day:%Y-%m-%d}",
        "signs": ["班级老师", "负责人"],
        "back_url": reverse("institution:room"),
        "room": room,
        "day": day,
    }


@page("inst:room:record", title="班级口令", log="设定班级口令", methods=("GET", "POST"))
def pin(request: Request) -> HttpResponse:
    """班级平板上用的 4 位口令（本人设）。"""
    inst = own(request)

    def act(data: dict[str, Any]) -> HttpResponse:
        set_pin(
            institution_id=inst.pk,
            user_id=by(request),
            pin=data["pin"],
            again=data["again"],
            at=clock.now(),
        )
        return done(request, reverse("institution:room_pin"), "口令已设，可在班级平板上使用")

    mine = next((a for a in list_actors(inst.pk, clock.now()) if a.user_id == by(request)), None)
    return ask(
        request,
        PinForm(request.POST or None),
        act,
        title="班级口令",
        verb="更换" if mine and mine.has_pin else "设定",
        back=reverse("institution:room"),
    )


@page("inst:room:set", title="睡眠巡视间隔", log="设定巡视间隔", methods=("GET", "POST"))
def intervals(request: Request) -> HttpResponse:
    """睡眠巡视间隔（本机构自定）。"""
    inst = own(request)
    now = intervals_of(request.actor.scope, inst.pk)

    def act(data: dict[str, Any]) -> HttpResponse:
        set_intervals(
            scope=request.actor.scope,
            institution_id=inst.pk,
            minutes=(data["under_12"], data["under_24"], data["from_24"]),
            by=by(request),
            at=clock.now(),
        )
        return done(request, reverse("institution:room_intervals"), "巡视间隔已设，即刻起按此计")

    initial = {"under_12": now.under_12, "under_24": now.under_24, "from_24": now.from_24}
    return ask(
        request,
        IntervalForm(request.POST or None, initial=initial),
        act,
        title="睡眠巡视间隔",
        verb="设定",
        back=reverse("institution:home"),
    )
