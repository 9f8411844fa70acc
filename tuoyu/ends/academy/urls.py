"""人才端的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.academy.views import home

app_name = "academy"
urlpatterns: list[URLPattern | URLResolver] = [path("", home.home, name="home")]
