"""特殊家庭身份核验：the county looks at the evidence and verifies; only then does it count."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.core.files.download import attachment
from tuoyu.domains.children.selectors import list_special_statuses
from tuoyu.domains.children.services.special import open_evidence, verify_status
from tuoyu.domains.institutions.selectors import list_names
from tuoyu.ends.government.paging import SIZES, options, page_of

VERIFY = "gov:special:verify"
STATES = [("waiting", "待核验"), ("verified", "已核验")]


@page(VERIFY, title="特殊家庭核验")
def listing(request: Request) -> HttpResponse:
    """待核验的在前。"""
    scope, state = request.actor.scope, request.GET.get("state", "")
    listed = page_of(request, list_special_statuses(scope, state))
    names = list_names(scope)
    context = {
        "page_title": "特殊家庭核验",
        "listed": listed,
        "sizes": SIZES,
        "states": options(STATES, state),
        "is_filtered": bool(state),
        "rows": [
            {"s": s, "place": names.get(s.institution_id or 0, "—"), "box": f"verify-{s.pk}"}
            for s in listed
        ],
    }
    return render(request, "government/special.html", context)


@page(VERIFY, title="佐证材料", log="查看特殊家庭佐证", sensitive=True)
def evidence(request: Request, status_id: int) -> HttpResponse:
    """下载佐证材料。"""
    status, stored, body = open_evidence(request.actor.scope, status_id)
    request.audit_persons, request.audit_note = [status.child_id], status.get_kind_display()
    return attachment(stored, body)


@page(VERIFY, title="核验特殊家庭", log="核验特殊家庭身份", methods=("POST",))
def verify(request: Request, status_id: int) -> HttpResponse:
    """核验通过。"""
    if request.actor.user_id is None:
        raise NotFound
    verify_status(
        scope=request.actor.scope, status_id=status_id, by=request.actor.user_id, at=clock.now()
    )
    messages.success(request, "已核验，自登记之日起计入减免奖补")
    return redirect("government:special")
