"""公众门户的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.public.views import find, institution, policy

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", find.find, name="home"),
    path("find/", find.find, name="find"),
    path("find/<int:institution_id>/", institution.institution, name="institution"),
    path("policy/", policy.policy, name="policy"),
]
