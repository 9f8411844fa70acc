"""班级：the wall of faces for rooms without a door tablet; a class comes in with two taps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import DayStatus, EventKind, Method
from tuoyu.domains.attendance.selectors import ChildToday, TodayBoard, today_board
from tuoyu.domains.attendance.services import Answer, NewEvent, ask_leave, record
from tuoyu.domains.messages.selectors.book import unseen_count
from tuoyu.ends.institution import reads
from tuoyu.ends.institution.shell import back_to, by, number, own

LATE = timedelta(minutes=30)
REASONS = ("病假", "事假", "其他")
SYMPTOMS = ("发热", "咳嗽", "流涕", "皮疹", "呕吐", "腹泻", "红眼", "精神差", "外伤")


@page("inst:attendance:record", title="班级")
def wall(request: Request) -> HttpResponse:
    """班级。"""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    seen = today_board(scope, inst.pk, clock.day_of(now), now, inst.leave_cutoff)
    wanted = number(request.GET.get("room"))
    if wanted is not None and wanted not in {r.class_id for r in seen.rooms}:
        raise NotFound
    rooms = [r for r in seen.rooms if wanted in (None, r.class_id)]
    children = [c for r in rooms for c in r.children]
    leaving = request.GET.get("mode") == "out"
    first = [c for c in children if c.state == ("in" if leaving else "")]
    rest = [c for c in children if c not in first]
    first.sort(key=lambda c: (c.usual_in is None, c.usual_in or now.time(), c.name))
    blocked = reads.blocked_children(scope, (c.child_id for c in first)) if leaving else set()
    context = {
        "page_title": "班级",
        "inst": inst,
        "now": now,
        "leaving": leaving,
        "rooms": _chips(seen, wanted, leaving=leaving),
        "modes": _modes(request, wanted, leaving=leaving),
        "room": rooms[0] if wanted else None,
        "room_id": wanted or "",
        "first": [_face(c, now, c.child_id in blocked, leaving=leaving) for c in first],
        "rest": [_rest(c) for c in rest],
        "reasons": REASONS,
        "symptoms": SYMPTOMS,
        "notes": unseen_count(scope, inst.pk, clock.day_of(now)) if _reads_book(request) else None,
    }
    return render(request, "institution/wall.html", context)


def _reads_book(request: Request) -> bool:
    return request.actor.may("inst:book:answer")


def _chips(seen: TodayBoard, wanted: int | None, *, leaving: bool) -> list[dict[str, Any]]:
    tail = "&mode=out" if leaving else ""
    base = reverse("institution:wall")
    count = "present" if leaving else "missing"
    rows = [
        {
            "title": r.name,
            "url": f"{base}?room={r.class_id}{tail}",
            "count": getattr(r, count),
            "current": r.class_id == wanted,
        }
        for r in seen.rooms
    ]
    whole = {
        "title": "全部",
        "url": f"{base}?{tail[1:]}",
        "count": seen.total(count),
        "current": wanted is None,
    }
    return [whole, *rows]


def _modes(request: Request, wanted: int | None, *, leaving: bool) -> list[dict[str, Any]]:
    room = f"room={wanted}" if wanted else ""
    base = reverse("institution:wall")
    return [
        {"title": "入园", "url": f"{base}?{room}", "current": not leaving},
        {"title": "离园", "url": f"{base}?{room}&mode=out", "current": leaving},
    ]


def _face(c: ChildToday, now: datetime, blocked: bool, *, leaving: bool) -> dict[str, Any]:
    if leaving:
        note = f"{c.in_at:%H:%M} 到" if c.in_at else "在园"
        return {"child": c, "note": note, "late": False, "blocked": blocked}
    usual = clock.at(clock.day_of(now), c.usual_in.hour, c.usual_in.minute) if c.usual_in else None
    late = usual is not None and now - usual > LATE
    note = f"常到 {c.usual_in:%H:%M}" if c.usual_in else "还没到"
    return {"child": c, "note": note, "late": late, "blocked": False}


def _rest(c: ChildToday) -> dict[str, Any]:
    texts = {
        "": "还没到",
        "in": f"{c.in_at:%H:%M} 到" if c.in_at else "在园",
        "out": f"{c.out_at:%H:%M} 离" if c.out_at else "已离园",
        "leave": c.reason or "请假",
        "absent": c.reason or "缺勤",
    }
    return {"child": c, "note": texts[c.state], "off": c.state in ("leave", "absent", "")}


@page("inst:attendance:record", title="点名", log="点名登记", methods=("POST",))
def act(request: Request) -> HttpResponse:
    """点名：what is done already is left as it is, so a second tap changes nothing."""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    seen = today_board(scope, inst.pk, clock.day_of(now), now)
    known = {c.child_id: c for r in seen.rooms for c in r.children}
    ids = [number(v) for v in request.POST.getlist("child")]
    if any(i not in known for i in ids):
        raise NotFound
    picked = [known[i] for i in dict.fromkeys(ids) if i is not None]
    back = back_to(request, reverse("institution:wall"))
    what = _ACTS.get(_asked(request))
    if what is None:
        raise NotFound
    if not picked:
        messages.warning(request, "还没有选儿童，请先点头像或「全选」")
        return redirect(back)
    verb, states, run = what
    todo = [c for c in picked if c.state in states]
    if todo:
        _check(run(request, inst.pk, todo, now))
    request.audit_persons = [c.child_id for c in todo]
    request.audit_note = f"{verb} {len(todo)} 人"
    _tell(request, verb, todo, len(picked) - len(todo))
    return redirect(back)


def _asked(request: Request) -> str:
    """Enter in the temperature box presses the first button; what was typed is not dropped."""
    do = request.POST.get("do", "")
    noted = request.POST.get("temperature", "").strip() or request.POST.getlist("symptom")
    return "check" if do == "in" and noted else do


def _tell(request: Request, verb: str, todo: list[ChildToday], skipped: int) -> None:
    who = "、".join(c.name for c in todo[:3]) + ("等" if len(todo) > 3 else "")
    more = f"；另 {skipped} 人此前已登记，没有重复" if skipped else ""
    if todo:
        messages.success(request, f"已登记{verb} {len(todo)} 人：{who}{more}")
    else:
        messages.info(request, f"所选 {skipped} 人此前都已登记，没有重复{verb}")


def _check(answers: list[Answer]) -> None:
    refused = next((a for a in answers if a.outcome == "refused"), None)
    if refused is not None:
        raise DomainError(refused.code, refused.text or "没有登记成，请刷新页面后再试")


def _come(
    request: Request, inst_id: int, children: list[ChildToday], now: datetime
) -> list[Answer]:
    return _door(request, inst_id, children, now, EventKind.IN, None)


def _go(request: Request, inst_id: int, children: list[ChildToday], now: datetime) -> list[Answer]:
    return _door(request, inst_id, children, now, EventKind.OUT, None)


def _examine(
    request: Request, inst_id: int, children: list[ChildToday], now: datetime
) -> list[Answer]:
    """晨检异常：one child at a time, with what was seen."""
    if len(children) != 1:
        raise DomainError("one", "晨检异常请一次只选一名儿童，其余儿童可先按正常入园登记")
    seen = [s for s in request.POST.getlist("symptom") if s in SYMPTOMS]
    evidence: dict[str, Any] = {"symptoms": seen} if seen else {}
    if heat := request.POST.get("temperature", "").strip():
        evidence["temperature"] = _temperature(heat)
    if not evidence:
        raise DomainError("nothing", "请填体温或勾选症状；没有异常时直接点「入园」")
    return _door(request, inst_id, children, now, EventKind.IN, evidence)


def _temperature(text: str) -> str:
    """体温：kept as the text that was read, one decimal."""
    whole, _, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) == 2 and len(part) <= 1):
        raise DomainError("heat", f"体温应写成 37.6 的样子，现为 {text[:8]}，请改正")
    if part and not (part.isascii() and part.isdigit()):
        raise DomainError("heat", f"体温应写成 37.6 的样子，现为 {text[:8]}，请改正")
    if not 34 <= int(whole) <= 43:
        raise DomainError("heat", f"体温 {text} 不在 34 至 43 度之间，请核对")
    return f"{whole}.{part or 0}"


def _door(
    request: Request,
    inst_id: int,
    children: list[ChildToday],
    now: datetime,
    kind: EventKind,
    evidence: dict[str, Any] | None,
) -> list[Answer]:
    events = [
        NewEvent(c.child_id, kind, now, Method.WALL, user_id=by(request), evidence=evidence)
        for c in children
    ]
    return record(institution_id=inst_id, events=events, at=now)


def _reason(request: Request) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise DomainError("no-reason", "请选请假或缺勤的原因")
    return reason[:120]


def _leave(
    request: Request, inst_id: int, children: list[ChildToday], now: datetime
) -> list[Answer]:
    out: list[Answer] = []
    for child in children:
        out += ask_leave(
            child_id=child.child_id,
            institution_id=inst_id,
            days=[clock.day_of(now)],
            reason=_reason(request),
            at=now,
            user_id=by(request),
            method=Method.WALL,
        )
    return out


def _absent(
    request: Request, inst_id: int, children: list[ChildToday], now: datetime
) -> list[Answer]:
    events = [
        NewEvent(
            c.child_id,
            EventKind.ABSENT,
            now,
            Method.WALL,
            day=clock.day_of(now),
            user_id=by(request),
            reason=_reason(request),
            set_status=DayStatus.ABSENT,
        )
        for c in children
    ]
    return record(institution_id=inst_id, events=events, at=now)


Act = Callable[[Request, int, list[ChildToday], datetime], list[Answer]]
_HERE_NOT = ("", "out", "leave", "absent")
_ACTS: dict[str, tuple[str, tuple[str, ...], Act]] = {
    "in": ("入园", _HERE_NOT, _come),
    "check": ("入园（晨检异常）", _HERE_NOT, _examine),
    "out": ("离园", ("in",), _go),
    "leave": ("请假", ("",), _leave),
    "absent": ("缺勤", ("",), _absent),
}
