"""医育端的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.clinic.views import home

app_name = "clinic"
urlpatterns: list[URLPattern | URLResolver] = [path("", home.home, name="home")]
