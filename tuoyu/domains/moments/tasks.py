"""照片的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.moments.services.photos import publish_due


def register(app: procrastinate.App) -> None:
    """登记周期任务：到点自动发布。"""

    @app.periodic(cron="2-59/10 9-15 * * *")
    @app.task(name="moments.publish", queueing_lock="moments.publish", pass_context=False)
    def publish(timestamp: int) -> int:
        """发布当天标好而没有暂缓的照片（17:00 起，北京时间）。"""
        return publish_due(at=clock.now())
