"""计算方案：read the months, replay them, keep the answer with its receipt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.policies.engine import Book, digest
from tuoyu.domains.reforms.models import Scenario, State
from tuoyu.domains.reforms.rules import replaying
from tuoyu.domains.reforms.rules.plans import Axis, Plan, axis_of, digest_plan, plan_of
from tuoyu.domains.reforms.selectors import inputs

Keep = Callable[[int], None]
Within = Callable[[], AbstractContextManager[object]]
EVERY = 5  # 成批方案每算多少个记一次进度


def compute(
    scenario_id: int,
    *,
    book: Book,
    at: datetime,
    keep: Keep | None = None,
    within: Within = nullcontext,
) -> Scenario:
    """算出一个方案并存下；``keep`` is told how much is done, ``within`` wraps each reading."""
    scenario = Scenario.all_rows.get(pk=scenario_id)
    if not scenario.is_open:
        return scenario
    rows = read_rows(book, scenario, keep, within)
    results, plan, axes = answer_of(book, scenario, rows, keep)
    scenario.institutions = results.pop("institutions", [])
    scenario.results = results
    scenario.pack_sha256 = book.sha256
    scenario.input_sha256 = rows.sha256
    scenario.overlay_sha256 = digest_plan(plan, axes)
    scenario.output_sha256 = output_digest(scenario.results, scenario.institutions)
    scenario.receipt = replaying.receipt_of(
        book, rows, scenario.known_on, scenario.region_code, plan, axes
    )
    scenario.state, scenario.done, scenario.finished_at = State.DONE, scenario.total, at
    scenario.save()
    return scenario


def answer_of(
    book: Book, scenario: Scenario, rows: replaying.Rows, keep: Keep | None = None
) -> tuple[dict[str, Any], Plan, list[Axis]]:
    """由底数算出结果（不存）。"""
    if not scenario.is_sweep:
        plan = plan_of(scenario.name, scenario.spec)
        return replaying.run_single(book, plan, rows, scenario.known_on), plan, []
    plan = plan_of(scenario.name, scenario.spec["plan"])
    axes = [axis_of(axis) for axis in scenario.spec["axes"]]
    read = len(scenario.months)

    def tell(count: int) -> None:
        if keep is not None and count % EVERY == 0:
            keep(read + count)

    return replaying.run_sweep(book, plan, axes, rows, scenario.known_on, tell), plan, axes


def read_rows(
    book: Book, scenario: Scenario, keep: Keep | None = None, within: Within = nullcontext
) -> replaying.Rows:
    """逐月读底数，只读提出人看得到的区划。"""
    scope = Scope(kind="region", region_prefix=scenario.region_prefix)
    parts = []
    for place, month in enumerate(scenario.months):
        with within():
            parts.append((month, inputs.read_month(book, scenario.rule, month, scope)))
        if keep is not None:
            keep(place + 1)
    return inputs.joined(scenario.rule, parts)


def output_digest(results: dict[str, Any], institutions: list[Any]) -> str:
    """结果散列。"""
    return digest({"results": results, "institutions": institutions})


def mark_failed(scenario_id: int, why: str) -> None:
    """没有算成：the reason is kept for the page."""
    Scenario.all_rows.filter(pk=scenario_id, state__in=(State.WAITING, State.RUNNING)).update(
        state=State.FAILED, why=why[:200]
    )


def reason_of(error: Exception) -> str:
    """给人看的原因。"""
    if isinstance(error, DomainError):
        return error.text
    return "计算时出错，已记入系统日志；请稍后重新提出，仍不成请联系运维"
