"""演示入口：these routes exist in demo mode only."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from tuoyu.ends.account import demo

urlpatterns: list[URLPattern] = []
if settings.DEMO:
    urlpatterns = [path("enter/<slug:slug>/", demo.enter, name="demo_enter")]
