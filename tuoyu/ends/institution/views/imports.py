"""导入：template → upload → pre-check → error workbook → partial or none → undo within a day."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel import services
from tuoyu.core.excel.models import ImportBatch
from tuoyu.core.excel.sheets import MOST_BYTES, Row, Sheet, error_workbook, template
from tuoyu.ends.institution import reads
from tuoyu.ends.institution.forms import UploadForm
from tuoyu.ends.institution.shell import done, download, own

PERMISSION = "inst:roster:import"
SHOWN = 100


@page(PERMISSION, title="导入")
def imports(request: Request) -> HttpResponse:
    """导入：the sheets one may use, and what was brought in."""
    return _imports(request)


def _imports(request: Request, code: str = "", error: str = "") -> HttpResponse:
    now = clock.now()
    context = {
        "page_title": "导入",
        "sheets": [
            {"sheet": i.sheet, "form": UploadForm(auto_id=f"{i.sheet.code}-%s")}
            for i in services.importers_for(request.actor)
        ],
        "wrong": code,
        "error": error,
        "batches": [
            _state(b, now.timestamp()) for b in reads.list_batches(request.actor.scope)[:50]
        ],
    }
    return render(request, "institution/imports.html", context, status=422 if error else 200)


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


def _sheet(request: Request, code: str) -> Sheet:
    found = next(
        (i.sheet for i in services.importers_for(request.actor) if i.sheet.code == code), None
    )
    if found is None:
        raise NotFound
    return found


@page(PERMISSION, title="下载模板")
def blank(request: Request, code: str) -> HttpResponse:
    """下载模板。"""
    sheet = _sheet(request, code)
    return download(f"{sheet.title}模板", template(sheet))


@page(PERMISSION, title="上传预检", log="上传导入表", methods=("POST",))
def upload(request: Request, code: str) -> HttpResponse:
    """上传并预检；nothing is stored but the file."""
    sheet, inst = _sheet(request, code), own(request)
    file = request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile):
            raise DomainError("no-file", "还没有选文件，请选填好的 .xlsx 后再上传")
        if (file.size or 0) > MOST_BYTES:
            raise DomainError("size", "文件超过 5 MB，请删去图片和多余的表后再上传")
        batch = services.upload(
            kind=sheet.code,
            file_name=file.name or "未命名.xlsx",
            blob=file.read(),
            place=services.Place(inst.pk, inst.region_code),
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        return _imports(request, code, error.text)
    request.audit_note = f"{sheet.title}：{batch.rows} 行，可导 {batch.good} 行"
    return redirect("institution:import_batch", batch.pk)


@page(PERMISSION, title="预检结果")
def batch(request: Request, batch_id: int) -> HttpResponse:
    """预检结果：all, good, wrong; each fault with its cell and reason."""
    found = services.access_batch(request.actor, batch_id)
    state = _state(found, clock.now().timestamp())
    context = {
        "page_title": state["title"],
        "batch": found,
        "state": state,
        "faults": [],
        "bad": found.rows - found.good,
        "crumbs": [
            {"title": "导入", "url": reverse("institution:imports")},
            {"title": found.file_name, "url": ""},
        ],
    }
    if found.imported_at is None:
        rows = services.precheck(found, request.actor)
        wrong = [r for r in rows if not r.is_good]
        sheet = services.importer(found.kind).sheet
        context |= {
            "faults": _faults(sheet, wrong[:SHOWN]),
            "bad": len(wrong),
            "good": len(rows) - len(wrong),
            "more": max(0, len(wrong) - SHOWN),
        }
    return render(request, "institution/batch.html", context)


def _faults(sheet: Sheet, rows: list[Row]) -> list[dict[str, Any]]:
    titles = {c.key: (i, c.title) for i, c in enumerate(sheet.columns)}
    return [
        {
            "number": row.number,
            "column": titles[key][1] if key in titles else "整行",
            "value": row.raw[titles[key][0]] if key in titles else "",
            "text": text,
            "first": n == 0,
        }
        for row in rows
        for n, (key, text) in enumerate(row.errors.items())
    ]


@page(PERMISSION, title="下载错误表", log="下载错误表", sensitive=True)
def faults(request: Request, batch_id: int) -> HttpResponse:
    """错误表：same layout, red cells, reasons."""
    found = services.access_batch(request.actor, batch_id)
    sheet = services.importer(found.kind).sheet
    rows = services.precheck(found, request.actor)
    return download(f"{sheet.title}错误表", error_workbook(sheet, rows))


@page(PERMISSION, title="执行导入", log="导入名册", methods=("POST",))
def run(request: Request, batch_id: int) -> HttpResponse:
    """导入：all rows, or only the good ones."""
    made = services.run(
        batch_id=batch_id,
        by=request.actor,
        at=clock.now(),
        partial=request.POST.get("partial") == "yes",
    )
    request.audit_persons = made.created.get("children.Child", [])
    request.audit_note = f"导入 {made.good} 行"
    url = reverse("institution:import_batch", args=[batch_id])
    return done(request, url, f"已导入 {made.good} 行，24 小时内可整批撤销")


@page(PERMISSION, title="撤销导入", log="撤销导入", methods=("POST",))
def undo(request: Request, batch_id: int) -> HttpResponse:
    """整批撤销。"""
    made = services.undo(batch_id=batch_id, by=request.actor, at=clock.now())
    request.audit_note = f"撤销 {made.good} 行"
    url = reverse("institution:import_batch", args=[batch_id])
    return done(request, url, f"已整批撤销 {made.good} 行")
