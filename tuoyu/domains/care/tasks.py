"""班上的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.care.services.rounds import find_missed_rounds


def register(app: procrastinate.App) -> None:
    """登记周期任务：a missed round is found within a minute, whether or not a page is open."""

    @app.periodic(cron="* * * * *")
    @app.task(name="care.rounds", queueing_lock="care.rounds", pass_context=False)
    def rounds(timestamp: int) -> int:
        """查睡眠巡视。"""
        return find_missed_rounds(clock.now())
