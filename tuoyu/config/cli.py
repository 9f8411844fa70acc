"""托育云命令行：one console script, whose ``--help`` is a document."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
CITIES = {"quanzhou": "quanzhou-2024", "yueqing": "yueqing-2025"}

# name → (module, attribute, needs Django and the database, one line for the list)
COMMANDS = {
    "serve": ("tuoyu.config.serve", "serve", False, "启动平台（网页、后台任务、实时推送）"),
    "packs": (
        "tuoyu.domains.policies.engine.cli",
        "packs",
        False,
        "政策包：检查、样例、解释、展示",
    ),
    "city": ("tuoyu.sim.cli", "city", True, "演示城市：按种子生成人、机构和一年的日子"),
    "settle": (
        "tuoyu.domains.subsidies.cli",
        "settle",
        True,
        "月度结算：逐人计算并存下可解释的结果",
    ),
    "replay": ("tuoyu.domains.subsidies.cli", "replay", True, "重放一次结算，核对每个字节"),
    "checks": ("tuoyu.domains.checks.cli", "checks", True, "奖补核验：按月运行、测查准与查全"),
    "funds": ("tuoyu.domains.funds.cli", "funds", True, "资金：试算平衡"),
    "indicators": ("tuoyu.domains.indicators.cli", "indicators", True, "指标：重算、查看"),
    "audit": ("tuoyu.core.audit.cli", "audit", True, "操作日志：封存、核验"),
    "people": ("tuoyu.domains.identity.cli", "people", True, "账号：开通、停用、设密码"),
}


class Rooms(click.Group):
    """按需装载的命令组：``packs`` 不碰数据库，帮助不启动任何东西。"""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute, needs_django, _ = COMMANDS[name]
        if name == "city":  # a simulated city makes its data directory a demo
            os.environ["TUOYU_DEMO"] = "1"
        if needs_django:  # the command is found before ``main`` has run: its options already count
            _choose(ctx.params.get("city_name"), ctx.params.get("data"))
            _prepare(asked_for_help=bool({"--help", "-h"} & set(sys.argv)))
        return getattr(importlib.import_module(module), attribute)  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, row[3]) for name, row in COMMANDS.items()])


def _prepare(*, asked_for_help: bool) -> None:
    """装好 Django；starts or joins the embedded database unless only help is wanted."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")
    data = use_data(os.environ.get("TUOYU_CITY", "quanzhou-2024"), None)
    if not asked_for_help:
        from tuoyu.config import postgres
        from tuoyu.core.crypto import make_key_file

        postgres.ensure(data)
        make_key_file(data / "keys" / "fields.key")
    import django

    django.setup()
    if not asked_for_help:
        _catch_up()


def _catch_up() -> None:
    """First use, or a newer version: tables and packs as this code wants them."""
    from django.core.management import call_command

    from tuoyu.config.loading import load_packs
    from tuoyu.core import clock

    call_command("migrate", verbosity=0)
    load_packs(at=clock.now())


def use_data(city: str, data: str | None) -> Path:
    """数据目录：``--data``, else TUOYU_DATA, else .data/<city> beside the project."""
    chosen = data or os.environ.get("TUOYU_DATA") or str(ROOT / ".data" / city)
    path = Path(chosen).resolve()
    path.mkdir(parents=True, exist_ok=True)
    os.environ["TUOYU_DATA"] = str(path)
    os.environ["TUOYU_CITY"] = city
    return path


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--city", "city_name", default=None, help="城市：quanzhou、yueqing 或政策包目录名")
@click.option("--data", default=None, help="数据目录（数据库、密钥、附件），默认 .data/<城市>")
def main(city_name: str | None, data: str | None) -> None:
    """托育云：一座城市的普惠托育平台。

    \b
    一条线：门口打卡 → 日考勤 → 月结 → 按城市政策逐人计算 → 县审、市批 → 拨付；
    每一分钱都说得清是怎么算的。

    \b
    试用：     tuoyu serve --demo          浏览器打开 http://127.0.0.1:8000/
    看政策：   tuoyu packs show quanzhou-2024
    结算：     tuoyu settle --month 2025-06 --rule class_subsidy
    核日志：   tuoyu audit verify

    \b
    环境变量： TUOYU_CITY 城市包   TUOYU_DATA 数据目录   DATABASE_URL 外部数据库（空＝自带）
               TUOYU_OIDC_* 统一身份认证   TUOYU_HOSTS 允许的主机名   TUOYU_HTTPS=1 生产
               TUOYU_SMS_* TUOYU_WECHAT_* TUOYU_SMTP_* TUOYU_PUSH_* 消息通道（不设则不发）
    """
    _choose(city_name, data)


def _choose(city_name: str | None, data: str | None) -> None:
    city = CITIES.get(city_name or "", city_name) or os.environ.get("TUOYU_CITY", "quanzhou-2024")
    use_data(city, data)


if __name__ == "__main__":
    main()
