"""报表与导出的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.reports import services


def register(app: procrastinate.App) -> None:
    """登记任务：a pack is made once; warnings go out in the morning."""

    @app.task(name="reports.export", pass_context=False)
    def export(export_id: int) -> int:
        """打包导出。"""
        try:
            return services.pack(export_id=export_id, at=clock.now()).size or 0
        except Exception:
            services.mark_failed(export_id=export_id, at=clock.now())
            raise

    @app.periodic(cron="0 7 * * *")
    @app.task(name="reports.warn", queueing_lock="reports.warn", pass_context=False)
    def warn(timestamp: int) -> int:
        """到期提醒。"""
        return services.warn_expiring(at=clock.now())

    @app.periodic(cron="30 3 * * *")
    @app.task(name="reports.clear", queueing_lock="reports.clear", pass_context=False)
    def clear(timestamp: int) -> int:
        """清除旧的导出包。"""
        return services.clear_old(at=clock.now())
