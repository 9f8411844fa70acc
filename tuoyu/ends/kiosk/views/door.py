"""门口：one page that carries no personal data; the paired device asks for its roster itself."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from tuoyu.core.access import Request, page
from tuoyu.ends.kiosk import files, portraits

WHY = "设备自行配对签名；页面不含个人信息"


@page(None, title="门口", why_public=WHY)
def show(request: Request) -> HttpResponse:
    """门口看板。"""
    return render(request, "kiosk/door.html", {"page_title": "门口", "faces": portraits.parts()})


@page(None, title="门口离线程序", why_public=WHY)
def worker(request: Request) -> HttpResponse:
    """离线程序（service worker）：its own bytes change when any file of the shell does."""
    addresses = [reverse("kiosk:door"), reverse("kiosk:manifest"), reverse("theme"), *files.urls()]
    script = files.worker_script(addresses)
    return HttpResponse(
        script,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": reverse("kiosk:door")},
    )


@page(None, title="门口安装清单", why_public=WHY)
def manifest(request: Request) -> HttpResponse:
    """安装清单：lets the tablet keep the page on its home screen, full screen."""
    home = reverse("kiosk:door")
    icons = [
        {"src": static("kiosk/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("kiosk/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("kiosk/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("kiosk/icon-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    body = {
        "id": home,
        "name": "托育云门口",
        "short_name": "托育门口",
        "lang": "zh-CN",
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#f8f5f0",
        "theme_color": "#f8f5f0",
        "icons": icons,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), content_type="application/manifest+json"
    )
