"""月结与家长异议：what still blocks a month, and the confirmation that names its numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import DayStatus, Dispute
from tuoyu.domains.attendance.selectors import list_obstacles, month_sheet
from tuoyu.domains.attendance.selectors.desk import (
    MonthLine,
    first_marks,
    list_disputes,
    list_months,
)
from tuoyu.domains.attendance.services import answer_dispute, close_month
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.ends.institution import grid, reads
from tuoyu.ends.institution.forms import AnswerForm
from tuoyu.ends.institution.shell import ask, by, done, month_of, own

PERMISSION = "inst:month:close"


@page(PERMISSION, title="月结")
def month(request: Request) -> HttpResponse:
    """月结一览。"""
    today = clock.today()
    found = list_months(request.actor.scope, own(request).pk, today)
    context = {
        "page_title": "月结",
        "rows": [{"line": m, "state": _state(m, today)} for m in found],
        "open_disputes": sum(m.disputes for m in found),
    }
    return render(request, "institution/months.html", context)


def _state(line: MonthLine, today: date) -> dict[str, str]:
    if line.closed:
        return {"text": "已确认", "kind": "ok"}
    if today < add_months(line.month, 1):
        return {"text": "未到期", "kind": ""}
    blocks = line.waiting + line.disputes
    if blocks:
        return {"text": f"还有 {blocks} 处未处理", "kind": "danger"}
    return {"text": "可以确认", "kind": "warn"}


@page(PERMISSION, title="月结核对")
def detail(request: Request, key: str) -> HttpResponse:
    """某月核对：obstacles first, then each child's days."""
    scope, inst, first = request.actor.scope, own(request), month_of(key)
    today = clock.today()
    if first > today:
        raise NotFound
    sheet = month_sheet(scope, inst.pk, first)
    rows = grid.lines(sheet, first_marks(scope, inst.pk, first, add_months(first, 1)), None)
    line = next(
        (m for m in list_months(scope, inst.pk, first, months=1)),
        MonthLine(first, 0, 0, 0, 0, 0, sheet.closed),
    )
    obstacles = list_obstacles(scope, inst.pk, first)
    due = add_months(first, 1)
    context = {
        "page_title": f"{first.year} 年 {first.month} 月月结",
        "inst": inst,
        "key": f"{first:%Y-%m}",
        "line": line,
        "closed": sheet.closed,
        "obstacles": [{"it": o, "url": _mend(o.child_id, o.day, o.why)} for o in obstacles],
        "rows": rows,
        "total": grid.total(rows),
        "is_over": today >= due,
        "due": due,
        "can_close": today >= due and not obstacles and not sheet.closed,
        "object": f"{inst.name} {first.month} 月 {line.children} 人 {line.days} 人天",
        "final": f"确认 {first.month} 月 {line.children} 人 {line.days} 人天",
        "facts": [
            {"name": "在册儿童", "text": f"{len(rows)} 人"},
            {"name": "有考勤", "text": f"{line.children} 人"},
            {"name": "到托", "text": f"{line.days} 人天"},
            {"name": "家长已确认", "text": f"{line.confirmed} 人", "note": f"共 {len(rows)} 人"},
        ],
        "months_url": reverse("institution:month"),
    }
    return render(request, "institution/month.html", context)


def _mend(child_id: int, day: date, why: str) -> str:
    if "异议" in why:
        return reverse("institution:disputes")
    return reverse("institution:trail", args=[child_id, f"{day}"])


@page(PERMISSION, title="确认月结", log="确认月结", methods=("POST",))
def close(request: Request, key: str) -> HttpResponse:
    """确认月结。"""
    first = month_of(key)
    made = close_month(
        scope=request.actor.scope,
        institution_id=own(request).pk,
        month=first,
        by=by(request),
        by_name=request.actor.name,
        at=clock.now(),
    )
    request.audit_note = f"{first:%Y-%m} {made.children} 人 {made.days} 人天"
    text = f"{first.month} 月已确认：{made.children} 人 {made.days} 人天"
    return done(request, reverse("institution:month_detail", args=[key]), text)


@page("inst:dispute:answer", title="家长异议")
def disputes(request: Request) -> HttpResponse:
    """家长异议：waiting for an answer first."""
    scope, inst = request.actor.scope, own(request)
    waiting = list(list_disputes(scope, inst.pk, is_open=True))
    past = list(list_disputes(scope, inst.pk, is_open=False)[:50])
    both = [*waiting, *past]
    names = names_of_enrolled(scope, (d.child_id for d in both))
    people = reads.guardian_names(scope, ((d.child_id, d.guardian_id) for d in both))
    context = {
        "page_title": "家长异议",
        "waiting": [_dispute(d, names, people) for d in waiting],
        "past": [_dispute(d, names, people) for d in past],
    }
    return render(request, "institution/disputes.html", context)


def _dispute(d: Dispute, names: dict[int, str], people: dict[object, str]) -> dict[str, Any]:
    return {
        "it": d,
        "name": names.get(d.child_id, reads.GONE),
        "says": DayStatus(d.says).label,
        "who": people.get((d.child_id, d.guardian_id), "监护人"),
    }


@page("inst:dispute:answer", title="答复异议", log="答复家长异议", methods=("GET", "POST"))
def answer(request: Request, dispute_id: int) -> HttpResponse:
    """答复：accept and correct, or say why not."""
    scope, inst = request.actor.scope, own(request)
    found = next(
        (d for d in list_disputes(scope, inst.pk, is_open=True) if d.pk == dispute_id), None
    )
    if found is None:
        raise NotFound
    told = _dispute(
        found,
        names_of_enrolled(scope, [found.child_id]),
        reads.guardian_names(scope, [(found.child_id, found.guardian_id)]),
    )
    back = reverse("institution:disputes")

    def act(data: dict[str, Any]) -> HttpResponse:
        accept = data["accept"] == "yes"
        answer_dispute(
            scope=scope,
            dispute_id=dispute_id,
            accept=accept,
            answer=data["answer"],
            by=by(request),
            at=clock.now(),
        )
        request.audit_persons = [found.child_id]
        request.audit_note = f"{found.day} {'采纳' if accept else '不采纳'}：{data['answer']}"
        text = "已采纳并更正" if accept else "已答复，未更正"
        return done(request, back, f"{told['name']} {found.day:%m-%d} 的异议{text}")

    facts = [
        {"name": "家长", "text": told["who"]},
        {"name": "认为", "text": f"{found.day:%Y-%m-%d} 应为{told['says']}"},
        {"name": "说明", "text": found.reason},
    ]
    return ask(
        request,
        AnswerForm(request.POST or None),
        act,
        title=f"答复 {told['name']} 的异议",
        verb="答复",
        back=back,
        facts=facts,
    )
