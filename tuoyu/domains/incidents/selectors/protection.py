"""强制报告的读取：only for those whose post says so, and the database asks as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from tuoyu.core.access import Actor
from tuoyu.core.errors import NotFound
from tuoyu.domains.children.models import Child
from tuoyu.domains.incidents.models import MandatoryReport, MandatoryStep
from tuoyu.domains.incidents.states import PROTECT_READ


@contextmanager
def opened(actor: Actor) -> Iterator[None]:
    """打开：the row-level policy ``the_few`` lets nothing through unless this was called."""
    if not actor.may(PROTECT_READ) or actor.user_id is None:
        raise NotFound
    _say(str(actor.user_id))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _say("")


def _say(who: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.protection_reader', %s, true)", [who])


def list_reports(actor: Actor) -> list[tuple[MandatoryReport, list[MandatoryStep]]]:
    """强制报告，新的在前。"""
    with opened(actor):
        rows = MandatoryReport.objects.visible_to(actor.scope).order_by("-made_at")
        found = list(rows[:200])
        steps: dict[int, list[MandatoryStep]] = {r.pk: [] for r in found}
        mine = MandatoryStep.objects.visible_to(actor.scope).filter(report__in=list(steps))
        for step in mine.order_by("at", "id"):
            steps[step.report_id].append(step)
    return [(r, steps[r.pk]) for r in found]


def access_report(actor: Actor, report_id: int) -> MandatoryReport:
    """取一份强制报告。"""
    with opened(actor):
        found = MandatoryReport.objects.visible_to(actor.scope).filter(pk=report_id).first()
    if found is None:
        raise NotFound
    return found


def steps_of(actor: Actor, report: MandatoryReport) -> list[MandatoryStep]:
    """办理经过。"""
    with opened(actor):
        rows = MandatoryStep.objects.visible_to(actor.scope).filter(report=report)
        return list(rows.order_by("at", "id"))


def child_of(actor: Actor, report: MandatoryReport) -> Child | None:
    """所涉儿童（在数据范围内）。"""
    return Child.objects.visible_to(actor.scope).filter(pk=report.subject_child_id).first()


def police_of(steps: list[MandatoryStep]) -> MandatoryStep | None:
    """第一次向公安机关报案。"""
    return next((s for s in steps if s.kind == MandatoryStep.Kind.POLICE), None)


def waited(report: MandatoryReport, now: datetime) -> str:
    """发现以来过了多久：the law says at once, so the time is shown, not a limit."""
    minutes = max(int((now - report.found_at).total_seconds()) // 60, 0)
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {left} 分" if hours else f"{left} 分"
