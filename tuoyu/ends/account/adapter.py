"""账号规则：accounts are made by administrators; 统一身份认证 signs in those that exist."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from tuoyu.domains.identity.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """账号。"""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """统一身份认证：the provider's ``preferred_username`` names an account that must exist here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        name = claims.get("preferred_username", "")
        user = User.objects.filter(username=name, is_active=True).first() if name else None
        if user is None:
            raise ImmediateHttpResponse(render(request, "account/unknown.html", status=403))
        sociallogin.connect(request, user)
