"""保险的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.insurance.selectors import tender_on
from tuoyu.domains.insurance.services import remind, sync_roster


def register(app: procrastinate.App) -> None:
    """登记周期任务：名册每夜随入托增减，续保提醒。"""

    @app.periodic(cron="10 2 * * *")
    @app.task(name="insurance.roster", queueing_lock="insurance.roster", pass_context=False)
    def roster(timestamp: int) -> int:
        """更新名册，提醒续保。"""
        now = clock.now()
        remind(at=now)
        tender = tender_on(now.date())
        return sum(sync_roster(tender=tender, on=now.date())) if tender else 0
