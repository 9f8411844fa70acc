"""请假：two taps from the home page; withdrawn with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock, workdays
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.attendance.services import Answer, ask_leave, withdraw_leave
from tuoyu.domains.children.selectors import guardian_of
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.ends.family import leave as rules
from tuoyu.ends.family import reads
from tuoyu.ends.family.shell import Chosen, chosen, show

WORDS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]


@page("family:leave:make", title="请假", log="请假", methods=("GET", "POST"))
def leave(request: Request) -> HttpResponse:
    """请假。"""
    picked = chosen(request)
    if request.method == "POST":
        try:
            return _ask(request, picked)
        except NotFound:
            raise
        except DomainError as error:
            return _form(request, picked, [error.text], status=422)
    return _form(request, picked, [])


def _ask(request: Request, picked: Chosen) -> HttpResponse:
    now, inst_id = clock.now(), picked.institution_id
    today = clock.day_of(now)
    opens = _open_days(picked.enrolment)
    sheet = reads.sheet_on(request.actor.scope, picked.child.pk, today)
    asked = rules.Asked(*(request.POST.get(k, "") for k in ("when", "first", "last", "reason")))
    days = rules.days_asked(
        asked,
        today=today,
        next_day=rules.next_open(today, opens),
        has_arrived=_arrived(sheet),
        is_open=opens,
    )
    guardian = guardian_of(request.actor.user_id or 0)
    check(
        ask_leave(
            child_id=picked.child.pk,
            institution_id=inst_id,
            days=days,
            reason=asked.reason,
            at=now,
            guardian_id=guardian.pk,
            user_id=request.actor.user_id,
            even_late=True,  # the form has said so
        )
    )
    request.audit_persons = [picked.child.pk]
    request.audit_note = f"{days[0]:%Y-%m-%d} 起 {len(days)} 天：{asked.reason}"
    cutoff = picked.enrolment.institution.leave_cutoff if picked.enrolment else now.time()
    late = today in days and now.astimezone(clock.ZONE).time() >= cutoff
    messages.success(request, rules.told(days, asked.reason, late, cutoff))
    return redirect(f"{reverse('family:leave')}?child={picked.child.pk}")


@page("family:leave:make", title="撤回请假", log="撤回请假", methods=("POST",))
def withdraw(request: Request) -> HttpResponse:
    """撤回请假：from today on; what is past is disputed in the month sheet."""
    picked = chosen(request)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise NotFound from error
    ahead = reads.leave_ahead(request.actor.scope, picked.child.pk, clock.today())
    if day not in {s.day for s in ahead if not s.is_corrected}:
        raise DomainError("no-leave", f"{day:%m-%d} 没有可撤回的请假；请刷新页面查看最新记录")
    guardian = guardian_of(request.actor.user_id or 0)
    check(
        withdraw_leave(
            child_id=picked.child.pk,
            institution_id=picked.institution_id,
            day=day,
            at=clock.now(),
            guardian_id=guardian.pk,
        )
    )
    request.audit_persons, request.audit_note = [picked.child.pk], f"{day:%Y-%m-%d}"
    messages.success(request, f"已撤回 {day:%m-%d} 的请假，园方已收到")
    return redirect(f"{reverse('family:leave')}?child={picked.child.pk}")


def check(answers: list[Answer]) -> None:
    """逐条答复里有一条没存，就整体不办，并说明原因。"""
    refused = next((a for a in answers if a.outcome == "refused"), None)
    if refused is not None:
        raise DomainError(refused.code, refused.text or "没有办成，请联系托育机构核对")


def _form(request: Request, picked: Chosen, errors: list[str], status: int = 200) -> HttpResponse:
    today = clock.today()
    opens = _open_days(picked.enrolment)
    sheet = reads.sheet_on(request.actor.scope, picked.child.pk, today)
    ahead = reads.leave_ahead(request.actor.scope, picked.child.pk, today)
    next_day = rules.next_open(today, opens)
    today_counts = opens(today) and not _arrived(sheet)
    late = today_counts and _is_late(picked.enrolment)
    response = show(
        request,
        "family/leave.html",
        "请假",
        picked,
        ahead=ahead,
        errors=errors,
        form=next_day is not None or opens(today),
        why_not="近两周没有在托的工作日；如有疑问请联系托育机构。",
        reasons=rules.REASONS,
        whens=_whens(request, today, next_day, opens, sheet, late=late),
        first=request.POST.get("first") or f"{next_day or today:%Y-%m-%d}",
        last=request.POST.get("last") or f"{next_day or today:%Y-%m-%d}",
        least=f"{today:%Y-%m-%d}",
        most=f"{today + timedelta(days=rules.AHEAD):%Y-%m-%d}",
        late=late,
        cutoff=_cutoff(picked.enrolment, today_counts),
    )
    response.status_code = status
    return response


def _whens(
    request: Request,
    today: date,
    next_day: date | None,
    opens: Callable[[date], bool],
    sheet: DaySheet | None,
    *,
    late: bool,
) -> list[dict[str, Any]]:
    """今天、明天、选日期；a day that cannot be asked for is greyed with its reason."""
    why = "不在托" if not opens(today) else "已到园" if _arrived(sheet) else ""
    note = why or ("已过截止" if late else _named(today))
    tomorrow = next_day == today + timedelta(days=1)
    rows: list[dict[str, Any]] = [
        {"value": "today", "title": "今天", "note": note, "off": bool(why)},
        {
            "value": "tomorrow",
            "title": "明天" if tomorrow else "下个托日",
            "note": _named(next_day) if next_day else "没有",
            "off": next_day is None,
        },
        {"value": "dates", "title": "选日期", "note": "一天或几天", "off": False},
    ]
    kept = request.POST.get("when")
    first = next((r["value"] for r in rows if not r["off"]), "dates")
    return [r | {"checked": r["value"] == (kept or first) and not r["off"]} for r in rows]


def _named(day: date) -> str:
    return f"{day:%m-%d} {WORDS[day.weekday()]}"


def _arrived(sheet: DaySheet | None) -> bool:
    return sheet is not None and sheet.status == DayStatus.PRESENT


def _open_days(enrolment: Enrolment | None) -> Callable[[date], bool]:
    def opens(day: date) -> bool:
        return enrolment is not None and day in enrolment.period and workdays.is_workday(day)

    return opens


def _is_late(enrolment: Enrolment | None) -> bool:
    """已过今天的请假截止。"""
    now = clock.now().astimezone(clock.ZONE).time()
    return enrolment is not None and now >= enrolment.institution.leave_cutoff


def _cutoff(enrolment: Enrolment | None, today_counts: bool) -> str:
    if enrolment is None:
        return ""
    now = clock.now().astimezone(clock.ZONE).time()
    return rules.cutoff_text(enrolment.institution.leave_cutoff, now, today_counts=today_counts)
