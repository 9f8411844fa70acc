"""门口平板的路由：the page, its service worker and its manifest, all under one scope."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.kiosk.views import door

app_name = "kiosk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", door.show, name="door"),
    path("worker.js", door.worker, name="worker"),
    path("manifest.webmanifest", door.manifest, name="manifest"),
]
