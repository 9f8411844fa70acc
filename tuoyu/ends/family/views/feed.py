"""动态、消息、服务、我的：the other four tabs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.policies.books import current_book
from tuoyu.ends.family import reads, timeline
from tuoyu.ends.family.moments_line import tell_moments
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show

SPAN = 14


@page("family:home:view", title="动态")
def feed(request: Request) -> HttpResponse:
    """动态：the line of one child, day by day."""
    if not own_children(request):
        return show(request, "family/nobody.html", "动态")
    picked = chosen(request)
    items = line_of(request.actor.scope, picked.child, SPAN)
    return show(request, "family/feed.html", "动态", picked, days=timeline.by_day(items), span=SPAN)


def line_of(scope: Scope, child: Child, span: int) -> list[timeline.Item]:
    """最近若干天的动态。"""
    start, end = reads.day_range(span, clock.today())
    events = reads.events_since(scope, child.pk, clock.at(start))
    relations = reads.relations_of(scope, child.pk)
    month = start.replace(day=1)
    confirmed = [
        c
        for c in (
            reads.confirmation_of(scope, child.pk, m)
            for m in (reads.previous_month(month), month, reads.next_month(month))
        )
        if c is not None
    ]
    disputes = reads.disputes_of(scope, child.pk, start - timedelta(days=92), end)
    found = [*timeline.tell(events, relations), *timeline.acts(confirmed, disputes)]
    found += tell_moments(scope, child.pk, clock.at(start))
    return [i for i in found if clock.day_of(i.at) >= start]


@page("family:home:view", title="服务")
def services(request: Request) -> HttpResponse:
    """服务：what exists, nothing else."""
    if not own_children(request):
        return show(request, "family/nobody.html", "服务")
    picked = chosen(request)
    month = f"{clock.today():%Y-%m}"
    grid = [
        {"title": "接送码", "icon": "qr", "url": reverse("family:code")},
        {"title": "请假", "icon": "leave", "url": reverse("family:leave")},
        {"title": "喂药委托", "icon": "pill", "url": reverse("family:medicines")},
        {"title": "伤害记录", "icon": "heart", "url": reverse("family:incidents")},
        {
            "title": "考勤月表",
            "icon": "calendar",
            "url": reverse("family:month", args=[month]),
        },
        {"title": "联络簿", "icon": "book", "url": reverse("family:book")},
        {"title": "园所通知", "icon": "megaphone", "url": reverse("family:notices")},
        {"title": "食谱", "icon": "bowl", "url": reverse("family:menu")},
        {"title": "过敏与忌口", "icon": "heart", "url": reverse("family:allergy")},
        {"title": "费用", "icon": "receipt", "url": reverse("family:fees")},
        {"title": "补助怎么算", "icon": "yuan", "url": reverse("family:subsidies")},
        {"title": "计时托预约", "icon": "clock", "url": reverse("family:bookings")},
        {"title": "科学育儿", "icon": "book", "url": reverse("family:articles")},
        {"title": "养育活动", "icon": "family", "url": reverse("family:groups")},
        {"title": "投诉与意见", "icon": "mail", "url": reverse("family:complaints")},
        {"title": "报名入托", "icon": "child", "url": reverse("family:admissions")},
        {"title": "谁看过档案", "icon": "eye", "url": reverse("family:access")},
        {"title": "相册与成长", "icon": "camera", "url": reverse("family:album")},
        {"title": "同意与撤回", "icon": "shield", "url": reverse("family:consents")},
    ]
    if "voucher" in current_book().rules:
        grid.insert(3, {"title": "托育券", "icon": "ticket", "url": reverse("family:vouchers")})
    inst = picked.enrolment.institution if picked.enrolment else None
    return show(request, "family/services.html", "服务", picked, grid=grid, inst=inst)


@page("family:home:view", title="我的")
def me(request: Request) -> HttpResponse:
    """我的。"""
    if not own_children(request):
        return show(request, "family/me.html", "我的")
    picked = chosen(request)
    rows = people(request.actor.scope, picked)
    return show(request, "family/me.html", "我的", picked, people=rows)


def people(scope: Scope, picked: Chosen) -> list[dict[str, Any]]:
    """监护人与接送人，以及能否接走。"""
    return [
        {
            "relation": Guardianship.Relation(row.relation).label,
            "name": row.guardian.name,
            "icon": "ban" if row.is_blocked else "me",
            "note": _right(row),
        }
        for row in reads.people_of(scope, picked.child.pk, clock.today())
    ]


def _right(row: Guardianship) -> str:
    if row.is_blocked:
        return "禁止接走，也看不到孩子的信息"
    parts = ["监护人" if row.is_guardian else "接送人"]
    parts.append("可接送" if row.can_pick_up else "不接送")
    return "，".join(parts)
