"""导入的页面：the same for every end: template → upload → pre-check → error workbook → all, part
or none → undo within a day. An end says who may, where the rows go and under which routes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from tuoyu.core import clock
from tuoyu.core.access import Request
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel import services
from tuoyu.core.excel.models import ImportBatch
from tuoyu.core.excel.sheets import (
    MEDIA_TYPE,
    MOST_BYTES,
    Row,
    Sheet,
    error_workbook,
    template,
)

_ROUTES = ("template", "upload", "batch", "errors", "run", "undo")
_FAULTS_SHOWN = 100
_BATCHES_SHOWN = 50


@dataclass(frozen=True)
class Desk:
    """导入台：one end's shell (``base``) and routes (``<space>:imports``, ``<space>:import_…``)."""

    space: str
    base: str
    permission: str
    place: Callable[[Request], services.Place]
    title: str = "导入"
    above: tuple[tuple[str, str], ...] = field(default=())  # (title, route) of the pages above

    def context(self, *crumbs: str) -> dict[str, Any]:
        """What both templates need."""
        above = [{"title": title, "url": reverse(route)} for title, route in self.above]
        names = {name: f"{self.space}:import_{name}" for name in _ROUTES}
        here = [{"title": self.title, "url": reverse(f"{self.space}:imports") if crumbs else ""}]
        here += [{"title": title, "url": ""} for title in crumbs]
        return {
            "base": self.base,
            "routes": names | {"list": f"{self.space}:imports"},
            "crumbs": above + here if above or crumbs else [],
        }

    def batch_url(self, batch_id: int) -> str:
        return reverse(f"{self.space}:import_batch", args=[batch_id])


class UploadForm(forms.Form):
    """上传导入表。"""

    file = forms.FileField(
        label="填好的表",
        help_text=".xlsx，不超过 5 MB，一次最多 5000 行",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


def show_list(request: Request, desk: Desk, wrong: str = "", error: str = "") -> HttpResponse:
    """导入：the sheets one may use, and what was brought in; ``wrong`` names a refused one."""
    now = clock.now().timestamp()
    context = desk.context() | {
        "page_title": desk.title,
        "sheets": [
            {"sheet": s, "form": UploadForm(auto_id=f"{s.code}-%s")} for s in _sheets(request, desk)
        ],
        "wrong": wrong,
        "error": error,
        "batches": [_state(b, now) for b in services.list_batches(request.actor)[:_BATCHES_SHOWN]],
    }
    return render(request, "ui/imports.html", context, status=422 if error else 200)


def give_template(request: Request, desk: Desk, code: str) -> HttpResponse:
    """下载模板。"""
    sheet = _sheet(request, desk, code)
    return _workbook(f"{sheet.title}模板", template(sheet))


def take_upload(request: Request, desk: Desk, code: str) -> HttpResponse:
    """上传并预检；nothing is stored but the file."""
    sheet = _sheet(request, desk, code)
    place, file = desk.place(request), request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile):
            raise DomainError("no-file", "还没有选文件，请选填好的 .xlsx 后再上传")
        if (file.size or 0) > MOST_BYTES:
            raise DomainError("size", "文件超过 5 MB，请删去图片和多余的表后再上传")
        batch = services.upload(
            kind=sheet.code,
            file_name=file.name or "未命名.xlsx",
            blob=file.read(),
            place=place,
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        return show_list(request, desk, code, error.text)
    request.audit_note = f"{sheet.title}：{batch.rows} 行，可导 {batch.good} 行"
    return redirect(desk.batch_url(batch.pk))


def show_batch(request: Request, desk: Desk, batch_id: int) -> HttpResponse:
    """预检结果：all, good, wrong; each fault with its cell and reason."""
    found = services.access_batch(request.actor, batch_id)
    state = _state(found, clock.now().timestamp())
    context = desk.context(found.file_name) | {
        "page_title": state["title"],
        "batch": found,
        "state": state,
        "faults": [],
        "bad": found.rows - found.good,
    }
    if found.imported_at is None:
        rows = services.precheck(found, request.actor)
        wrong = [r for r in rows if not r.is_good]
        sheet = services.importer(found.kind).sheet
        context |= {
            "faults": _faults(sheet, wrong[:_FAULTS_SHOWN]),
            "bad": len(wrong),
            "good": len(rows) - len(wrong),
            "more": max(0, len(wrong) - _FAULTS_SHOWN),
        }
    return render(request, "ui/import_batch.html", context)


def give_errors(request: Request, batch_id: int) -> HttpResponse:
    """错误表：same layout, red cells, reasons."""
    found = services.access_batch(request.actor, batch_id)
    sheet = services.importer(found.kind).sheet
    rows = services.precheck(found, request.actor)
    return _workbook(f"{sheet.title}错误表", error_workbook(sheet, rows))


def run(request: Request, desk: Desk, batch_id: int) -> HttpResponse:
    """导入：all rows, or only the good ones."""
    made = services.run(
        batch_id=batch_id,
        by=request.actor,
        at=clock.now(),
        partial=request.POST.get("partial") == "yes",
    )
    request.audit_persons = made.created.get("children.Child", [])
    request.audit_note = f"导入 {made.good} 行"
    messages.success(request, f"已导入 {made.good} 行，24 小时内可整批撤销")
    return redirect(desk.batch_url(batch_id))


def undo(request: Request, desk: Desk, batch_id: int) -> HttpResponse:
    """整批撤销。"""
    made = services.undo(batch_id=batch_id, by=request.actor, at=clock.now())
    request.audit_note = f"撤销 {made.good} 行"
    messages.success(request, f"已整批撤销 {made.good} 行")
    return redirect(desk.batch_url(batch_id))


def _sheets(request: Request, desk: Desk) -> list[Sheet]:
    found = services.importers_for(request.actor)
    return [i.sheet for i in found if i.permission == desk.permission]


def _sheet(request: Request, desk: Desk, code: str) -> Sheet:
    found = next((s for s in _sheets(request, desk) if s.code == code), None)
    if found is None:
        raise NotFound
    return found


def _state(batch: ImportBatch, now: float) -> dict[str, Any]:
    left = 0
    if batch.imported_at and not batch.undone_at:
        until = (batch.imported_at + services.UNDO_WITHIN).timestamp()
        left = max(0, int((until - now) // 60))
    if batch.undone_at:
        text, kind = "已撤销", ""
    elif batch.imported_at:
        text, kind = f"已导入 {batch.good} 行", "ok"
    else:
        text, kind = "已预检，未导入", "warn"
    title = services.importer(batch.kind).sheet.title
    return {"it": batch, "title": title, "text": text, "kind": kind, "left": left}


def _faults(sheet: Sheet, rows: list[Row]) -> list[dict[str, Any]]:
    titles = {c.key: (i, c.title) for i, c in enumerate(sheet.columns)}
    return [
        {
            "number": row.number,
            "column": titles[key][1] if key in titles else "整行",
            "value": row.raw[titles[key][0]] if key in titles else "",
            "text": text,
        }
        for row in rows
        for key, text in row.errors.items()
    ]


def _workbook(name: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    return response
