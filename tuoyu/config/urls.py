"""路由：one line per end."""

from __future__ import annotations

from django.urls import include, path

from tuoyu.config import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("theme.css", views.theme, name="theme"),
    path("account/", include("tuoyu.ends.account.urls")),
    path("demo/", include("tuoyu.ends.account.demo_urls")),
    path("", include("tuoyu.ends.public.urls")),
    path("gov/", include("tuoyu.ends.government.urls")),
    path("inst/", include("tuoyu.ends.institution.urls")),
    path("family/", include("tuoyu.ends.family.urls")),
    path("clinic/", include("tuoyu.ends.clinic.urls")),
    path("academy/", include("tuoyu.ends.academy.urls")),
    path("cockpit/", include("tuoyu.ends.cockpit.urls")),
    path("kiosk/", include("tuoyu.ends.kiosk.urls")),
    path("api/v1/", include("tuoyu.ends.openapi.urls")),
]

handler404 = "tuoyu.config.views.not_found"
handler500 = "tuoyu.config.views.server_error"
