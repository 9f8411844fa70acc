"""照护：the room's page (phone and class tablet), its events, its offline programme."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.care.selectors.state import build_state
from tuoyu.domains.care.services import MAX_BYTES, Sender, receive
from tuoyu.ends.institution import room_files
from tuoyu.ends.institution.shell import by, own
from tuoyu.ui import portraits

WHY = "页面不含个人信息；平板自行配对签名，经手人凭口令"


@page("inst:room:record", title="照护")
def room(request: Request) -> HttpResponse:
    """照护（老师自己的手机）。"""
    return _shell(request, "session")


@page(None, title="班级平板", why_public=WHY)
def tablet(request: Request) -> HttpResponse:
    """照护（共用的班级平板）。"""
    return _shell(request, "device")


def _shell(request: Request, mode: str) -> HttpResponse:
    """One page for both; it carries nothing of a child, so it may be kept for offline."""
    api = reverse("api:api-root")
    addresses = (
        {
            "state": reverse("institution:room_state"),
            "events": reverse("institution:room_events"),
            "due": reverse("institution:medicine_due"),
        }
        if mode == "session"
        else {"state": f"{api}care/state", "events": f"{api}care/events"}
    )
    config = addresses | {
        "mode": mode,
        "unlock": f"{api}care/unlock",
        "worker": reverse("institution:room_worker"),
        "scope": reverse("institution:room"),
        "sheet": reverse("institution:room_sheets"),
        "sleep": reverse("institution:room_sleep"),
        "pin": reverse("institution:room_pin"),
        "intervals": reverse("institution:room_intervals"),
        "login": settings.LOGIN_URL,
    }
    context: dict[str, Any] = {
        "page_title": "照护",
        "mode": mode,
        "config": config,
        "faces": portraits.parts(),
    }
    return render(request, "institution/room.html", context)


@page("inst:room:record", title="照护内容")
def state(request: Request) -> HttpResponse:
    """班级页内容。"""
    found = build_state(request.actor.scope, own(request), clock.now())
    me = {
        "id": by(request),
        "name": request.actor.name,
        "may_set": request.actor.may("inst:room:set"),
    }
    return JsonResponse(found | {"me": me, "csrf": get_token(request)})


@page("inst:room:record", title="照护记录", log="记录照护", methods=("POST",))
def events(request: Request) -> HttpResponse:
    """收一批班上事件；who is signed in is who acted."""
    if len(request.body) > MAX_BYTES:
        raise DomainError("too-large", "一次发送超过 1 MB，请分批发送")
    now = clock.now()
    sender = Sender(own(request).pk, user_id=by(request), name=request.actor.name)
    answers = receive(sender=sender, body=request.body, at=now)
    stored = sum(a["outcome"] == "stored" for a in answers)
    request.audit_note = f"照护记录 {stored} 条"
    return JsonResponse({"answers": answers, "now": now.isoformat(timespec="milliseconds")})


@page(None, title="照护离线程序", why_public=WHY)
def worker(request: Request) -> HttpResponse:
    """离线程序（service worker）。"""
    return HttpResponse(
        room_files.worker_script(),
        content_type="text/javascript; charset=utf-8",
        headers={
            "Cache-Control": "no-cache",
            "Service-Worker-Allowed": reverse("institution:room"),
        },
    )


@page(None, title="班级平板安装清单", why_public=WHY)
def manifest(request: Request) -> HttpResponse:
    """安装清单。"""
    home = reverse("institution:tablet")
    icon = {"src": static("kiosk/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    body = {
        "id": home,
        "name": "托育云班级",
        "short_name": "托育班级",
        "lang": "zh-CN",
        "start_url": home,
        "scope": reverse("institution:room"),
        "display": "standalone",
        "background_color": "#f8f5f0",
        "theme_color": "#f8f5f0",
        "icons": [icon],
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), content_type="application/manifest+json"
    )
