"""送达记录：what was sent or would have been, to whom, with what result."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core.access import Request, page
from tuoyu.domains.messages.channels import CHANNELS
from tuoyu.domains.messages.kinds import CHANNEL_TITLES
from tuoyu.domains.messages.models import DeliveryState
from tuoyu.domains.messages.selectors.outbox import counts_by_state, list_deliveries, rows_of

SIZE = 50


@page("gov:delivery:view", title="送达记录", log="查看送达记录", sensitive=True)
def outbox(request: Request) -> HttpResponse:
    """送达记录。"""
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    found = list_deliveries(request.actor.scope, state=state, channel=channel)
    shown = Paginator(found, SIZE).get_page(request.GET.get("page"))
    counts = counts_by_state(request.actor.scope)
    items = [
        {"title": "全部", "url": "?", "current": not state, "count": sum(counts.values())},
        *(
            {"title": s.label, "url": f"?state={s.value}", "current": s.value == state,
             "count": counts[s.value]}
            for s in DeliveryState
            if counts.get(s.value)
        ),
    ]  # fmt: skip
    return render(
        request,
        "government/outbox.html",
        {
            "page_title": "送达记录",
            "rows": rows_of(shown),
            "page": shown,
            "items": items,
            "unset": [
                (CHANNEL_TITLES[c.code], c.missing()) for c in CHANNELS.values() if c.missing()
            ],
        },
    )
