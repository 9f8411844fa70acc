"""奖补核验：the list, one case with its evidence, asking and deciding, and the rules themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.download import attachment
from tuoyu.core.files.services import open_file
from tuoyu.core.periods import add_months, month_start
from tuoyu.domains.checks import selectors, services
from tuoyu.domains.checks.catalogue import CHECK
from tuoyu.domains.checks.models import Finding
from tuoyu.domains.checks.rules import ALL, RULES
from tuoyu.domains.checks.states import ANSWERED, ASKED, DOUBT, OPEN
from tuoyu.domains.regions.selectors import list_units_in, unit_names
from tuoyu.domains.subsidies.selectors import statements
from tuoyu.ends.government.paging import SIZES, options, page_of

VIEW, DECIDE = "gov:check:view", "gov:check:decide"


def month_title(month: date) -> str:
    """2025 年 9 月。"""
    return f"{month.year} 年 {month.month} 月"


@page(VIEW, title="奖补核验")
def listing(request: Request) -> HttpResponse:
    """核验事项。"""
    scope = request.actor.scope
    months = selectors.list_months(scope)
    month = _asked_month(request.GET.get("month", ""))
    rule, county = request.GET.get("rule", ""), request.GET.get("county", "")
    state = request.GET.get("state", "")
    cases = selectors.list_cases(scope, month=month, rule=rule, county=county, state=state)
    listed = page_of(request, cases)
    names = unit_names()
    units = [(u.code, u.name) for u in list_units_in(scope)]
    run = selectors.last_run()
    context = {
        "page_title": "奖补核验",
        "months": options([(f"{m:%Y-%m}", month_title(m)) for m in months],
                          f"{month:%Y-%m}" if month else ""),
        "rules": options([(r.code, r.title) for r in ALL], rule),
        "units": options(units, county) if len(units) > 1 else [],
        "states": options([(k, s.title) for k, s in CHECK.states.items()], state),
        "is_filtered": bool(month or rule or county or state),
        "listed": listed,
        "sizes": SIZES,
        "rows": [_row(r, names) for r in selectors.with_findings(scope, list(listed))],
        "facts": _facts(selectors.count_states(scope)),
        "run": run,
        "run_month": f"{add_months(clock.today().replace(day=1), -1):%Y-%m}",
        "may_run": request.actor.may("gov:check:run"),
    }  # fmt: skip
    return render(request, "government/checks.html", context)


def _asked_month(text: str) -> date | None:
    try:
        return month_start(text) if text else None
    except ValueError:
        return None


def _row(row: Any, names: dict[str, str]) -> dict[str, Any]:
    left = clock_of(row.case, clock.now()) if row.case.state_of.is_open else None
    code = row.finding.region_code
    return {
        "finding": row.finding,
        "name": row.institution_name,
        "unit": names.get(code, code),
        "rule": row.rule.title,
        "month": month_title(row.finding.month),
        "state": row.case.state_of.title,
        "tone": row.case.state_of.tone,
        "clock": left,
        "share": left.share_permille // 10 if left else 0,
    }


def _facts(states: dict[str, int]) -> list[dict[str, str]]:
    """概要条。"""
    told = [("待县级核查", (OPEN,)), ("待机构答复", (ASKED,)), ("待县级认定", (ANSWERED,)),
            ("属实", ("true",)), ("不属实", ("false",)), ("存疑", ("doubt",))]  # fmt: skip
    return [
        {"name": name, "text": str(sum(states.get(k, 0) for k in keys)), "note": "件"}
        for name, keys in told
    ]


@page("gov:check:run", title="运行核验", log="运行核验", methods=("POST",))
def run(request: Request) -> HttpResponse:
    """核验一个月。"""
    try:
        month = month_start(request.POST.get("month", ""))
    except ValueError as error:
        raise DomainError("date", "月份应如 2025-09，请改正后再运行") from error
    done = services.run_month(month=month, by=request.actor, at=clock.now())
    text = f"{month_title(month)}核验完成：新立 {done.opened} 件"
    if done.vanished:
        text += f"，{done.vanished} 件复核已无命中"
    request.audit_note = text
    messages.success(request, text)
    return redirect(f"{reverse('government:checks')}?month={month:%Y-%m}")


@page(VIEW, title="核验事项", sensitive=True, log="查看核验证据")
def detail(request: Request, finding_id: int) -> HttpResponse:
    """一件核验事项。"""
    scope, actor = request.actor.scope, request.actor
    finding = selectors.access_finding(scope, finding_id)
    case = selectors.access_case(scope, finding)
    rule = RULES[finding.rule]
    hits = selectors.evidence_of(scope, finding)
    request.audit_persons = [h.child_id for h in hits if h.child_id is not None]
    name = selectors.name_institution(finding.institution_id)
    steps = statements.timeline(case, statements.list_steps(case))
    is_late = case.state == ASKED and case.due_at is not None and case.due_at <= clock.now()
    may = actor.may(DECIDE)
    context = {
        "page_title": f"{name}：{rule.title}",
        "crumbs": [
            {"title": "奖补核验", "url": reverse("government:checks")},
            {"title": month_title(finding.month),
             "url": f"{reverse('government:checks')}?month={finding.month:%Y-%m}"},
        ],
        "finding": finding,
        "rule": rule,
        "state": case.state_of,
        "steps": [_renamed(s) for s in steps],
        "hits": hits,
        "params": _params(finding),
        "object": f"{name} {month_title(finding.month)} · {rule.title} · {finding.hits} 项",
        "may_ask": may and case.state in (OPEN, DOUBT),
        "may_dismiss": may and case.state == OPEN,
        "may_decide": may and (case.state == ANSWERED or is_late),
        "may_follow": may and finding.conclusion == Finding.Conclusion.TRUE,
        "follows": Finding.Follow.choices,
        "settlements": f"{reverse('government:settlements')}?month={finding.month:%Y-%m}",
    }  # fmt: skip
    return render(request, "government/check.html", context)


def _renamed(stage: statements.Stage) -> statements.Stage:
    if stage.title != "计算":
        return stage
    return statements.Stage(stage.state, "规则命中", stage.lines, stage.opinion)


def _params(finding: Finding) -> list[dict[str, str]]:
    rule = RULES[finding.rule]
    return [
        {"name": p.title, "text": f"{finding.params.get(p.code, p.default)} {p.unit}"}
        for p in rule.params
    ]


def _done(request: Request, finding_id: int, case: Case) -> HttpResponse:
    request.audit_note = case.title
    messages.success(request, f"已办：{case.title}，现为「{case.state_of.title}」")
    return redirect("government:check", finding_id)


@page(DECIDE, title="问询机构", log="核验问询", methods=("POST",))
def ask(request: Request, finding_id: int) -> HttpResponse:
    """问询机构。"""
    question = request.POST.get("reason", "")
    case = services.ask(finding_id=finding_id, question=question, by=request.actor, at=clock.now())
    return _done(request, finding_id, case)


@page(DECIDE, title="核验认定", log="核验认定", methods=("POST",))
def decide(request: Request, finding_id: int, conclusion: str) -> HttpResponse:
    """属实、不属实、存疑。"""
    case = services.decide(
        finding_id=finding_id,
        conclusion=conclusion,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    return _done(request, finding_id, case)


@page(DECIDE, title="后续处理", log="核验后续处理", methods=("POST",))
def follow(request: Request, finding_id: int) -> HttpResponse:
    """登记后续处理。"""
    services.follow_up(
        finding_id=finding_id,
        follow=request.POST.get("follow", ""),
        note=request.POST.get("note", ""),
        link=request.POST.get("link", ""),
        by=request.actor,
        at=clock.now(),
    )
    messages.success(request, "后续处理已登记")
    return redirect("government:check", finding_id)


@page(VIEW, title="机构佐证", sensitive=True, log="下载核验佐证")
def evidence(request: Request, finding_id: int) -> HttpResponse:
    """机构答复的附件。"""
    finding = selectors.access_finding(request.actor.scope, finding_id)
    if finding.answer_file_id is None:
        raise NotFound
    return attachment(*open_file(request.actor.scope, finding.answer_file_id))


@page(VIEW, title="核验规则")
def rules(request: Request) -> HttpResponse:
    """全部规则。"""
    context = {
        "page_title": "核验规则",
        "crumbs": [{"title": "奖补核验", "url": reverse("government:checks")}],
        "rows": selectors.rules_now(request.actor.scope),
        "run": selectors.last_run(),
    }
    return render(request, "government/check_rules.html", context)


@page(VIEW, title="一条核验规则")
def rule(request: Request, check_rule: str) -> HttpResponse:
    """一条规则：its words, parameters and their history."""
    if check_rule not in RULES:
        raise NotFound
    rows = selectors.rules_now(request.actor.scope)
    now = next(r for r in rows if r.rule.code == check_rule)
    context = {
        "page_title": now.rule.title,
        "crumbs": [
            {"title": "奖补核验", "url": reverse("government:checks")},
            {"title": "核验规则", "url": reverse("government:check_rules")},
        ],
        "now": now,
        "changes": [(c, now.rule.param(c.code)) for c in selectors.list_changes(now.rule)],
        "may_tune": request.actor.may("gov:check:tune"),
    }
    return render(request, "government/check_rule.html", context)


@page("gov:check:tune", title="改核验参数", log="改核验参数", methods=("POST",))
def tune(request: Request, check_rule: str) -> HttpResponse:
    """改一个参数。"""
    text = request.POST.get("value", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise DomainError("number", "参数值须是整数，请改正后再保存")
    change = services.set_param(
        rule=check_rule,
        code=request.POST.get("code", ""),
        value=int(text),
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{check_rule}.{change.code} 改为 {change.value}：{change.reason}"
    messages.success(request, "参数已改，下次核验起用")
    return redirect("government:check_rule", check_rule)
