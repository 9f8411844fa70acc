"""报名入托的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.admissions.services.offers import expire_due


def register(app: procrastinate.App) -> None:
    """登记周期任务：offers that have run out go on hold."""

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="admissions.expire", queueing_lock="admissions.expire", pass_context=False)
    def expire(timestamp: int) -> int:
        """录取到期自动暂缓。"""
        return expire_due(clock.now())
