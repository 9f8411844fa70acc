"""托育券的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.vouchers.services.drawing import draw_due
from tuoyu.domains.vouchers.services.ending import NIGHT, expire_due


def register(app: procrastinate.App) -> None:
    """登记周期任务：just after midnight, then every ten minutes for holds that ran out."""

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="vouchers.expire", queueing_lock="vouchers.expire", pass_context=False)
    def expire(timestamp: int) -> int:
        """到期回收与锁定超时。"""
        return expire_due(clock.now())

    @app.periodic(cron="5 * * * *")
    @app.task(name="vouchers.draw", queueing_lock="vouchers.draw", pass_context=False)
    def draw(timestamp: int) -> int:
        """到时摇号。"""
        return draw_due(by=NIGHT, at=clock.now())
