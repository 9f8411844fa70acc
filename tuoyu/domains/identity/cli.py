"""账号的命令：the first administrator of a real city is opened here; no default password exists."""

from __future__ import annotations

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tuoyu.core import clock
from tuoyu.domains.identity.models import User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.identity.services import open_account


@click.group(short_help="账号：开通、停用、设密码")
def people() -> None:
    """账号由管理员开通；没有默认密码。"""


@people.command()
@click.argument("username")
@click.option("--name", required=True, help="姓名")
@click.option("--role", required=True, type=click.Choice(sorted(ROLES)), help="角色")
@click.option("--region", default="", help="区划代码（政府角色）")
@click.option("--institution", "institutions", type=int, multiple=True, help="机构编号，可多个")
@click.option("--organisation", default="", help="单位")
@click.password_option("--password", prompt="密码（至少 12 位）")
def add(
    username: str,
    name: str,
    role: str,
    region: str,
    institutions: tuple[int, ...],
    organisation: str,
    password: str,
) -> None:
    """开通账号并给一个任职。"""
    try:
        validate_password(password)
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    user = open_account(
        username=username,
        name=name,
        role=role,
        region_code=region,
        institution_ids=list(institutions),
        organisation=organisation,
        password=password,
        on=clock.today(),
    )
    click.echo(f"已开通 {user.username}（{user.name}），角色 {ROLES[role].title}")


@people.command()
@click.argument("username")
def disable(username: str) -> None:
    """停用账号。"""
    changed = User.objects.filter(username=username, is_active=True).update(is_active=False)
    click.echo("已停用" if changed else "没有找到在用的账号")
