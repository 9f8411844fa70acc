"""``tuoyu indicators``：count the day's figures, and show them as a clerk reads them."""

from __future__ import annotations

import json

import click

from tuoyu.core import clock


@click.group()
def indicators() -> None:
    """指标：重算、查看。"""


@indicators.command("refresh")
def refresh() -> None:
    """重算当日全部计量，并公布余位。"""
    from tuoyu.domains.indicators import services

    now = clock.now()
    facts = services.refresh_all(now)
    click.echo(f"{facts:>8,}  条计量（{now:%Y-%m-%d %H:%M}），余位已公布")


@indicators.command("show")
@click.option("--region", default="", help="区划代码，默认全市")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def show(region: str, as_json: bool) -> None:
    """查看指标：现值、目标、判断；缺数写“未知”，不作零。"""
    from tuoyu.domains.indicators.selectors import list_cards
    from tuoyu.domains.policies.books import current_book
    from tuoyu.domains.regions.models import Region
    from tuoyu.domains.regions.selectors import city_region

    where = Region.objects.filter(pk=region).first() if region else city_region()
    if where is None:
        raise click.ClickException(f"没有区划“{region}”，请核对代码")
    cards = list_cards(current_book(), where, clock.today())
    if as_json:
        rows = [
            {
                "id": c.indicator.id,
                "name": c.indicator.name,
                "region": where.code,
                "numerator": c.numerator.value,
                "denominator": c.denominator.value if c.denominator else None,
                "value": c.text,
                "unit": c.indicator.unit,
                "target": c.target_text,
                "state": c.judged.state,
                "why_unknown": c.why_unknown,
                "on": c.as_of.isoformat() if c.as_of else None,
            }
            for c in cards
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    click.echo(f"{where.name} {clock.today()}")
    for c in cards:
        value = f"{c.text}{'' if c.unit == '%' else ' '}{c.unit}" if c.text else "未知"
        click.echo(f"  {c.indicator.name}：{value}，{c.target_text}，{c.state} {c.gap}".rstrip())
        if c.why_unknown:
            click.echo(f"    {c.why_unknown}")
