"""牌照与摘牌：told first, heard, then decided by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.services import clock_of
from tuoyu.domains.quality import selectors, services
from tuoyu.domains.quality.models import Award
from tuoyu.domains.quality.progress import progress
from tuoyu.domains.quality.standard import level_title
from tuoyu.domains.quality.states import DECIDE, JUDGE, STATEMENT, TELL
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.government.paging import SIZES, page_of

VIEW = "quality:application:view"
STATES = {
    "valid": ("有效", "ok"), "waiting": ("未到起始日", "info"),
    "expired": ("已到期", "warn"), "withdrawn": ("已摘牌", "danger"),
}  # fmt: skip


def _state(award: Award) -> tuple[str, str]:
    return STATES[award.state_on(clock.today())]


@page(VIEW, title="牌照")
def listing(request: Request) -> HttpResponse:
    """授牌名册。"""
    listed = page_of(request, selectors.list_awards(request.actor.scope))
    names = unit_names()
    context = {
        "page_title": "牌照",
        "crumbs": [{"title": "认定与评定", "url": reverse("government:quality")}],
        "listed": listed,
        "sizes": SIZES,
        "rows": [
            (a, names.get(a.institution.unit_code, ""), level_title(a.level), *_state(a))
            for a in listed
        ],
        "withdrawals": selectors.waiting_withdrawals(request.actor.scope),
    }
    return render(request, "government/plaques.html", context)


@page(VIEW, title="牌照详情")
def detail(request: Request, award_id: int) -> HttpResponse:
    """一块牌。"""
    award = selectors.access_award(request.actor.scope, award_id)
    word, tone = _state(award)
    context = {
        "page_title": f"{award.institution.name} {level_title(award.level)}",
        "crumbs": [{"title": "牌照", "url": reverse("government:plaques")}],
        "award": award,
        "title": level_title(award.level),
        "word": word,
        "tone": tone,
        "withdrawals": selectors.list_withdrawals(request.actor.scope, award),
        "may_tell": tone in ("ok", "info") and request.actor.may(TELL),
    }
    return render(request, "government/plaque.html", context)


@page(TELL, title="告知拟摘牌", log="告知拟摘牌", methods=("POST",))
def tell(request: Request, award_id: int) -> HttpResponse:
    """告知。"""
    made = services.tell_withdrawal(
        award_id=award_id,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = made.award.number
    messages.success(request, "已告知机构，5 个工作日内可陈述申辩或要求听证")
    return redirect("government:withdrawal", made.pk)


@page(VIEW, title="摘牌")
def withdrawal(request: Request, withdrawal_id: int) -> HttpResponse:
    """一件摘牌。"""
    found = selectors.access_withdrawal(request.actor.scope, withdrawal_id)
    case = selectors.access_withdrawal_case(request.actor.scope, found)
    now = clock.now()
    overdue = case.state == STATEMENT and case.due_at is not None and now >= case.due_at
    context: dict[str, Any] = {
        "page_title": "摘牌",
        "crumbs": [{"title": "牌照", "url": reverse("government:plaques")}],
        "w": found,
        "title": level_title(found.award.level),
        "state": case.state_of,
        "clock": clock_of(case, now) if case.closed_at is None else None,
        "steps": progress(case, selectors.list_steps(case)),
        "may_lapse": overdue and request.actor.may(JUDGE),
        "may_judge": case.state == DECIDE and request.actor.may(JUDGE),
    }
    return render(request, "government/withdrawal.html", context)


@page(JUDGE, title="逾期未陈述", log="摘牌逾期未陈述", methods=("POST",))
def lapse(request: Request, withdrawal_id: int) -> HttpResponse:
    """逾期未陈述。"""
    services.lapse(withdrawal_id=withdrawal_id, by=request.actor, at=clock.now())
    messages.success(request, "已记录逾期未陈述，待决定")
    return redirect("government:withdrawal", withdrawal_id)


@page(JUDGE, title="决定是否摘牌", log="决定是否摘牌", methods=("POST",))
def judge(request: Request, withdrawal_id: int) -> HttpResponse:
    """决定。"""
    withdraw = request.POST.get("verdict") == "withdraw"
    done = services.judge_withdrawal(
        withdrawal_id=withdrawal_id,
        withdraw=withdraw,
        reason=request.POST.get("reason", ""),
        hearing=request.POST.get("hearing", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{done.award.number} {'摘牌' if withdraw else '不予摘牌'}"
    messages.success(request, "已摘牌，验牌页随即显示" if withdraw else "已决定不予摘牌")
    return redirect("government:withdrawal", withdrawal_id)
