"""喂药的后台任务：the alarm each minute, the filing away each night."""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.medicine import services


def register(app: procrastinate.App) -> None:
    """登记周期任务。"""

    @app.periodic(cron="* * * * *")
    @app.task(name="medicine.alarm", queueing_lock="medicine.alarm", pass_context=False)
    def alarm(timestamp: int) -> int:
        """到时提醒。"""
        return services.raise_due(at=clock.now())

    @app.periodic(cron="5 0 * * *")
    @app.task(name="medicine.archive", queueing_lock="medicine.archive", pass_context=False)
    def archive(timestamp: int) -> int:
        """到期归档。"""
        return services.archive(at=clock.now())
