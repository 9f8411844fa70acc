"""导入机构名录：a county brings in its institutions with their classes and places."""

from __future__ import annotations

from django.http import HttpResponse

from tuoyu.core.access import Request, page
from tuoyu.core.excel.services import Place
from tuoyu.ui import imports as pages

PERMISSION = "institution:import:run"


def _place(request: Request) -> Place:
    return Place(None, request.actor.region_code)


DESK = pages.Desk(
    "government",
    "ui/desk.html",
    PERMISSION,
    _place,
    title="导入机构",
    above=(("机构", "government:institutions"),),
)


@page(PERMISSION, title="导入机构")
def imports(request: Request) -> HttpResponse:
    """导入：the sheets one may use, and what was brought in."""
    return pages.show_list(request, DESK)


@page(PERMISSION, title="下载模板")
def blank(request: Request, code: str) -> HttpResponse:
    """下载模板。"""
    return pages.give_template(request, DESK, code)


@page(PERMISSION, title="上传预检", log="上传导入表", methods=("POST",))
def upload(request: Request, code: str) -> HttpResponse:
    """上传并预检。"""
    return pages.take_upload(request, DESK, code)


@page(PERMISSION, title="预检结果")
def batch(request: Request, batch_id: int) -> HttpResponse:
    """预检结果。"""
    return pages.show_batch(request, DESK, batch_id)


@page(PERMISSION, title="下载错误表", log="下载错误表", sensitive=True)
def faults(request: Request, batch_id: int) -> HttpResponse:
    """错误表。"""
    return pages.give_errors(request, batch_id)


@page(PERMISSION, title="执行导入", log="导入机构名录", methods=("POST",))
def run(request: Request, batch_id: int) -> HttpResponse:
    """导入全部或只导入正确的行。"""
    return pages.run(request, DESK, batch_id)


@page(PERMISSION, title="撤销导入", log="撤销导入", methods=("POST",))
def undo(request: Request, batch_id: int) -> HttpResponse:
    """整批撤销。"""
    return pages.undo(request, DESK, batch_id)
