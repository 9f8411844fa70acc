"""公示的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.publicity import services


def register(app: procrastinate.App) -> None:
    """登记周期任务：notices end at midnight; every ten minutes, so that none waits for a night."""

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="publicity.close", queueing_lock="publicity.close", pass_context=False)
    def close(timestamp: int) -> int:
        """结束到期的公示。"""
        return services.close_due(clock.now())
