"""接口路由；each declares itself like any page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.core.access import Page
from tuoyu.ends.openapi import live
from tuoyu.ends.openapi.api import api

WHY = {
    "devices/pair": ("POST", "配对设备", "一次性配对码即凭证"),
    "devices/roster": ("GET", "门口名册", "设备签名认证"),
    "attendance/events": ("POST", "上传门口事件", "设备签名认证"),
    "care/state": ("GET", "班级页内容", "设备签名认证"),
    "care/unlock": ("POST", "核对班级口令", "设备签名认证"),
    "care/events": ("POST", "上传班上事件", "设备签名认证"),
    "openapi.json": ("GET", "接口文档", "不含个人信息"),
    "": ("GET", "接口根", "不含个人信息"),
}


def _declared() -> list[URLPattern | URLResolver]:
    """Ninja makes its own view functions; the declaration is laid on them here."""
    patterns: list[URLPattern | URLResolver] = []
    for found in api.urls[0]:
        method, title, why = WHY[str(found.pattern)]
        found.callback.page = Page(  # type: ignore[union-attr]
            None, title, methods=(method,), why_public=why
        )
        patterns.append(found)
    return patterns


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("live/ticket", live.ticket, name="live_ticket"),
    *_declared(),
]
