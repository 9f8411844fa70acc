"""家长的待办：what is to be done, no more; the red dot shows how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from tuoyu.core import clock, workdays
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.incidents.selectors.incidents import list_to_sign
from tuoyu.domains.messages.selectors.notices import open_received
from tuoyu.ends.family import reads
from tuoyu.ends.family.money_news import money_todo


@dataclass(frozen=True)
class Todo:
    """一件待办。"""

    icon: str
    title: str
    note: str
    url: str
    act: str


def list_todo(
    scope: Scope, children: list[Child], stays: list[Enrolment], now: datetime
) -> list[Todo]:
    """待办：today's missing child first, then answers to read, then months to confirm.

    ``children`` are one's own and ``stays`` their enrolments; the queries do not grow with them.
    """
    if scope.kind != "family" or not children:
        return []
    today = clock.day_of(now)
    month = reads.previous_month(today.replace(day=1))
    sheets = reads.sheets_by_child(scope, month, today)
    confirmed = reads.confirmed_in(scope, month)
    found: list[Todo] = []
    for child in children:
        own = sheets.get(child.pk, {})
        found += _missing_today(child, reads.stay_on(stays, child.pk, today), own.get(today), now)
        if child.pk not in confirmed:
            of_month = [s for day, s in own.items() if day < today.replace(day=1)]
            found += _last_month(scope, child, month, of_month)
    rest = [*_notices(scope, children), *_money(scope, children, now)]
    return [*_incidents(scope), *found, *rest]


def _notices(scope: Scope, children: list[Child]) -> list[Todo]:
    """园所通知：a receipt or a signature that nobody of the family has given yet."""
    names = {c.pk: c.name for c in children}
    return [
        Todo(
            "megaphone",
            f"{'签字' if r.announcement.wants_signature else '回执'}：{r.announcement.title}",
            f"{names[r.child_id]} · {r.announcement.sent_by_name}",
            f"{reverse('family:notice', args=[r.announcement_id])}?child={r.child_id}",
            "去看",
        )
        for r in open_received(scope, scope.user_id or 0)
        if r.child_id in names
    ]


def _money(scope: Scope, children: list[Child], now: datetime) -> list[Todo]:
    """钱的事：bills past their day, vouchers that came by themselves."""
    names = {c.pk: c.name for c in children}
    return [Todo(i.icon, i.title, i.note, i.url, i.act) for i in money_todo(scope, names, now)]


def _incidents(scope: Scope) -> list[Todo]:
    """伤害记录待签字。"""
    return [
        Todo(
            "heart",
            f"{it.child.name}的伤害记录待您签字",
            "签字表示您已看到，不表示同意其中的说法",
            reverse("family:incident", args=[it.pk]),
            "查看",
        )
        for it in list_to_sign(scope)
    ]


def _missing_today(
    child: Child, enrolment: Enrolment | None, sheet: DaySheet | None, now: datetime
) -> list[Todo]:
    """未到未请假：only from the cut-off to closing time of a working day."""
    today = clock.day_of(now)
    if enrolment is None or today not in enrolment.period or not workdays.is_workday(today):
        return []
    inst = enrolment.institution
    if not inst.leave_cutoff <= now.astimezone(clock.ZONE).time() < inst.closes_at:
        return []
    if sheet is not None and sheet.status is not None:
        return []
    return [
        Todo(
            "leave",
            f"{child.name}今天还没到园，也没有请假",
            f"已过请假截止 {inst.leave_cutoff:%H:%M}；请假或到园后自动消除",
            f"{reverse('family:leave')}?child={child.pk}",
            "请假",
        )
    ]


def _last_month(scope: Scope, child: Child, month: date, sheets: list[DaySheet]) -> list[Todo]:
    """上月考勤：once confirmed there is nothing left to do with it."""
    if not any(s.status is not None for s in sheets):
        return []
    disputes = reads.disputes_of(scope, child.pk, month, reads.next_month(month))
    if any(d.answered_at is None for d in disputes):
        return []  # the institution has the next step
    url = f"{reverse('family:month', args=[f'{month:%Y-%m}'])}?child={child.pk}"
    days = reads.counted(sheets, DayStatus.PRESENT)
    if disputes:
        text = f"园方已答复您对 {disputes[0].day:%m-%d} 的异议"
        return [Todo("msg", f"{child.name}：{text}", "看过答复后确认当月考勤", url, "查看")]
    title = f"确认{child.name} {month.month} 月考勤"
    return [Todo("calendar", title, f"到托 {days} 天；有不符的可逐日提出异议", url, "确认")]
