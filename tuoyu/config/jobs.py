"""后台任务：Procrastinate in PostgreSQL; ``defer`` inside a transaction is the outbox."""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.core.audit import chain
from tuoyu.domains.admissions import tasks as admissions
from tuoyu.domains.billing import tasks as billing
from tuoyu.domains.care import tasks as care
from tuoyu.domains.checks import tasks as checks
from tuoyu.domains.complaints import tasks as complaints
from tuoyu.domains.indicators import tasks as indicators
from tuoyu.domains.insurance import tasks as insurance
from tuoyu.domains.medicine import tasks as medicine
from tuoyu.domains.messages import tasks as messages
from tuoyu.domains.moments import tasks as moments
from tuoyu.domains.publicity import tasks as publicity
from tuoyu.domains.reforms import tasks as reforms
from tuoyu.domains.reports import tasks as reports
from tuoyu.domains.safety import tasks as safety
from tuoyu.domains.vouchers import tasks as vouchers


def ready(app: procrastinate.App) -> None:
    """登记周期任务。"""

    @app.periodic(cron="* * * * *")
    @app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
    def seal_audit(timestamp: int) -> int:
        """封存操作日志：every minute, off the write path."""
        return chain.seal(at=clock.now())

    messages.register(app)
    billing.register(app)
    admissions.register(app)
    care.register(app)
    indicators.register(app)
    safety.register(app)
    vouchers.register(app)
    checks.register(app)
    insurance.register(app)
    medicine.register(app)
    reforms.register(app)
    reports.register(app)
    publicity.register(app)
    complaints.register(app)
    moments.register(app)
