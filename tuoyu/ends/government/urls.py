"""监管端的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.government.views import (
    attendance,
    audit,
    children,
    home,
    indicators,
    institutions,
    maps,
    policy,
)

app_name = "government"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("institutions/", institutions.listing, name="institutions"),
    path("institutions/export/", institutions.export, name="institutions_export"),
    path("institutions/<int:institution_id>/", institutions.detail, name="institution"),
    path("map/", maps.city_map, name="map"),
    path("attendance/", attendance.today, name="attendance"),
    path("attendance/<int:institution_id>/", attendance.one, name="attendance_of"),
    path("indicators/", indicators.listing, name="indicators"),
    path("indicators/<slug:indicator_id>/", indicators.detail, name="indicator"),
    path("indicators/<slug:indicator_id>/<slug:part>/", indicators.behind, name="indicator_rows"),
    path("policy/", policy.policy, name="policy"),
    path("audit/", audit.listing, name="audit"),
    path("audit/verify/", audit.verify, name="audit_verify"),
    path("audit/export/", audit.export, name="audit_export"),
    path("children/<int:child_id>/reveal/", children.reveal, name="child_reveal"),
]

# ── 补助结算与拨付的路由：begin (views/settlement.py, views/payments.py) ──
# ── 补助结算与拨付的路由：end ──
