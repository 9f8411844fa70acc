"""多园对比：all institutions of one director side by side, and a step into each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock, rls
from tuoyu.core.access import Request, page
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.selectors import ratio_board, staff_on_duty, today_board
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.selectors import list_assignments
from tuoyu.domains.institutions.models import Institution
from tuoyu.ends.institution.todo_counts import Figures, figures_of

PERMISSION = "inst:site:compare"


@dataclass(frozen=True)
class Site:
    """一个园。"""

    institution: Institution
    switch_url: str
    is_here: bool
    arrived: int
    expected: int
    present: int
    breach: int
    near: int
    capacity: int
    children: int
    figures: Figures


@page(PERMISSION, title="多园对比")
def sites(request: Request) -> HttpResponse:
    """对比：the figures of 今日, one column a site."""
    user = User.objects.get(pk=request.actor.user_id or 0)
    posts = [a for a in list_assignments(user, clock.today()) if a.role == request.actor.role]
    with rls.as_system("本人任职的各机构；范围由任职逐一算出，不由请求给出"):
        rows = [_site(request, post, clock.now()) for post in posts if post.institution_ids]
    return render(request, "institution/sites.html", {"page_title": "多园对比", "rows": rows})


def _site(request: Request, post: Assignment, now: datetime) -> Site:
    key = post.institution_ids[0]
    scope = Scope(
        kind="institutions", institution_ids=frozenset({key}), user_id=request.actor.user_id
    )
    inst = Institution.all_rows.get(pk=key)
    board = today_board(scope, key, clock.day_of(now), now, inst.leave_cutoff)
    ratios = ratio_board(scope, key, now, board, staff_on_duty(scope, key, now))
    return Site(
        institution=inst,
        switch_url=reverse("account_switch", args=[post.pk]),
        is_here=post.pk == request.actor.assignment_id,
        arrived=board.arrived,
        expected=board.expected,
        present=board.present,
        breach=sum(r.state == "breach" for r in ratios),
        near=sum(r.state == "near" for r in ratios),
        capacity=sum(r.capacity for r in board.rooms),
        children=sum(len(r.children) for r in board.rooms),
        figures=figures_of(scope, key, now),
    )
