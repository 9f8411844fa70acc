"""考勤表：the day's list, the month's grid, 待核, what happened on a day, and corrections."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.sheets import export as workbook
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import DayStatus
from tuoyu.domains.attendance.selectors import (
    ChildToday,
    DayTrail,
    MonthSheet,
    day_trail,
    month_sheet,
    today_board,
)
from tuoyu.domains.attendance.selectors.desk import first_marks, list_waiting
from tuoyu.domains.attendance.services import correct as write_correction
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.institutions.selectors import list_classes
from tuoyu.ends.institution import grid, reads
from tuoyu.ends.institution.forms import CorrectForm
from tuoyu.ends.institution.shell import (
    ask,
    back_to,
    by,
    day_of,
    done,
    download,
    fragment,
    month_of,
    neighbours,
    number,
    own,
)

STATES = {"": "无记录", "in": "在园", "out": "已离园", "leave": "请假", "absent": "缺勤"}


def _tabs(request: Request, current: str, day: date) -> list[dict[str, Any]]:
    waiting = list_waiting(request.actor.scope, request.actor.institution_id, clock.today()).count()
    rows = [
        ("按日", reverse("institution:sheets") + f"?day={day}", "day", None),
        ("按月", reverse("institution:sheets_month") + f"?month={day:%Y-%m}", "month", None),
        ("待核", reverse("institution:waiting"), "waiting", waiting),
    ]
    return [{"title": t, "url": u, "current": k == current, "count": n} for t, u, k, n in rows]


@page("inst:today:view", title="考勤表")
def sheets(request: Request) -> HttpResponse:
    """按日。"""
    scope, now, inst = request.actor.scope, clock.now(), own(request)
    day = day_of(request.GET.get("day"))
    seen = today_board(scope, inst.pk, day, now)
    first = first_marks(scope, inst.pk, day, day + timedelta(days=1))
    rooms = [
        {"room": r, "rows": [_row(c, day, first) for c in sorted(r.children, key=_by_name)]}
        for r in seen.rooms
        if r.children
    ]
    context = {
        "page_title": "考勤表",
        "tabs": _tabs(request, "day", day),
        "seen": seen,
        "rooms": rooms,
        "day": day,
        "week": grid.WEEK[day.weekday()],
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }
    return render(request, "institution/day.html", context)


def _by_name(child: ChildToday) -> str:
    return child.name


def _row(c: ChildToday, day: date, first: dict[Any, Any]) -> dict[str, Any]:
    is_fixed = (c.child_id, day) in first
    was = grid.mark_before(first.get((c.child_id, day))) if is_fixed else ""
    over = c.state in ("in", "out") and day < clock.today()
    return {
        "child": c,
        "state": "待核" if c.is_waiting else "到托" if over else STATES[c.state],
        "kind": {"in": "ok", "out": "ok", "leave": "warn", "absent": "danger"}.get(c.state, ""),
        "is_fixed": is_fixed,
        "was": grid.FULL[was] if is_fixed else "",
        "flags": grid.flag_words(c.flags),
    }


def _month(request: Request, inst: Institution, month: date) -> dict[str, Any]:
    scope = request.actor.scope
    sheet: MonthSheet = month_sheet(scope, inst.pk, month)
    first = first_marks(scope, inst.pk, month, add_months(month, 1))
    classes = list_classes(inst)
    room = number(request.GET.get("room"))
    if room is not None and room not in {c.id for c in classes}:
        raise NotFound
    rows = grid.lines(sheet, first, room)
    return {
        "sheet": sheet,
        "month": month,
        "month_text": f"{month.year} 年 {month.month} 月",
        "heads": grid.heads(sheet.days),
        "rows": rows,
        "total": grid.total(rows),
        "classes": classes,
        "room": room,
        "inst": inst,
        "days": sum(r.present for r in rows),
    } | neighbours(month)


@page("inst:today:view", title="月考勤表")
def months(request: Request) -> HttpResponse:
    """按月。"""
    month = month_of(request.GET.get("month"))
    context = _month(request, own(request), month)
    context |= {"page_title": "考勤表", "tabs": _tabs(request, "month", month)}
    return render(request, "institution/grid.html", context)


@page("inst:today:view", title="打印考勤表", log="打印考勤表", sensitive=True)
def printed(request: Request) -> HttpResponse:
    """打印：A4 横排。"""
    month = month_of(request.GET.get("month"))
    context = _month(request, own(request), month)
    context |= {
        "page_title": "考勤表",
        "print_title": f"{context['inst'].name}儿童考勤表",
        "print_period": context["month_text"],
        "signs": ["制表人", "园长", "核对日期"],
        "seal": "机构盖章",
        "back_url": reverse("institution:sheets_month") + f"?month={month:%Y-%m}",
    }
    if closed := context["sheet"].closed:
        context["receipt"] = closed.sheets_hash[:16]
    request.audit_note = f"{month:%Y-%m} {len(context['rows'])} 人"
    return render(request, "institution/grid_print.html", context)


@page("inst:today:view", title="导出考勤表", log="导出考勤表", sensitive=True)
def exported(request: Request) -> HttpResponse:
    """导出：one row a child, one column a day; cells are never run as formulas."""
    inst, month = own(request), month_of(request.GET.get("month"))
    found = _month(request, inst, month)
    days = [f"{h['day'].day}" for h in found["heads"]]
    head = ["班级", "姓名", *days, "到托", "请假", "缺勤", "待核", "无记录", "更正说明"]
    rows = [
        [
            r.room,
            r.name,
            *(grid.FULL[b.mark] if b.mark != "off" and not b.is_future else "" for b in r.boxes),
            r.present,
            r.leave,
            r.absent,
            r.waiting,
            r.blank,
            "；".join(b.says for b in r.boxes if b.is_corrected),
        ]
        for r in found["rows"]
    ]
    stamp = f"导出：{inst.name} {request.actor.name} {clock.now():%Y-%m-%d %H:%M}"
    request.audit_note = f"{month:%Y-%m} {len(rows)} 人"
    body = workbook(f"考勤表 {month:%Y-%m}", head, rows, stamp)
    return download(f"考勤表_{inst.name}_{month:%Y-%m}", body)


@page("inst:today:view", title="待核")
def waiting(request: Request) -> HttpResponse:
    """待核：days that nothing trustworthy decides yet."""
    scope = request.actor.scope
    found = list(list_waiting(scope, own(request).pk, clock.today())[:200])
    names = names_of_enrolled(scope, (s.child_id for s in found))
    rows = [
        {
            "sheet": s,
            "name": names.get(s.child_id, reads.GONE),
            "flags": grid.flag_words(s.flags) or ["请假已撤回，当天没有到园记录"],
        }
        for s in found
    ]
    context = {
        "page_title": "考勤表",
        "tabs": _tabs(request, "waiting", clock.today()),
        "rows": rows,
    }
    return render(request, "institution/waiting.html", context)


@page("inst:today:view", title="当日经过")
def trail(request: Request, child_id: int, day: str) -> HttpResponse:
    """当日经过：the first record, each correction, and what counts now."""
    scope, on = request.actor.scope, day_of(day)
    name = reads.was_here(scope, child_id)
    found: DayTrail = day_trail(scope, child_id, on)
    if found.sheet is not None and found.sheet.institution_id != request.actor.institution_id:
        raise NotFound
    before = first_marks(scope, request.actor.institution_id, on, on + timedelta(days=1))
    fixed = found.sheet is not None and found.sheet.is_corrected
    context = {
        "trail": found,
        "day": on,
        "now_text": grid.status_text(found.sheet),
        "fixed": fixed,
        "was": grid.FULL[grid.mark_before(before.get((child_id, on)))],
        "flags": grid.flag_words(found.sheet.flags) if found.sheet else [],
        "says": {d.pk: DayStatus(d.says).label for d in found.disputes},
        "back": reverse("institution:sheets") + f"?day={on}",
        "may_correct": request.actor.may("inst:attendance:correct") and on <= clock.today(),
    }
    return fragment(request, "_trail.html", f"{name} {on:%Y-%m-%d}", **context)


@page("inst:attendance:correct", title="更正考勤", log="更正考勤", methods=("GET", "POST"))
def correct(request: Request, child_id: int, day: str) -> HttpResponse:
    """更正：a second record with a reason; the first stays."""
    scope, on = request.actor.scope, day_of(day)
    name = reads.was_here(scope, child_id)
    found = day_trail(scope, child_id, on)
    back = back_to(request, reverse("institution:sheets") + f"?day={on}")
    started = {"status": found.sheet.status if found.sheet and found.sheet.status else None}

    def act(data: dict[str, Any]) -> HttpResponse:
        came, left = _instant(on, data["in_at"]), _instant(on, data["out_at"])
        if came and left and left <= came:
            raise DomainError("order", "离园时间应晚于入园时间，请改正")
        answers = write_correction(
            child_id=child_id,
            institution_id=request.actor.institution_id,
            day=on,
            status=DayStatus(data["status"]),
            reason=data["reason"],
            user_id=by(request),
            at=clock.now(),
            in_at=came if data["status"] == DayStatus.PRESENT else None,
            out_at=left if data["status"] == DayStatus.PRESENT else None,
        )
        if answers[0].outcome == "refused":
            raise DomainError(answers[0].code, answers[0].text)
        request.audit_persons = [child_id]
        to = DayStatus(data["status"]).label
        request.audit_note = f"{on} 更正为{to}：{data['reason']}"
        return done(request, back, f"{name} {on:%m-%d} 已更正为{to}，原记录保留")

    return ask(
        request,
        CorrectForm(request.POST or None, initial=started),
        act,
        title=f"更正 {name} {on:%Y-%m-%d}",
        verb="更正",
        back=back,
        facts=[{"name": "现记录", "text": _told(found)}],
    )


def _instant(day: date, at: time | None) -> datetime | None:
    return clock.at(day, at.hour, at.minute) if at else None


def _told(found: DayTrail) -> str:
    text = grid.status_text(found.sheet)
    if found.sheet is None:
        return text
    times = [
        f"{at.astimezone(clock.ZONE):%H:%M} {word}"
        for at, word in ((found.sheet.in_at, "入园"), (found.sheet.out_at, "离园"))
        if at
    ]
    return "，".join([text, *times])
