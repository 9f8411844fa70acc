"""账号与任职的写入。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from tuoyu.core.errors import DomainError
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.roles import ROLES


@transaction.atomic
def open_account(
    *,
    username: str,
    name: str,
    role: str,
    on: date,
    region_code: str = "",
    institution_ids: Sequence[int] = (),
    organisation: str = "",
    password: str | None = None,
) -> User:
    """开通账号并给一个任职；without a password only 统一身份认证 can sign it in."""
    if role not in ROLES:
        raise DomainError("role", f"没有「{role}」这个角色，请从角色表中选")
    if User.objects.filter(username=username).exists():
        raise DomainError("taken", f"登录名 {username} 已被使用，请换一个")
    user = User.objects.create_user(username, name, password)
    Assignment.objects.create(
        user=user,
        role=role,
        region_code=region_code,
        institution_ids=list(institution_ids),
        organisation=organisation,
        from_on=on,
    )
    return user


def set_elder(*, user_id: int, on: bool) -> None:
    """记住长辈版。"""
    User.objects.filter(pk=user_id).update(prefers_elder=on)
