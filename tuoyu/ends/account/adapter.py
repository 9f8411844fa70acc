"""账号规则：accounts are made by administrators; 统一身份认证 signs in those that exist."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from tuoyu.domains.identity.models import User

# What went wrong and how to mend it; the library's own words address the reader otherwise.
SAID = {
    "username_password_mismatch": "账号或密码不对，请核对后重新输入；多次不成功会暂停几分钟",
    "incorrect_password": "密码不对，请重新输入",
    "enter_current_password": "当前密码不对，请重新输入",
    "incorrect_code": "验证码不对或已过期，请输入现在显示的 6 位数字",
    "too_many_login_attempts": "连续多次没有成功，请过几分钟再试，或请本单位管理员协助",
    "rate_limited": "操作太频繁，请过几分钟再试",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """账号。"""

    error_messages = {**DefaultAccountAdapter.error_messages, **SAID}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")


class TwoStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """两步验证。"""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": SAID["incorrect_code"]}


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
