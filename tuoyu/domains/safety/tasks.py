"""安全的后台任务：漏巡告知园长，证照到期前 60、30、7 天提醒。"""

from __future__ import annotations

from datetime import datetime

import procrastinate
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.messages.selectors import staff_users
from tuoyu.domains.messages.services import tell
from tuoyu.domains.safety.models import Document
from tuoyu.domains.safety.rules import WARN_DAYS
from tuoyu.domains.safety.selectors import institutions_with_points, overdue_tasks

MANAGE = "inst:safety:manage"


def tell_missed(at: datetime) -> int:
    """漏巡：told once for each round that was not made."""
    told = 0
    for institution_id in institutions_with_points():
        missed = overdue_tasks(institution_id, at)
        users = staff_users(institution_id, MANAGE) if missed else []
        for task in missed:
            due = task.filled.slot.due_at
            told += tell(
                kind="act",
                users=users,
                title=f"漏巡：{task.point.name}",
                body=f"应在 {due:%m-%d %H:%M} 前巡查，现在还没有记录；补巡会记为补。",
                url=reverse("institution:safety"),
                at=at,
                institution_id=institution_id,
                region_code=task.point.region_code,
                key=f"patrol:{task.point.pk}:{due:%Y%m%d%H%M}",
            )
    return told


def tell_expiring(at: datetime) -> int:
    """证照：on the 60th, 30th and 7th day before, and on the day after."""
    today, told = clock.day_of(at), 0
    rows = Document.objects.visible_to(SYSTEM).filter(is_current=True, expires_on__isnull=False)
    for paper in rows.order_by("pk"):
        left = (paper.expires_on - today).days if paper.expires_on else 0
        if left not in (*WARN_DAYS, -1):
            continue
        told += tell(
            kind="act",
            users=staff_users(paper.institution_id, MANAGE),
            title=f"{paper.name}{'已过期' if left < 0 else f'还有 {left} 天到期'}",
            body=f"有效期至 {paper.expires_on}，请办理换证后登记。",
            url=reverse("institution:safety_licences"),
            at=at,
            institution_id=paper.institution_id,
            region_code=paper.region_code,
            key=f"licence:{paper.pk}:{left}",
        )
    return told


def register(app: procrastinate.App) -> None:
    """登记周期任务。"""

    @app.periodic(cron="*/10 6-20 * * *")
    @app.task(name="safety.missed", queueing_lock="safety.missed", pass_context=False)
    def missed(timestamp: int) -> int:
        """每十分钟看一次漏巡。"""
        return tell_missed(clock.now())

    @app.periodic(cron="20 7 * * *")
    @app.task(name="safety.papers", queueing_lock="safety.papers", pass_context=False)
    def papers(timestamp: int) -> int:
        """每天清早看一次证照。"""
        return tell_expiring(clock.now())
