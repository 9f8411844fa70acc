"""指标的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.indicators import services


def register(app: procrastinate.App) -> None:
    """登记周期任务：figures every night, free places every half hour outside the morning peak."""

    @app.periodic(cron="20 1 * * *")
    @app.task(name="indicators.refresh", queueing_lock="indicators.refresh", pass_context=False)
    def refresh(timestamp: int) -> int:
        """统计指标。"""
        return services.refresh_all(clock.now())

    @app.periodic(cron="*/30 0-6,9-23 * * *")
    @app.task(name="indicators.vacancies", queueing_lock="indicators.vacancies", pass_context=False)
    def vacancies(timestamp: int) -> int:
        """公布余位。"""
        return services.publish_vacancies(clock.now())
