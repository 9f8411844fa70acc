"""本机构数据导出：packed by the worker, inside the institution's own scope and nobody else's."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from tuoyu.core import clock, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.sheets import export
from tuoyu.core.files import services as files
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.reports.models import Export
from tuoyu.domains.reports.selectors.exporting import TABLES, read_table

TASK = "reports.export"
KEPT = timedelta(days=7)


def ask_export(
    *, by: Actor, institution: Institution, reason: str, with_sealed: bool, at: datetime
) -> Export:
    """提出导出；one at a time."""
    if by.user_id is None:
        raise NotFound
    if not reason.strip():
        raise DomainError("reason", "请写明导出的用途，操作日志会记下")
    mine = Export.all_rows.filter(institution_id=institution.pk, state=Export.State.ASKED)
    if mine.filter(asked_at__gt=at - timedelta(hours=1)).exists():
        raise DomainError("busy", "上一次导出还在打包，请稍后刷新页面查看")
    made = Export.all_rows.create(
        institution_id=institution.pk,
        region_code=institution.region_code,
        reason=reason.strip(),
        with_sealed=with_sealed,
        state=Export.State.ASKED,
        asked_at=at,
        asked_by=by.user_id,
        asked_by_name=by.name,
    )
    app.configure_task(TASK).defer(export_id=made.pk)
    return made


def pack(*, export_id: int, at: datetime) -> Export:
    """打包：read as the institution, with row-level security beneath."""
    with transaction.atomic():
        found = Export.all_rows.select_for_update().get(pk=export_id)
        if found.state != Export.State.ASKED:
            return found
        scope = Scope(kind="institutions", institution_ids=frozenset({found.institution_id}))
        rls.enter(scope)
        try:
            body, counts = _zip(scope, found)
        finally:
            rls.leave()
        found.sm3, found.size, found.counts = files.keep(body), len(body), counts
        found.state, found.done_at = Export.State.READY, at
        found.save(update_fields=["sm3", "size", "counts", "state", "done_at"])
    return found


def mark_failed(*, export_id: int, at: datetime) -> None:
    """没有打成：said so, and it may be asked again."""
    Export.all_rows.filter(pk=export_id, state=Export.State.ASKED).update(
        state=Export.State.FAILED, done_at=at
    )


def _zip(scope: Scope, asked: Export) -> tuple[bytes, dict[str, int]]:
    out, counts = io.BytesIO(), {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack_:
        for table in TABLES:
            head, rows = read_table(scope, table, sealed=asked.with_sealed)
            counts[table.title] = len(rows)
            _add(pack_, f"{table.title}.xlsx", export(table.title, head, rows), asked)
        _add(pack_, "说明.txt", _notes(asked, counts).encode(), asked)
    return out.getvalue(), counts


def _add(pack_: zipfile.ZipFile, name: str, body: bytes, asked: Export) -> None:
    at = asked.asked_at.astimezone(clock.ZONE)
    stamp = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    entry = zipfile.ZipInfo(name, stamp)
    entry.compress_type = zipfile.ZIP_DEFLATED
    pack_.writestr(entry, body)


def _notes(asked: Export, counts: dict[str, int]) -> str:
    hidden = "已包含" if asked.with_sealed else "未包含（以“已遮盖”代替）"
    lines = [
        "本机构数据导出",
        f"提出：{asked.asked_by_name} {clock.day_of(asked.asked_at)}；用途：{asked.reason}",
        f"证件号、电话与健康内容：{hidden}",
        "不含：强制报告（限知）、个人消息、其他机构的任何数据、附件本身（见「附件目录」）。",
        "",
        *(f"{title}.xlsx：{count} 行" for title, count in counts.items()),
    ]
    return "\r\n".join(lines) + "\r\n"


def read_export(*, by: Actor, export_id: int) -> tuple[Export, bytes]:
    """取导出包：only for who asked."""
    found = (
        Export.objects.visible_to(by.scope).filter(pk=export_id, asked_by=by.user_id or 0).first()
    )
    if found is None:
        raise NotFound
    if found.state != Export.State.READY:
        raise DomainError("not-ready", f"这次导出{found.get_state_display()}，不能下载；请重新导出")
    return found, files.fetch(found.sm3)


def clear_old(*, at: datetime) -> int:
    """清除七天前的导出包：the row stays, its contents go."""
    old = Export.all_rows.filter(state=Export.State.READY, done_at__lt=at - KEPT)
    count = 0
    for row in old:
        row.state, row.sm3, sm3 = Export.State.GONE, "", row.sm3
        row.save(update_fields=["state", "sm3"])
        if not Export.all_rows.filter(sm3=sm3).exists():
            files.drop(sm3)
        count += 1
    return count
