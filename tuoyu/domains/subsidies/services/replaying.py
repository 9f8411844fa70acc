"""重放：the stored inputs, the packs and the knowledge date give the same bytes, or it is named."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
from django.db import transaction

from tuoyu.core import rls
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import month_of
from tuoyu.core.scope import SYSTEM, Scope
from tuoyu.domains.policies.engine import Book, receipt, resolve
from tuoyu.domains.subsidies import rules
from tuoyu.domains.subsidies.models import Run, Statement
from tuoyu.domains.subsidies.selectors import gather


@dataclass(frozen=True)
class Fault:
    """一处不符。``child_id`` names the line; None when it is the run as a whole."""

    child_id: int | None
    what: str


@dataclass(frozen=True)
class Replay:
    """重放结果。"""

    run: Run
    same_pack: bool
    lines: int
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def text(self) -> str:
        """一句话。"""
        if self.ok:
            return f"重放一致：{self.lines} 条逐字节相同，凭据相符"
        return f"发现 {len(self.faults)} 处不符"


@transaction.atomic
def replay(run_id: int, *, book: Book, scope: Scope = SYSTEM) -> Replay:
    """重放一次结算：recomputes each line and compares bytes, hashes, receipt and totals.

    A run is whole or it is nothing: all its lines are read whatever the asker's ``scope``, which
    is entered again afterwards; the answer names lines by opaque ids only.
    """
    run = Run.all_rows.filter(pk=run_id).first()
    if run is None:
        raise NotFound
    rls.leave()
    result = _replay(run, book)
    rls.enter(scope)
    return result


def _replay(run: Run, book: Book) -> Replay:
    stored = gather.read_lines(run.pk)
    resolved = resolve(book, run.rule, month_of(run.month), run.known_on)
    again = rules.recompute(
        resolved, stored.select(list(rules.INPUTS)), stored["gate"] == rules.WITHDRAWN
    )
    # Places in the list of parameter rows belong to the packs of that day: compare the rows.
    again = _by_then(again, run.param_rows, [row.id for row in resolved.rows])
    if run.is_delta:
        before = gather.read_before(run.rule, run.month, run.number)
        again = rules.with_deltas(again, before.select(*rules.KEYS, "granted_fen"))
    faults = [
        *_inputs(run, stored),
        *_lines(stored, again),
        *_run(run, stored, book),
    ]
    return Replay(run, run.pack_sha256 == book.sha256, stored.height, faults)


def _by_then(lines: pl.DataFrame, then: list[str], now: list[str]) -> pl.DataFrame:
    if then == now:
        return lines
    places = {row: place for place, row in enumerate(then)}
    moved = {str(place): str(places.get(row, f"?{row}")) for place, row in enumerate(now)}
    cited = pl.col("params").str.split(",").list.eval(pl.element().replace(moved)).list.join(",")
    return lines.with_columns(cited.alias("params"))


def _inputs(run: Run, stored: pl.DataFrame) -> list[Fault]:
    named = gather.find_tampered_inputs(run.pk)
    faults = [Fault(child, "输入与其散列不符") for child in named]
    if not faults and rules.digest_inputs(stored) != run.input_sha256:
        faults.append(Fault(None, "全部输入的散列与结算时不同（有行被增删或整体改写）"))
    return faults


def _lines(stored: pl.DataFrame, again: pl.DataFrame) -> list[Fault]:
    if rules.canonical(stored) == rules.canonical(again):
        return []
    names = list(rules.OUTPUTS)
    both = stored.hstack(again.select(pl.col(names).name.suffix("_again")))
    faults = []
    for name in names:
        differs = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_again")))
        for child, was, now in differs.select("child_id", name, f"{name}_again").iter_rows():
            faults.append(Fault(child, f"{name} 存为 {was}，重算为 {now}"))
    return faults


def _run(run: Run, stored: pl.DataFrame, book: Book) -> list[Fault]:
    faults = []
    if rules.digest_lines(stored) != run.output_sha256:
        faults.append(Fault(None, "结果散列与结算时不同"))
    again = receipt(
        pack=book.pack.id,
        pack_sha256=run.pack_sha256,
        rule=run.rule,
        month=month_of(run.month),
        known=run.known_on,
        input_sha256=run.input_sha256,
    )
    if again != run.receipt:
        faults.append(Fault(None, "凭据与其内容不符"))
    total = stored["delta_fen"].sum()
    listed = Statement.all_rows.filter(run=run).values_list("total_fen", "lines")
    if (run.total_fen, run.lines) != (total, stored.height):
        faults.append(Fault(None, "结算合计与各行之和不符"))
    if (sum(t for t, _ in listed), sum(n for _, n in listed)) != (total, stored.height):
        faults.append(Fault(None, "机构结算单合计与各行之和不符"))
    return faults
