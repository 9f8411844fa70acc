"""核验的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.core.periods import add_months
from tuoyu.domains.checks.services import CLERK, run_month


def register(app: procrastinate.App) -> None:
    """登记周期任务：the month that has closed, on several nights, since institutions close late."""

    @app.periodic(cron="40 2 4,8,12 * *")
    @app.task(name="checks.run", queueing_lock="checks.run", pass_context=False)
    def run(timestamp: int) -> int:
        """核验上月。"""
        now = clock.now()
        return run_month(month=add_months(now.date().replace(day=1), -1), by=CLERK, at=now).opened
