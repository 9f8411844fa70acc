"""沙盘的后台任务。"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import procrastinate
from django.db import transaction

from tuoyu.core import clock, rls
from tuoyu.core.scope import Scope
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.reforms.models import Scenario, State
from tuoyu.domains.reforms.services import running
from tuoyu.domains.reforms.services.proposing import TASK

log = logging.getLogger(__name__)


def register(app: procrastinate.App) -> None:
    """登记任务。"""

    @app.task(name=TASK, pass_context=False)
    def compute(scenario_id: int) -> None:
        """计算一个方案。"""
        run(scenario_id)


def run(scenario_id: int) -> None:
    """以提出人的数据范围计算；a failure leaves its reason, never half an answer."""
    prefix = Scenario.all_rows.values_list("region_prefix", flat=True).get(pk=scenario_id)
    try:
        running.compute(
            scenario_id,
            book=current_book(),
            at=clock.now(),
            keep=lambda done: _progress(scenario_id, done),
            within=lambda: _scoped(Scope(kind="region", region_prefix=prefix)),
        )
    except Exception as error:
        log.exception("scenario %s failed", scenario_id)
        running.mark_failed(scenario_id, running.reason_of(error))


@contextmanager
def _scoped(scope: Scope) -> Iterator[None]:
    """每个月一个短事务：progress is seen while the next is read."""
    with transaction.atomic():
        rls.enter(scope)
        yield
        rls.leave()


def _progress(scenario_id: int, done: int) -> None:
    Scenario.all_rows.filter(pk=scenario_id).update(state=State.RUNNING, done=done)
