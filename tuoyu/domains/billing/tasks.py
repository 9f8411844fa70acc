"""收费的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.billing.services.reminding import remind_due


def register(app: procrastinate.App) -> None:
    """登记周期任务：in the morning, when families look at their phones."""

    @app.periodic(cron="30 9 * * *")
    @app.task(name="billing.remind", queueing_lock="billing.remind", pass_context=False)
    def remind(timestamp: int) -> int:
        """逾期账单提醒家长。"""
        return remind_due(clock.now())
