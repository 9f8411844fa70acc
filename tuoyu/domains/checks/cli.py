"""``tuoyu checks``：run the rules over a month, and measure them against the truth file."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.conf import settings

from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import month_start
from tuoyu.domains.checks.models import Accuracy
from tuoyu.domains.checks.rules import RULES
from tuoyu.domains.checks.services import CLERK, Planted, Ran, measure, run_month

TRUTH = "truth.json"


@click.group()
def checks() -> None:
    """奖补核验：按月运行规则、对照真相文件测查准与查全。命中只是疑问，不是结论。"""


@checks.command("run")
@click.option("--month", required=True, help="月份，如 2025-06")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def run(month: str, as_json: bool) -> None:
    """核验一个月。可重复运行：数据没变，结果不变。"""
    try:
        done = run_month(month=_month(month), by=CLERK, at=clock.now())
    except DomainError as error:
        raise click.ClickException(error.text) from error
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False, default=str))
        return
    click.echo(words(done))


def words(done: Ran) -> str:
    """结果（给人）。"""
    counts = f"新立 {done.opened} 件，复核已无命中 {done.vanished} 件，用时 {done.ms} 毫秒"
    out = [f"{done.month:%Y-%m} 核验：{counts}"]
    for r in done.rules:
        title = RULES[r.rule].title
        said = f"不适用（{r.absent}）" if r.absent else f"{r.cases} 件，{r.hits} 项，{r.ms} 毫秒"
        out.append(f"  {title}：{said}")
    return "\n".join(out)


@checks.command("measure")
@click.option("--truth", type=click.Path(dir_okay=False), default=None, help="真相文件")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def measure_(truth: str | None, as_json: bool) -> None:
    """对照真相文件，逐条规则给出查准与查全（按件计，只计已核验的月份）。"""
    path = Path(truth) if truth else Path(settings.DATA_DIR) / TRUTH
    if not path.exists():
        raise click.ClickException(f"没有真相文件 {path}；只有模拟生成的城市才有，请先生成")
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rows = measure(planted=Planted.of(told), at=clock.now())
    if as_json:
        click.echo(json.dumps([_facts(r) for r in rows], ensure_ascii=False))
        return
    for r in rows:
        click.echo(
            f"{RULES[r.rule].title}：立案 {r.cases} 件，属实 {r.true_cases}"
            f"（查准 {_share(r.true_cases, r.cases)}）；埋设 {r.planted} 件，查出 {r.found}"
            f"（查全 {_share(r.found, r.planted)}）；相近而正当 {r.near} 件，误报 {r.near_found}"
        )


def _facts(r: Accuracy) -> dict[str, Any]:
    names = ("rule", "months", "planted", "found", "cases", "true_cases", "near", "near_found")
    return {name: getattr(r, name) for name in names}


def _share(part: int, whole: int) -> str:
    return f"{part * 100 // whole}%" if whole else "—"


def _month(text: str) -> date:
    try:
        return month_start(text)
    except ValueError as error:
        raise click.ClickException(f"{error}") from error
