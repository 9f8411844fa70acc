"""银行往来：payment files out, return files in, each compared three ways."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds import services
from tuoyu.domains.funds.files import tables
from tuoyu.domains.funds.selectors import chains, payments
from tuoyu.ends.government.export import download, stamp, workbook
from tuoyu.ends.government.paging import SIZES, page_of
from tuoyu.ui.words import yuan

VIEW, FILES = "funds:payment:view", "funds:bankfile:download"
HEAD = [
    "指令号", "户名", "账号", "开户行", "支付系统行号", "金额（元）", "金额（分）", "用途",
]  # fmt: skip


def _plain(body: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=media)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@page(FILES, title="下载付款文件", log="下载付款文件", sensitive=True)
def bank_file(request: Request, batch_id: int) -> HttpResponse:
    """pain.001 报文。"""
    batch = payments.access_batch(request.actor.scope, batch_id)
    body = services.message(batch)
    request.audit_note = f"{batch.number} pain.001 {batch.declared_count} 笔"
    return _plain(body, "application/xml", f"{batch.number}.xml")


@page(FILES, title="导出付款清单", log="导出付款清单", sensitive=True)
def export(request: Request, batch_id: int) -> HttpResponse:
    """Excel 付款清单，内容与报文相同。"""
    batch = payments.access_batch(request.actor.scope, batch_id)
    file = services.bank_file(batch)
    rows: list[list[str | int | None]] = [
        [line.reference, line.payee.name, line.payee.account, line.payee.bank,
         line.payee.bank_code, yuan(line.amount_fen), line.amount_fen, line.purpose]
        for line in file.lines
    ]  # fmt: skip
    whole, count = file.total_fen, f"{len(rows)} 笔"
    rows.append(["合计", "", "", "", "", yuan(whole), whole, count])
    request.audit_note = f"{batch.number} Excel {len(file.lines)} 笔"
    note = stamp(request.actor.name, request.actor.organisation)
    return download(
        f"付款清单{batch.number}",
        request.actor.region_name,
        workbook(f"付款清单 {batch.number}", HEAD, rows, note),
    )


@page("funds:return:upload", title="回单模板", log="下载回单模板", sensitive=True)
def return_template(request: Request, batch_id: int) -> HttpResponse:
    """回单模板：the instructions not yet answered, to be filled by the bank's word."""
    batch = payments.access_batch(request.actor.scope, batch_id)
    body = tables.write_csv(services.blank_return(batch))
    request.audit_note = batch.number
    return _plain(body, "text/csv; charset=utf-8", f"{batch.number}回单.csv")


@page("funds:return:upload", title="上传回单", log="上传回单", methods=("POST",))
def upload(request: Request, batch_id: int) -> HttpResponse:
    """上传回单：booked as a whole or not at all."""
    given = request.FILES.get("file")
    if given is None:
        raise DomainError("file", "没有选择回单文件，请选择银行给的 XML、Excel 或 CSV 文件后再上传")
    kept = services.take_return(
        batch_id=batch_id,
        file_name=given.name or "",
        blob=given.read(tables.MOST_BYTES + 1),
        by=request.actor,
        at=clock.now(),
    )
    if kept.faults:
        request.audit_note = f"{kept.batch.number} 没有入账：{kept.faults[0]}"[:200]
        messages.error(request, f"回单没有入账，共 {len(kept.faults)} 处不符，请看下表")
    else:
        request.audit_note = f"{kept.batch.number} 入账 {kept.count} 笔"
        messages.success(request, f"回单已入账：{kept.count} 笔，{yuan(kept.total_fen)} 元")
    return redirect("government:payment_return", batch_id, kept.pk)


@page(VIEW, title="对账")
def bank_return(request: Request, batch_id: int, return_id: int) -> HttpResponse:
    """一份回单的三方对账。"""
    batch = payments.access_batch(request.actor.scope, batch_id)
    kept = payments.access_return(request.actor.scope, batch, return_id)
    sides = chains.reconcile(batch, kept)
    context = {
        "page_title": f"对账 {batch.number}",
        "crumbs": [
            {"title": "拨付批", "url": reverse("government:payment_batches")},
            {"title": batch.number, "url": reverse("government:payment", args=[batch.pk])},
        ],
        "batch": batch,
        "kept": kept,
        "sides": page_of(request, sides, 100),
        "sizes": SIZES,
        "facts": _facts(kept.count, kept.total_fen, sides),
    }
    return render(request, "government/payment_return.html", context)


def _facts(count: int, total_fen: int, sides: list[chains.Side]) -> list[dict[str, str]]:
    bad = sum(s.tone == "danger" for s in sides)
    missing = sum(s.verdict == "银行未回" for s in sides)
    return [
        {"name": "回单合计（元）", "text": yuan(total_fen), "note": f"{count} 笔"},
        {"name": "相符", "text": str(len(sides) - bad - missing), "note": "笔"},
        {"name": "不符", "text": str(bad), "note": "笔"},
        {"name": "银行未回", "text": str(missing), "note": "笔"},
    ]
