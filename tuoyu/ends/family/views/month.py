"""考勤月表：every day, corrections with both values, one tap to confirm, a day to dispute."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.periods import month_start
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Dispute, Event
from tuoyu.domains.attendance.selectors.months import closed_at
from tuoyu.domains.attendance.services import confirm_month, dispute_day
from tuoyu.domains.children.selectors import guardian_of
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.ends.family import reads, timeline
from tuoyu.ends.family.shell import Chosen, chosen, own_stays, show

STATUS = {DayStatus.PRESENT: "到托", DayStatus.LEAVE: "请假", DayStatus.ABSENT: "缺勤"}
KINDS = {DayStatus.PRESENT: "a", DayStatus.LEAVE: "l", DayStatus.ABSENT: "x"}


def parse_month(text: str) -> date:
    """月份首日；anything else is not found."""
    try:
        return month_start(text)
    except ValueError as error:
        raise NotFound from error


@page("family:month:confirm", title="考勤月表")
def month(request: Request, key: str) -> HttpResponse:
    """考勤月表。"""
    first, picked, scope = parse_month(key), chosen(request), request.actor.scope
    end, today = reads.next_month(first), clock.today()
    sheets = reads.sheets_of(scope, picked.child.pk, first, end)
    corrected = any(s.is_corrected for s in sheets.values())
    events = reads.events_of(scope, picked.child.pk, first, end) if corrected else []
    stay = reads.stay_in(own_stays(request), picked.child.pk, first)
    disputes = reads.disputes_of(scope, picked.child.pk, first, end)
    confirmed = reads.confirmation_of(scope, picked.child.pk, first)
    attended = reads.counted(sheets.values(), DayStatus.PRESENT)
    leave = reads.counted(sheets.values(), DayStatus.LEAVE)
    known = [s for s in sheets.values() if s.status is not None]
    over = today >= end
    return show(
        request,
        "family/month.html",
        "考勤月表",
        picked,
        month=first,
        key=key,
        days_title=f"{first.month} 月出勤",
        cells=_cells(first, end, sheets),
        attended=attended,
        leave=leave,
        absent=reads.counted(sheets.values(), DayStatus.ABSENT),
        rows=_rows(picked, key, _each_day(stay, first, sheets), events, disputes),
        disputes=disputes,
        closed_at=closed_at(stay.institution_id, first) if stay else None,
        confirmed=confirmed,
        confirmed_text=_confirmed(confirmed.confirmed_at) if confirmed else "",
        can_confirm=over and bool(known) and confirmed is None,
        why_not="" if over or not known else f"{end:%m-%d} 起可以确认本月考勤。",
        before=_link(picked, reads.previous_month(first)) if _has_before(picked, first) else "",
        after=_link(picked, end) if end <= today.replace(day=1) else "",
        back_url=reverse("family:services"),
    )


def _confirmed(at: Any) -> str:
    return f"您已于 {at.astimezone(clock.ZONE):%m-%d %H:%M} 确认本月考勤"


def _has_before(picked: Chosen, first: date) -> bool:
    starts = picked.enrolment.period.lower if picked.enrolment else None
    return starts is None or starts < first


def _link(picked: Chosen, first: date) -> str:
    return f"{reverse('family:month', args=[f'{first:%Y-%m}'])}?child={picked.child.pk}"


def _cells(first: date, end: date, sheets: dict[date, DaySheet]) -> list[dict[str, Any]]:
    """月历：from the Monday on or before the first day."""
    found: list[dict[str, Any]] = [{"day": ""} for _ in range(first.weekday())]
    for offset in range((end - first).days):
        day = first + timedelta(days=offset)
        sheet = sheets.get(day)
        status = DayStatus(sheet.status) if sheet and sheet.status else None
        note = STATUS[status] if status else ""
        found.append({"day": day.day, "kind": KINDS[status] if status else "", "note": note})
    return found


def _each_day(
    stay: Enrolment | None, first: date, sheets: dict[date, DaySheet]
) -> dict[date, DaySheet | None]:
    """有记录的日子，加上已过而没有记录的在托工作日（家长也可以提异议）。"""
    today = clock.today()
    past = [d for d in reads.workdays_in(stay, first) if d < today]
    # leave to come that was withdrawn leaves an empty sheet: nothing to show
    kept = {d: s for d, s in sheets.items() if s.status is not None or d <= today}
    return {**dict.fromkeys(past), **kept}


def _rows(
    picked: Chosen,
    key: str,
    days: dict[date, DaySheet | None],
    events: list[Event],
    disputes: list[Dispute],
) -> list[dict[str, Any]]:
    """每天一行，新的在前；a corrected day shows both values."""
    asked, today = {d.day for d in disputes if d.answered_at is None}, clock.today()
    rows = []
    for day, sheet in sorted(days.items(), key=lambda pair: pair[0], reverse=True):
        row: dict[str, Any] = {"day": day, "text": said(sheet), "dispute": ""}
        if sheet is not None:
            row |= {"why": sheet.reason, "corrected": sheet.is_corrected}
        if sheet is not None and sheet.is_corrected:
            was = timeline.original(e for e in events if e.day == day)
            row |= {"was": was, "now": said(sheet)}
        if day <= today and day not in asked:
            url = reverse("family:dispute", args=[key, f"{day:%Y-%m-%d}"])
            row["dispute"] = f"{url}?child={picked.child.pk}"
        rows.append(row)
    return rows


def said(sheet: DaySheet | None) -> str:
    """一天的记录写成一句。"""
    if sheet is None or sheet.status is None:
        return "没有记录"
    text = STATUS[DayStatus(sheet.status)]
    if sheet.status == DayStatus.PRESENT:
        return f"{text} {timeline.hm(sheet.in_at)}–{timeline.hm(sheet.out_at)}"
    return text


@page("family:month:confirm", title="确认考勤", log="家长确认月考勤", methods=("POST",))
def confirm(request: Request, key: str) -> HttpResponse:
    """一键确认当月考勤。"""
    first, picked = parse_month(key), chosen(request)
    confirm_month(
        scope=request.actor.scope,
        child_id=picked.child.pk,
        month=first,
        guardian_id=guardian_of(request.actor.user_id or 0).pk,
        at=clock.now(),
    )
    request.audit_persons, request.audit_note = [picked.child.pk], key
    messages.success(request, f"已确认{picked.child.name} {first.month} 月考勤")
    return redirect(_link(picked, first))


@page("family:dispute:make", title="考勤异议", log="提出考勤异议", methods=("GET", "POST"))
def dispute(request: Request, key: str, day: str) -> HttpResponse:
    """对某一天提出异议。"""
    first, picked = parse_month(key), chosen(request)
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise NotFound from error
    if on.replace(day=1) != first or on > clock.today():
        raise NotFound
    if request.method == "POST":
        try:
            return _dispute(request, picked, first, on)
        except NotFound:
            raise
        except DomainError as error:
            return _form(request, picked, on, key, [error.text], 422)
    return _form(request, picked, on, key, [], 200)


def _dispute(request: Request, picked: Chosen, first: date, on: date) -> HttpResponse:
    says, reason = request.POST.get("says", ""), request.POST.get("reason", "").strip()
    if says not in {str(s.value) for s in DayStatus}:
        raise DomainError("says", "请先点您认为这天应当是到托、请假还是缺勤")
    if not reason:
        raise DomainError("no-reason", "请简单说一下情况，园方好核对")
    dispute_day(
        scope=request.actor.scope,
        child_id=picked.child.pk,
        day=on,
        says=DayStatus(int(says)),
        reason=reason[:200],
        guardian_id=guardian_of(request.actor.user_id or 0).pk,
        at=clock.now(),
    )
    request.audit_persons, request.audit_note = [picked.child.pk], f"{on:%Y-%m-%d}"
    messages.success(request, f"已提出 {on:%m-%d} 的异议，园方答复后会通知您")
    return redirect(_link(picked, first))


def _form(
    request: Request, picked: Chosen, on: date, key: str, errors: list[str], status: int
) -> HttpResponse:
    sheet = reads.sheet_on(request.actor.scope, picked.child.pk, on)
    kept = request.POST.get("says")
    response = show(
        request,
        "family/dispute.html",
        "考勤异议",
        picked,
        day=on,
        text=said(sheet),
        errors=errors,
        reason=request.POST.get("reason", ""),
        options=[
            {"value": s.value, "title": STATUS[s], "checked": kept == str(s.value)}
            for s in DayStatus
        ],
        back_url=_link(picked, parse_month(key)),
    )
    response.status_code = status
    return response
