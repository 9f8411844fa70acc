"""``tuoyu city``：the simulated city on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from tuoyu.core.errors import DomainError


@click.group()
def city() -> None:
    """演示城市：按种子生成人、机构和一年的日子（全部虚构）。"""


@city.command("build")
@click.option(
    "--scale",
    type=click.Choice(["demo", "full", "tiny"]),
    default="demo",
    show_default=True,
    help="demo 约 60 家机构、2000 名儿童；full 1000 家、41000 个托位、全年；tiny 供测试",
)
@click.option("--seed", type=int, default=1, show_default=True, help="种子：同一种子，同一城市")
@click.option(
    "--truth",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="真相文件（埋设的违规及其编号），默认写到数据目录的 truth.json",
)
@click.option("--again", is_flag=True, help="先清空城市数据再生成（操作日志保留）")
def build_city(scale: str, seed: int, truth: Path | None, again: bool) -> None:
    """生成城市。只在演示模式（TUOYU_DEMO=1）下可用。"""
    from tuoyu.sim.build import build

    try:
        built = build(scale, seed, again=again, truth=truth)
    except DomainError as error:
        raise click.ClickException(error.text) from error
    for table, count in built.rows.items():
        click.echo(f"{count:>12,}  {table}")
    click.echo(f"{built.city.name}（{scale}，种子 {seed}）已生成；全部为演示数据")
