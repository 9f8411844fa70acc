"""对账与全链：the three sides of a batch line by line, and the whole way of one order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tuoyu.domains.funds import sources
from tuoyu.domains.funds.files.returns import WORDS, Answer
from tuoyu.domains.funds.files.threeway import TITLES, TONES, Verdict
from tuoyu.domains.funds.models import (
    BankReturn,
    BankReturnLine,
    Batch,
    Entry,
    Instruction,
    Order,
    Receivable,
    Recovery,
)

# ── 三方对账 ──
from tuoyu.domains.funds.selectors.payments import list_instructions


@dataclass(frozen=True)
class Side:
    """对账的一行：来源、付款单、银行。"""

    reference: str
    order: Order | None
    source: sources.Source | None
    sent_fen: int | None
    bank_fen: int | None
    bank_ref: str
    on: date | None
    said: str
    verdict: str
    tone: str
    is_unpaid: bool


def reconcile(batch: Batch, kept: BankReturn | None = None) -> list[Side]:
    """三方对账：the batch as it stands, or as one return file had it."""
    rows = list_instructions(batch)
    found = sources.find((r.order.source_type, r.order.source_id) for r in rows)
    lines = BankReturnLine.all_rows.filter(bank_return__batch=batch).order_by("pk")
    if kept is not None:
        lines = lines.filter(bank_return=kept)
    else:
        lines = lines.filter(bank_return__booked_at__isnull=False)
    said: dict[str, list[BankReturnLine]] = {}
    for line in lines:
        said.setdefault(line.reference, []).append(line)
    out: list[Side] = []
    for row in rows:
        source = found.get((row.order.source_type, row.order.source_id))
        answers = said.pop(row.reference, [])
        shown = answers if kept is not None else answers[-1:]
        out += [_side(row, source, line) for line in shown] or [_side(row, source, None)]
    unknown = [line for rest in said.values() for line in rest]
    return out + [_side(None, None, line) for line in unknown]


def _side(
    row: Instruction | None, source: sources.Source | None, line: BankReturnLine | None
) -> Side:
    verdict = Verdict(line.verdict) if line is not None else Verdict.MISSING
    if row is not None and source is not None and source.amount_fen != row.order.amount_fen:
        verdict = Verdict.DIFFERS
    return Side(
        reference=row.reference if row else line.reference if line else "",
        order=row.order if row else None,
        source=source,
        sent_fen=row.amount_fen if row else None,
        bank_fen=line.amount_fen if line else None,
        bank_ref=line.bank_ref if line else "",
        on=line.on if line else None,
        said=_said(line),
        verdict=TITLES[verdict],
        tone=TONES.get(verdict, "danger"),
        is_unpaid=line is not None and line.answer != Answer.PAID,
    )


def _said(line: BankReturnLine | None) -> str:
    if line is None:
        return ""
    word = WORDS[Answer(line.answer)]
    return f"{word}：{line.reason}" if line.reason else word


# ── 一笔付款的全链 ──


@dataclass(frozen=True)
class Drawn:
    """钱从哪里来：one budget line and how much of it."""

    source: str
    unit_code: str
    year: int
    document_no: str
    amount_fen: int


@dataclass(frozen=True)
class Chain:
    """资金全链：source of money → ledger → order → set-off → bank → what it was for."""

    order: Order
    source: sources.Source | None
    drawn: list[Drawn]
    entries: list[Entry]
    instructions: list[Instruction]
    recoveries: list[Recovery]
    receivables: list[Receivable]


def chain_of(order: Order) -> Chain:
    """一张付款单的全链。"""
    entries = list(
        Entry.all_rows.filter(subject=order.key)
        .select_related("transfer", "credit__line", "debit")
        .order_by("transfer__at", "pk")
    )
    drawn: dict[int, int] = {}
    for entry in entries:
        sign = {"reserve": 1, "free": -1, "uncommit": -1}.get(entry.transfer.kind, 0)
        if sign:
            line_id = entry.credit.line_id
            drawn[line_id] = drawn.get(line_id, 0) + sign * entry.amount_fen
    budget = {e.credit.line_id: e.credit.line for e in entries}
    return Chain(
        order=order,
        source=sources.find([(order.source_type, order.source_id)]).get(
            (order.source_type, order.source_id)
        ),
        drawn=[
            Drawn(budget[i].source, budget[i].unit_code, budget[i].year, budget[i].document_no, fen)
            for i, fen in drawn.items()
            if fen
        ],
        entries=entries,
        instructions=list(order.instructions.select_related("batch", "payee_account")
                          .order_by("pk")),
        recoveries=list(order.recoveries.select_related("receivable__order").order_by("pk")),
        receivables=list(order.receivables.order_by("pk")),
    )  # fmt: skip
