"""结算的命令：``tuoyu settle`` 与 ``tuoyu replay``。"""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tuoyu.core import audit, clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.money import yuan_grouped
from tuoyu.core.periods import month_start
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.models import Run, Statement
from tuoyu.domains.subsidies.services.settling import STAGES, Settled, Tell

OPERATOR = Actor(None, "命令行", "system", "系统", "system", frozenset(), SYSTEM)


@click.command(short_help="月度结算：逐人计算并存下可解释的结果")
@click.option("--month", required=True, help="月份，如 2025-06")
@click.option("--rule", "rule_id", default="class_subsidy", show_default=True, help="规则编号")
@click.option("--known", type=click.DateTime(["%Y-%m-%d"]), help="知悉截止日；此后收到的通知不计")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def settle(month: str, rule_id: str, known: datetime | None, as_json: bool) -> None:
    """结算一个月：只算已月结的机构；再次运行没有变化时什么也不做，有更正或迟到通知时出增减行。

    \b
    例：tuoyu settle --month 2025-06 --rule class_subsidy
        tuoyu settle --month 2025-06 --known 2025-10-15 --json
    """
    try:
        month_start(month)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--month") from error
    try:
        with _progress(quiet=as_json) as tell:
            done = services.settle(
                book=current_book(),
                rule_id=rule_id,
                month=month,
                by=OPERATOR,
                at=clock.now(),
                known=known.date() if known else None,
                tell=tell,
            )
        if done.run is not None:
            audit.record(
                actor=OPERATOR,
                action="月度结算",
                target=f"run/{done.run.pk}",
                note=done.text,
                at=clock.now(),
            )
    except DomainError as error:
        if as_json:
            click.echo(json.dumps({"error": error.code, "text": error.text}, ensure_ascii=False))
        else:
            click.echo(error.text, err=True)
        sys.exit(1)
    click.echo(json.dumps(facts(done), ensure_ascii=False) if as_json else words(done))


@click.command(short_help="重放一次结算，核对每个字节")
@click.option("--month", required=True, help="月份，如 2025-06")
@click.option("--rule", "rule_id", default="class_subsidy", show_default=True, help="规则编号")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def replay(month: str, rule_id: str, as_json: bool) -> None:
    """重放某月的各次结算：由存下的输入重算，逐字节比较；不符的行逐一指名，退出码为 1。"""
    runs = Run.all_rows.filter(rule=rule_id, month=month_start(month)).order_by("number")
    if not runs:
        raise click.ClickException(f"{month} 没有 {rule_id} 的结算")
    results = [services.replay(run.pk, book=current_book()) for run in runs]
    rows = [
        {
            "run": r.run.pk,
            "number": r.run.number,
            "receipt": r.run.receipt,
            "ok": r.ok,
            "same_pack": r.same_pack,
            "lines": r.lines,
            "faults": [{"child_id": f.child_id, "what": f.what} for f in r.faults],
        }
        for r in results
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for r in results:
            click.echo(f"第 {r.run.number} 次 {r.run.receipt[:16]}… {r.text}")
            for f in r.faults:
                click.echo(f"  {'儿童 ' + str(f.child_id) if f.child_id else '整次'}：{f.what}")
    if not all(r.ok for r in results):
        sys.exit(1)


def facts(done: Settled) -> dict[str, object]:
    """结算结果（给程序）。"""
    run = done.run or done.last
    found = Statement.all_rows.filter(run=run) if run else Statement.all_rows.none()
    counts = list(found.values_list("paid_lines", "zero_lines", "undetermined_lines"))
    return {
        "changed": done.run is not None,
        "text": done.text,
        "rule": run.rule if run else None,
        "month": f"{run.month:%Y-%m}" if run else None,
        "known": done.known.isoformat(),
        "run": run.pk if run else None,
        "number": run.number if run else None,
        "institutions": len(counts),
        "lines": run.lines if run else 0,
        "paid": sum(c[0] for c in counts),
        "zero": sum(c[1] for c in counts),
        "undetermined": sum(c[2] for c in counts),
        "total_fen": run.total_fen if run else 0,
        "receipt": run.receipt if run else None,
        "previous_receipt": (run.previous_receipt or None) if run else None,
        "left_out": done.left_out,
        "newer_notices": done.newer_notices,
    }


def words(done: Settled) -> str:
    """结算结果（给人）。"""
    said = facts(done)
    out = [str(said["text"])]
    run = done.run or done.last
    if run is not None:
        out.append(
            f"  {said['institutions']} 家机构：应付 {said['paid']}，不付 {said['zero']}，"
            f"待定 {said['undetermined']}；合计 {yuan_grouped(run.total_fen)} 元"
        )
        out.append(f"  知悉截止 {done.known}，凭据 {run.receipt}")
        if run.previous_receipt:
            out.append(f"  前次凭据 {run.previous_receipt}")
    if done.left_out:
        out.append(f"  未月结的 {len(done.left_out)} 家机构没有计入，月结后再运行即可补上")
    if done.newer_notices:
        listed = "、".join(done.newer_notices)
        out.append(f"  截止日之后收到的 {listed} 未计入；要补差请加 --known")
    return "\n".join(out)


def _progress(*, quiet: bool) -> AbstractContextManager[Tell]:
    if quiet:
        return nullcontext(lambda _: None)
    if not sys.stderr.isatty():
        return nullcontext(lambda stage: click.echo(stage, err=True))
    return _Bar()


class _Bar(AbstractContextManager[Tell]):
    """终端上的进度条。"""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task(STAGES[0], total=len(STAGES))

    def __enter__(self) -> Tell:
        self._bar.start()
        return self._step

    def _step(self, stage: str) -> None:
        self._bar.update(self._task, description=stage, completed=STAGES.index(stage))

    def __exit__(self, *_: object) -> None:
        self._bar.update(self._task, completed=len(STAGES))
        self._bar.stop()
