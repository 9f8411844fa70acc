"""操作日志的命令。"""

from __future__ import annotations

import sys

import click

from tuoyu.core import clock
from tuoyu.core.audit import chain
from tuoyu.core.audit.models import AuditEvent, SealedBatch


@click.group(short_help="操作日志：封存、核验")
def audit() -> None:
    """操作日志：每一次写入和敏感查看各一行，成批封存成链。"""


@audit.command()
def seal() -> None:
    """封存尚未封存的日志。"""
    click.echo(f"已封存 {chain.seal(at=clock.now())} 行")


@audit.command()
def verify() -> None:
    """核验全链：找出被改动或缺失的行并指名；没有问题时退出码为 0。"""
    faults = list(chain.verify())
    for fault in faults:
        click.echo(f"第 {fault.row} 行 {fault.event_id} {fault.what}")
    last = SealedBatch.objects.order_by("-number").first()
    sealed = last.first_row + last.count - 1 if last else 0
    waiting = AuditEvent.objects.count() - sealed
    root = bytes(last.root).hex() if last else "—"
    click.echo(f"已封存 {sealed} 行，待封存 {max(waiting, 0)} 行，链根 {root}")
    if faults:
        click.echo(f"发现 {len(faults)} 处不符", err=True)
        sys.exit(1)
    click.echo("核验通过")
