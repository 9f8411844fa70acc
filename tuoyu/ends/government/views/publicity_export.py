"""公示导出：the list of notices, and the rows of one with what became of each."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse

from tuoyu.core.access import Request, page
from tuoyu.domains.publicity import selectors
from tuoyu.domains.publicity.models import RowState
from tuoyu.ends.government.export import Value, download, stamp, workbook
from tuoyu.ends.government.views.publicity import VIEW

MOST_ROWS = 5000
HEAD = [
    "标题", "文号", "发布单位", "监督电话", "发布时间", "公示期首日", "公示期末日", "工作日",
    "公示事项", "收到异议", "待答复", "状态",
]  # fmt: skip


@page(VIEW, title="导出公示", log="导出公示", sensitive=True)
def listing(request: Request) -> HttpResponse:
    """公示名单。"""
    scope = request.actor.scope
    found = list(selectors.list_notices(scope)[:MOST_ROWS])
    counts = selectors.counts_of(scope, found)
    rows: list[list[Value]] = [
        [n.title, n.document_no, n.issuer, n.phone or "待定", n.published_at, n.first_on, n.last_on,
         n.working_days, counts[n.pk].rows, counts[n.pk].objections, counts[n.pk].waiting,
         "公示中" if n.is_running else "已结束"]
        for n in found
    ]  # fmt: skip
    request.audit_note = f"{len(rows)} 份"
    note = stamp(request.actor.name, request.actor.organisation)
    return download("公示", request.actor.region_name, workbook("公示", HEAD, rows, note))


@page(VIEW, title="导出公示表", log="导出公示表", sensitive=True)
def notice(request: Request, notice_id: int) -> HttpResponse:
    """一份公示的各行；names are masked there as well."""
    scope = request.actor.scope
    found = selectors.access_notice(scope, notice_id)
    lines = selectors.list_rows(found)
    objections = Counter(o.row_id for o in selectors.list_objections(scope, found))
    named = any(r.person for r in lines)
    head = ["序号", *(["姓名"] if named else []), *found.columns, "收到异议", "结果"]
    rows: list[list[Value]] = [
        [r.order, *([r.person or None] if named else []), *r.cells, objections[r.pk],
         RowState(r.state).label]
        for r in lines
    ]  # fmt: skip
    request.audit_note = f"{found.document_no} {len(rows)} 行"
    note = stamp(request.actor.name, request.actor.organisation)
    return download("公示表", request.actor.region_name, workbook(found.title, head, rows, note))
