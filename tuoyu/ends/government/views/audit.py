"""操作日志：for the auditor; shows how far it is sealed and whether the chain holds."""

from __future__ import annotations

from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core.access import Request, page
from tuoyu.core.audit import chain, selectors
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.regions.models import Region
from tuoyu.domains.regions.selectors import home_region
from tuoyu.ends.government.export import download, stamp, workbook
from tuoyu.ends.government.paging import SIZES, day_of, options, page_of

HEAD = ["时间", "操作人", "角色", "区划", "动作", "对象", "涉及人数", "理由", "结果", "编号"]
EXPORT_LIMIT = 50_000
FAULTS_SHOWN = 50


def wanted_of(request: Request) -> selectors.Wanted:
    """查询条件。"""
    get = request.GET.get
    return selectors.Wanted(
        text=get("q", ""),
        action=get("action", ""),
        from_on=day_of(get("from", "")),
        to_on=day_of(get("to", "")),
        refused=get("refused") == "1",
    )


def events_for(request: Request, wanted: selectors.Wanted) -> object:
    region = home_region(request.actor.scope)
    whole = region.level == Region.Level.CITY
    return selectors.list_events(request.actor.scope, wanted, whole_city=whole)


@page("audit:log:view", title="操作日志")
def listing(request: Request) -> HttpResponse:
    """日志名单与封存状态。"""
    return render(request, "government/audit.html", context_of(request))


def context_of(request: Request) -> dict[str, object]:
    wanted = wanted_of(request)
    actions = [(a, a) for a in selectors.list_actions()]
    return {
        "page_title": "操作日志",
        "wanted": wanted,
        "is_filtered": wanted != selectors.Wanted(),
        "listed": page_of(request, events_for(request, wanted), 50),
        "sizes": SIZES,
        "roles": {code: role.title for code, role in ROLES.items()},
        "actions": options(actions, wanted.action),
        "chain": selectors.chain_state(),
        "checked": False,
        "faults": [],
    }


@page("audit:log:view", title="核对日志链", log="核对日志链", methods=("POST",))
def verify(request: Request) -> HttpResponse:
    """核对全链：names each changed or missing row."""
    faults = list(islice(chain.verify(), FAULTS_SHOWN))
    request.audit_note = f"发现 {len(faults)} 处不符" if faults else "全链相符"
    return render(
        request, "government/audit.html", context_of(request) | {"checked": True, "faults": faults}
    )


@page("audit:log:view", title="导出操作日志", log="导出操作日志", sensitive=True)
def export(request: Request) -> HttpResponse:
    """导出当前查询的日志；at most fifty thousand rows, said so in the file."""
    rows = list(islice(iter(events_for(request, wanted_of(request))), EXPORT_LIMIT))  # type: ignore[call-overload]
    request.audit_note = f"{len(rows)} 条"
    note = stamp(request.actor.name, request.actor.organisation)
    if len(rows) == EXPORT_LIMIT:
        note += f"（只含最近 {EXPORT_LIMIT:,} 条，请缩小日期后分次导出）"
    titles = {code: role.title for code, role in ROLES.items()}
    body = workbook(
        "操作日志",
        HEAD,
        (
            [
                e.at,
                e.actor,
                titles.get(e.role, e.role),
                e.region_code,
                e.action,
                e.target,
                len(e.persons),
                e.note,
                e.result,
                str(e.id),
            ]
            for e in rows
        ),
        note,
    )
    return download("操作日志", request.actor.region_name, body)
