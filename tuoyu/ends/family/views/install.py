"""装到桌面：manifest, service worker and the page that is shown without network."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from tuoyu.core.access import Request, page
from tuoyu.ends.family import pwa

WHY = "安装与断网页，不含任何人的资料"
PAPER = "#f8f5f0"


@page(None, title="家长端离线程序", why_public=WHY)
def worker(request: Request) -> HttpResponse:
    """离线程序：its own bytes change when any kept file does."""
    script = pwa.worker_script(reverse("family:offline"), [reverse("theme")])
    return HttpResponse(
        script,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": reverse("family:home")},
    )


@page(None, title="家长端安装清单", why_public=WHY)
def manifest(request: Request) -> HttpResponse:
    """安装清单。"""
    home = reverse("family:home")
    png = [
        {"src": static(f"family/icon-{n}.png"), "sizes": f"{n}x{n}", "type": "image/png"}
        for n in (192, 512)
    ]
    body = {
        "id": home,
        "name": "托育云",
        "short_name": "托育云",
        "lang": "zh-CN",
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static("family/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            *png,
            png[1] | {"purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": "接送码", "url": reverse("family:code")},
            {"name": "请假", "url": reverse("family:leave")},
        ],
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), content_type="application/manifest+json"
    )


@page(None, title="网络已断开", why_public=WHY)
def offline(request: Request) -> HttpResponse:
    """断网页：kept on the phone, names nobody."""
    return render(request, "family/offline.html", {"page_title": "网络已断开"})
