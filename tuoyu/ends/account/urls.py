"""登录、两步验证、统一身份认证、角色切换。

Only the routes that the platform uses are named here; signing up and resetting by mail do not
exist (accounts are made by administrators, passwords are set with their help or by 统一身份认证).
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from tuoyu.ends.account import views
from tuoyu.ends.account.declared import declared
from tuoyu.ends.account.views import inbox

_ANYONE = "登录前的页面"
urlpatterns = [
    path("login/", declared(account.login, "登录", why_public=_ANYONE), name="account_login"),
    path("logout/", declared(account.logout, "退出", why_public=_ANYONE), name="account_logout"),
    path(
        "inactive/",
        declared(account.account_inactive, "账号已停用", why_public=_ANYONE),
        name="account_inactive",
    ),
    path(
        "reauthenticate/",
        declared(account.reauthenticate, "再次验证", signed_in=True),
        name="account_reauthenticate",
    ),
    path(
        "password/",
        declared(account.password_change, "修改密码", signed_in=True),
        name="account_change_password",
    ),
    path(
        "password/set/",
        declared(account.password_set, "设置密码", signed_in=True),
        name="account_set_password",
    ),
    path("security/", declared(mfa.index, "登录安全", signed_in=True), name="mfa_index"),
    path(
        "two-step/",
        declared(mfa.authenticate, "两步验证", why_public="登录的第二步"),
        name="mfa_authenticate",
    ),
    path(
        "two-step/again/",
        declared(mfa.reauthenticate, "再次验证", signed_in=True),
        name="mfa_reauthenticate",
    ),
    path(
        "two-step/on/",
        declared(totp.activate_totp, "开启两步验证", signed_in=True),
        name="mfa_activate_totp",
    ),
    path(
        "two-step/off/",
        declared(totp.deactivate_totp, "关闭两步验证", signed_in=True),
        name="mfa_deactivate_totp",
    ),
    path(
        "recovery/",
        declared(recovery.view_recovery_codes, "备用码", signed_in=True),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery/new/",
        declared(recovery.generate_recovery_codes, "重新生成备用码", signed_in=True),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery/file/",
        declared(recovery.download_recovery_codes, "下载备用码", signed_in=True),
        name="mfa_download_recovery_codes",
    ),
    path(
        "sso/<slug:provider_id>/",
        declared(oidc.login, "统一身份认证", why_public=_ANYONE),
        name="openid_connect_login",
    ),
    path(
        "sso/<slug:provider_id>/callback/",
        declared(oidc.callback, "统一身份认证返回", why_public=_ANYONE),
        name="openid_connect_callback",
    ),
    path(
        "sso/error/",
        declared(social.login_error, "统一身份认证失败", why_public=_ANYONE),
        name="socialaccount_login_error",
    ),
    path(
        "sso/cancelled/",
        declared(social.login_cancelled, "已取消", why_public=_ANYONE),
        name="socialaccount_login_cancelled",
    ),
    path(
        "sso/unknown/",
        declared(social.signup, "账号未开通", why_public=_ANYONE),
        name="socialaccount_signup",
    ),
    path(
        "sso/linked/",
        declared(social.connections, "已绑定的账号", signed_in=True),
        name="socialaccount_connections",
    ),
    path("messages/", inbox.box, name="account_messages"),
    path("messages/settings/", inbox.settings, name="account_message_settings"),
    path("messages/push/", inbox.subscribe, name="account_push"),
    path("messages/push/worker.js", inbox.worker, name="account_push_worker"),
    path("messages/push/<int:browser_id>/end/", inbox.unsubscribe, name="account_push_end"),
    path("me/", views.me, name="account_me"),
    path("switch/<int:assignment_id>/", views.switch_role, name="account_switch"),
    path("home/", views.home, name="account_home"),
]
