"""政策沙盘的往事：the question everybody asks, answered in the demo city before today.

「300 改成 400」: the ceiling alone (its answer tells what it costs if all follow), and a sweep.
Asked by the city officer through the same service as the page.
"""

from __future__ import annotations

from datetime import timedelta

from tuoyu.core import clock, workdays
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine.model import Key
from tuoyu.domains.reforms.rules.plans import Axis, Plan
from tuoyu.domains.reforms.selectors.inputs import recent_months
from tuoyu.domains.reforms.services import propose, propose_sweep
from tuoyu.sim.state import Built

RULE, CEILING, AMOUNT = "class_subsidy", "class_subsidy.ceiling", "class_subsidy.amount"


def ask_sandbox(b: Built) -> None:
    """提出一个方案和一批方案；a pack without the rule has none."""
    book = current_book()
    if b.scale.until is not None or RULE not in book.rules:
        return
    day = workdays.before(b.city.now.date(), 2)
    at = clock.at(day, 10, 20)
    by = b.people.city
    if not recent_months(by.scope, day):
        return
    to_400: dict[str, dict[Key, int]] = {CEILING: {("infant",): 40_000}}
    propose(book=book, rule_id=RULE, plan=Plan("乳儿班上限 300 改 400", to_400), by=by, at=at)
    keys = tuple((unit.code, "infant") for unit in book.city.units if unit.counted)
    propose_sweep(
        book=book,
        rule_id=RULE,
        plan=Plan("乳儿班县定标准 100 至 400 元", to_400),
        axes=[Axis(AMOUNT, keys, 10_000, 40_000, 2_000)],
        by=by,
        at=at + timedelta(minutes=15),
    )
