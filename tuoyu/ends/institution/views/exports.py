"""本机构数据导出：asked with a reason, packed by the worker, fetched by who asked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.reports import services
from tuoyu.domains.reports.models import Export
from tuoyu.domains.reports.selectors.exporting import TABLES
from tuoyu.ends.institution.forms_office import ExportForm
from tuoyu.ends.institution.shell import ask, done, own

PERMISSION = "inst:data:export"
TONES = {"asked": "info", "ready": "ok", "failed": "danger", "gone": ""}


@page(PERMISSION, title="数据导出")
def exports(request: Request) -> HttpResponse:
    """导出一览。"""
    rows = Export.objects.visible_to(request.actor.scope).filter(institution_id=own(request).pk)
    context = {
        "page_title": "数据导出",
        "rows": [
            {"it": r, "tone": TONES[r.state], "mine": r.asked_by == request.actor.user_id}
            for r in rows.order_by("-asked_at")[:50]
        ],
        "tables": TABLES,
    }
    return render(request, "institution/exports.html", context)


@page(PERMISSION, title="导出本机构数据", log="导出本机构数据", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """提出导出。"""
    back = reverse("institution:exports")

    def act(data: dict[str, Any]) -> HttpResponse:
        services.ask_export(
            by=request.actor,
            institution=own(request),
            reason=data["reason"],
            with_sealed=data["with_sealed"],
            at=clock.now(),
        )
        request.audit_note = data["reason"]
        return done(request, back, "已开始打包，完成后在这里下载")

    return ask(
        request, ExportForm(request.POST or None), act, title="导出本机构数据", verb="开始打包",
        back=back, note="导出包含儿童个人信息，请只存放在本机构的设备上，用后删除。",
        note_kind="warn",
    )  # fmt: skip


@page(PERMISSION, title="下载导出包", log="下载本机构数据", sensitive=True)
def fetch(request: Request, export_id: int) -> HttpResponse:
    """下载：logged each time."""
    found, body = services.read_export(by=request.actor, export_id=export_id)
    request.audit_note = found.reason
    response = HttpResponse(body, content_type="application/zip")
    name = f"{own(request).name} 数据 {clock.day_of(found.asked_at)}.zip"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
