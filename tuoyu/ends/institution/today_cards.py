"""今日六张卡：present, ratio, unpaid, unsigned, expiring, unread; each opens its list.

A card that a person may not open is not shown to him.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.selectors import TodayBoard
from tuoyu.domains.attendance.selectors.desk import list_disputes, list_waiting
from tuoyu.domains.kitchen.selectors.allergies import count_waiting
from tuoyu.domains.kitchen.selectors.days import missing_samples
from tuoyu.domains.reports.models import Report, ReportKind
from tuoyu.domains.safety.selectors import late_hazards, overdue_count
from tuoyu.domains.workforce.selectors.rota import count_asked
from tuoyu.ends.institution.todo_counts import Figures, figures_of
from tuoyu.ends.institution.views.todo import WITHIN


@dataclass(frozen=True)
class Card:
    """一张卡。"""

    name: str
    text: str
    unit: str
    note: str
    url: str
    kind: str = ""


def cards(
    actor: Actor,
    seen: TodayBoard,
    ratio: tuple[int, int],
    unread: int,
    now: datetime,
    *,
    is_open: bool,
) -> list[Card]:
    """六张卡，in the order in which a day asks for them."""
    found = [_present(seen, is_open=is_open), _ratio(*ratio)]
    if actor.may("inst:staff:manage"):
        figures = figures_of(actor.scope, seen.institution_id, now)
        found += [_unpaid(figures), _unsigned(figures), _due(figures)]
    kind = "warn" if unread else ""
    note = "家长留言、通知和要您办的事"
    found.append(Card("未读", str(unread), "条", note, reverse("account_messages"), kind))
    return found


def _present(seen: TodayBoard, *, is_open: bool) -> Card:
    late = is_open and seen.is_past_cutoff and seen.missing > 0
    cut = f"{seen.leave_cutoff:%H:%M}"
    note = f"在园 {seen.present} 人，请假和缺勤 {seen.on_leave} 人"
    if late:
        note = f"未到未请假 {seen.missing} 人，{cut} 已截止"
    elif is_open and seen.missing:
        note = f"还没到 {seen.missing} 人，请假 {seen.on_leave} 人"
    return Card(
        "已到／应到",
        f"{seen.arrived}/{seen.expected}",
        "",
        note,
        "#missing" if late else reverse("institution:sheets"),
        "danger" if late else "",
    )


def _ratio(breach: int, near: int) -> Card:
    only_near = near > 0 and not breach
    return Card(
        "师幼比",
        str(near if only_near else breach),
        "个班差一人即超" if only_near else "个班不足",
        "只计在岗、证件有效的保育人员",
        "#rooms",
        "danger" if breach else "warn" if near else "ok",
    )


def _unpaid(f: Figures) -> Card:
    note = f"逾期 {f.late} 张" if f.late else "没有逾期"
    if f.part:
        note += f"，另 {f.part} 张部分缴"
    kind = "danger" if f.late else "warn" if f.unpaid else "ok"
    url = reverse("institution:fee_bills") + "?state=unpaid"
    return Card("未缴费", str(f.unpaid), "张", note, url, kind)


def _unsigned(f: Figures) -> Card:
    kind = "warn" if f.unsigned else "ok"
    url = reverse("institution:unsigned")
    return Card("待签字", str(f.unsigned), "份", "伤害记录、喂药核对", url, kind)


def _due(f: Figures) -> Card:
    kind = "danger" if f.over else "warn" if f.due else "ok"
    note = f"其中 {f.over} 件已到期或未查" if f.over else f"{WITHIN} 天之内"
    return Card("将到期", str(f.due), "件", note, reverse("institution:expiring"), kind)


def also(actor: Actor, institution_id: int, now: datetime) -> list[dict[str, object]]:
    """另有要办的：only what is there, each with its list."""
    day = clock.day_of(now)
    found = [("待核考勤", list_waiting(actor.scope, institution_id, day).count(), "waiting")]
    if actor.may("inst:dispute:answer"):
        asked = list_disputes(actor.scope, institution_id, is_open=True).count()
        found.append(("家长异议待答复", asked, "disputes"))
    if actor.may("inst:leave:decide"):
        found.append(("员工请假待批", count_asked(actor.scope, institution_id), "leaves"))
    if actor.may("inst:report:submit"):
        found.append(("上月月报未报出", _unsent(actor, institution_id, day), "reports"))
    if actor.may("inst:safety:view"):
        tasks = overdue_count(actor.scope, institution_id, now)
        hazards = late_hazards(actor.scope, institution_id, day)
        found += [("漏巡", tasks, "safety"), ("隐患超期", hazards, "safety")]
    if actor.may("inst:kitchen:manage"):
        asked = count_waiting(actor.scope, institution_id)
        found.append(("过敏申报待核对", asked, "kitchen_allergies"))
    if actor.may("inst:kitchen:serve"):
        kept = len(missing_samples(actor.scope, institution_id, now))
        found.append(("菜品待留样", kept, "kitchen_samples"))
    return [
        {"name": name, "count": count, "url": reverse(f"institution:{route}")}
        for name, count, route in found
        if count
    ]


def _unsent(actor: Actor, institution_id: int, day: date) -> int:
    month = add_months(day.replace(day=1), -1)
    rows = Report.objects.visible_to(actor.scope).filter(
        institution_id=institution_id, kind=ReportKind.MONTH, from_on=month
    )
    return int(not rows.filter(submitted_at__isnull=False).exists())
