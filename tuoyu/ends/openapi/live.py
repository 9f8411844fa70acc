"""实时流的门票。"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse

from tuoyu.core.access import Request, page
from tuoyu.ends.openapi.tickets import make_ticket

_HEADERS = {"Cache-Control": "no-store"}


@page(None, title="实时提示门票", signed_in=True)
def ticket(request: Request) -> HttpResponse:
    """60 秒内可打开的事件流地址；an EventSource is sent on to it and comes back for a new one."""
    query = {"ticket": make_ticket(request.actor.user_id or 0, request.actor.scope)}
    if topics := request.GET.get("topics"):
        query["topics"] = topics
    url = f"{settings.LIVE_URL}?{urlencode(query)}" if settings.LIVE_URL else ""
    if url and "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponseRedirect(url, headers=_HEADERS)
    if not url and "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)  # tells an EventSource to stop asking
    return JsonResponse({"url": url}, headers=_HEADERS)
