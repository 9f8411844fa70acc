"""投诉的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.complaints import services


def register(app: procrastinate.App) -> None:
    """登记周期任务：overdue complaints go up every half hour."""

    @app.periodic(cron="*/30 * * * *")
    @app.task(name="complaints.escalate", queueing_lock="complaints.escalate", pass_context=False)
    def escalate(timestamp: int) -> int:
        """逾期上报县级。"""
        return services.escalate_due(clock.now())
