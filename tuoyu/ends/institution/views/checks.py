"""奖补核验：what the county asks this institution, and its answer with evidence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import NotFound
from tuoyu.core.files.contents import ACCEPT
from tuoyu.core.files.download import attachment
from tuoyu.core.files.services import open_file
from tuoyu.domains.checks import selectors, services
from tuoyu.domains.checks.models import Finding
from tuoyu.domains.checks.rules import RULES
from tuoyu.domains.checks.states import ASKED
from tuoyu.ends.institution.views.subsidies import month_title

ANSWER = "inst:check:answer"


@page(ANSWER, title="核验问询")
def listing(request: Request) -> HttpResponse:
    """县级问询本机构的事项。"""
    scope = request.actor.scope
    cases = list(selectors.list_cases(scope, only_asked=True)[:200])
    rows: list[dict[str, Any]] = [
        {
            "finding": r.finding,
            "title": r.rule.title,
            "month": month_title(r.finding.month),
            "state": r.case.state_of,
            "clock": clock_of(r.case, clock.now()) if r.case.state == ASKED else None,
        }
        for r in selectors.with_findings(scope, cases)
    ]
    for row in rows:
        left = row["clock"]
        row["share"] = left.share_permille // 10 if left else 0
    return render(request, "institution/checks.html", {"page_title": "核验问询", "rows": rows})


def _asked(request: Request, finding_id: int) -> Finding:
    """本机构被问到的一件；what was not asked yet is not found."""
    finding = selectors.access_finding(request.actor.scope, finding_id)
    if not finding.question:
        raise NotFound
    return finding


@page(ANSWER, title="答复核验问询", sensitive=True, log="查看核验证据")
def detail(request: Request, finding_id: int) -> HttpResponse:
    """一件问询。"""
    scope = request.actor.scope
    finding = _asked(request, finding_id)
    case = selectors.access_case(scope, finding)
    rule = RULES[finding.rule]
    hits = selectors.evidence_of(scope, finding)
    request.audit_persons = [h.child_id for h in hits if h.child_id is not None]
    left = clock_of(case, clock.now()) if case.state == ASKED else None
    context = {
        "page_title": rule.title,
        "crumbs": [{"title": "核验问询", "url": reverse("institution:checks")}],
        "finding": finding,
        "rule": rule,
        "month": month_title(finding.month),
        "state": case.state_of,
        "hits": hits,
        "clock": left,
        "share": left.share_permille // 10 if left else 0,
        "may_answer": case.state == ASKED,
        "accept": ACCEPT,
    }
    return render(request, "institution/check.html", context)


@page(ANSWER, title="提交核验答复", log="答复核验问询", methods=("POST",))
def answer(request: Request, finding_id: int) -> HttpResponse:
    """提交答复。"""
    _asked(request, finding_id)
    case = services.answer(
        finding_id=finding_id,
        text=request.POST.get("text", ""),
        upload=request.FILES.get("file"),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = case.title
    messages.success(request, f"已答复，现为「{case.state_of.title}」")
    return redirect("institution:check", finding_id)


@page(ANSWER, title="核验佐证附件", sensitive=True, log="下载核验佐证")
def evidence(request: Request, finding_id: int) -> HttpResponse:
    """自己交的附件。"""
    finding = _asked(request, finding_id)
    if finding.answer_file_id is None:
        raise NotFound
    return attachment(*open_file(request.actor.scope, finding.answer_file_id))
