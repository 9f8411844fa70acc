"""演示身份一键进入：demo mode and loopback only; there is no password behind it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tuoyu.core.access import Request, not_found, page
from tuoyu.domains.identity.models import User
from tuoyu.domains.identity.selectors import list_demo_people

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def is_loopback(request: HttpRequest) -> bool:
    """是否本机访问。"""
    return request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1")


@page(None, title="演示进入", why_public="仅演示模式、本机", methods=("GET", "POST"))
def enter(request: Request, slug: str) -> HttpResponse:
    """以演示身份进入。"""
    user = User.objects.filter(demo_slug=slug, is_active=True).first()
    if not settings.DEMO or not is_loopback(request) or user is None:
        return not_found(request)
    login(request, user, backend=BACKEND)
    request.session.pop("assignment", None)
    return redirect(request.GET["next"] if _local(request) else "account_home")


def _local(request: HttpRequest) -> bool:
    target = request.GET.get("next", "")
    return target.startswith("/") and not target.startswith("//")


def people(request: HttpRequest) -> list[dict[str, str]]:
    """登录页上的演示身份；empty outside demo mode or from elsewhere."""
    if not settings.DEMO or not is_loopback(request):
        return []
    return list_demo_people()
