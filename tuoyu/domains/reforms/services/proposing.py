"""提出方案：checked first, then computed at once when short, in the background when long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.reforms.models import Kind, Scenario
from tuoyu.domains.reforms.rules.plans import Axis, Plan, PlanError, check_plan, points_of
from tuoyu.domains.reforms.selectors import inputs
from tuoyu.domains.reforms.services.running import compute
from tuoyu.domains.regions.selectors import home_region

TASK = "reforms.compute"
AT_ONCE = 30_000  # 人月；more is computed by the worker
SWEEP_AT_ONCE = 2_000_000  # 人月 × 方案


def propose(*, book: Book, rule_id: str, plan: Plan, by: Actor, at: datetime) -> Scenario:
    """提出一个方案。"""
    if plan.is_empty:
        raise DomainError("no-change", "方案没有改动任何参数；请至少填一格，或勾选“都跟到上限”")
    months = _months(rule_id, by, at)
    _checked(book, rule_id, months, plan, at)
    return _begin(book, rule_id, Kind.SINGLE, plan, months, plan.to_json(), 1, by, at)


def propose_sweep(
    *, book: Book, rule_id: str, plan: Plan, axes: Sequence[Axis], by: Actor, at: datetime
) -> Scenario:
    """提出一批方案。"""
    months = _months(rule_id, by, at)
    _checked(book, rule_id, months, plan, at)
    try:
        points = points_of(plan, axes)
    except PlanError as error:
        raise DomainError("bad-plan", str(error)) from error
    spec = {"plan": plan.to_json(), "axes": [axis.to_json() for axis in axes]}
    return _begin(book, rule_id, Kind.SWEEP, plan, months, spec, len(points), by, at)


def _months(rule_id: str, by: Actor, at: datetime) -> list[str]:
    if inputs.source_of(rule_id) is None:
        raise DomainError("no-inputs", f"规则“{rule_id}”还没有可重放的底数，请另选规则")
    months = inputs.recent_months(by.scope, at.date())
    if not months:
        raise DomainError("no-months", "本区还没有月结的月份，没有可重放的考勤；月结后再试")
    return months


def _checked(book: Book, rule_id: str, months: list[str], plan: Plan, at: datetime) -> None:
    try:
        check_plan(book, rule_id, months, at.date(), plan)
    except PlanError as error:
        raise DomainError("bad-plan", str(error)) from error


def _begin(
    book: Book,
    rule_id: str,
    kind: Kind,
    plan: Plan,
    months: list[str],
    spec: dict[str, Any],
    points: int,
    by: Actor,
    at: datetime,
) -> Scenario:
    region = home_region(by.scope)
    made = Scenario.all_rows.create(
        name=plan.name[:80],
        kind=kind,
        rule=rule_id,
        spec=spec,
        months=months,
        known_on=at.date(),
        region_code=region.code,
        region_prefix=region.prefix,
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
        total=len(months) + points,
    )
    rows = inputs.count_rows(by.scope, months)
    if rows <= AT_ONCE and rows * points <= SWEEP_AT_ONCE:
        return compute(made.pk, book=book, at=at)
    app.configure_task(TASK).defer(scenario_id=made.pk)
    return made
