"""账号表单的说法：our own labels, no placeholder that repeats them, no help said twice."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms

LABELS = {
    "oldpassword": "当前密码",
    "password": "密码",
    "password1": "新密码",
    "password2": "再输入一次新密码",
    "code": "6 位数字",
}


def tidy(form: forms.Form, **labels: str) -> None:
    """换成平台的说法。"""
    for name, field in form.fields.items():
        field.label = labels.get(name) or LABELS.get(name, field.label)
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)


class ChangePassword(account.ChangePasswordForm):  # type: ignore[misc]
    """修改密码。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tidy(self)


class SetPassword(account.SetPasswordForm):  # type: ignore[misc]
    """设置密码。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tidy(self)


class Reauthenticate(account.ReauthenticateForm):  # type: ignore[misc]
    """再次输入密码。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tidy(self)


class ActivateTotp(totp.ActivateTOTPForm):  # type: ignore[misc]
    """开启两步验证。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tidy(self, code="验证器显示的 6 位数字")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class Authenticate(mfa.AuthenticateForm):  # type: ignore[misc]
    """登录的第二步。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tidy(self, code="6 位数字或备用码")


class ReauthenticateCode(mfa.ReauthenticateForm):  # type: ignore[misc]
    """再次验证。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tidy(self, code="6 位数字或备用码")
