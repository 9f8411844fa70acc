"""大屏的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.cockpit.views import screen

app_name = "cockpit"
urlpatterns: list[URLPattern | URLResolver] = [path("", screen.screen, name="screen")]
