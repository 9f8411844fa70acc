"""银行回单入账：compared line by line first; one fault and nothing of the file is booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from django.db import transaction

from tuoyu.core import crypto, events
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.funds.events import OrderFailed, OrderSettled
from tuoyu.domains.funds.files import tables, threeway
from tuoyu.domains.funds.files.returns import WORDS, Answer, ReturnFile, ReturnLine
from tuoyu.domains.funds.files.threeway import Compared, Sent, Verdict
from tuoyu.domains.funds.models import BankReturn, BankReturnLine, Batch, Instruction, Order
from tuoyu.domains.funds.models.payments import InstructionState, OrderState
from tuoyu.domains.funds.selectors.payments import access_batch, list_instructions
from tuoyu.domains.funds.services.clawback import claim_paid, cover_bounce, unclaim
from tuoyu.domains.funds.services.ledger import Move, post_all

SEAL = "funds_bankreturn.source"
_ANSWERED = {
    InstructionState.PAID: Answer.PAID,
    InstructionState.FAILED: Answer.FAILED,
    InstructionState.RETURNED: Answer.RETURNED,
}
_BECOMES = {
    Answer.PAID: (InstructionState.PAID, OrderState.PAID),
    Answer.FAILED: (InstructionState.FAILED, OrderState.FAILED),
    Answer.RETURNED: (InstructionState.RETURNED, OrderState.FAILED),
}


@transaction.atomic
def take_return(
    *, batch_id: int, file_name: str, blob: bytes, by: Actor, at: datetime
) -> BankReturn:
    """收回单：booked as a whole, or kept with its faults and not booked at all."""
    if by.user_id is None or not by.may("funds:return:upload"):
        raise NotFound
    batch = access_batch(by.scope, batch_id, lock=True)
    if batch.released_at is None:
        raise DomainError("not-released", f"批次 {batch.number} 尚未送银行，不会有回单；请核对批号")
    digest = crypto.sm3(blob).hex()
    if BankReturn.all_rows.filter(sm3=digest, booked_at__isnull=False).exists():
        raise DomainError("again", "这份回单已经入过账，没有重复入账；请核对是否选错文件")
    file = tables.read(blob)
    rows = list_instructions(batch)
    sent = [Sent(r.reference, r.amount_fen, _ANSWERED.get(InstructionState(r.state)))
            for r in rows]  # fmt: skip
    compared = threeway.compare(sent, file)
    faults = threeway.faults(compared, file) + _dates(file, batch, at)
    if not file.lines:
        faults.append("回单里没有一笔")
    kept = BankReturn.all_rows.create(
        batch=batch,
        region_code=batch.region_code,
        file_name=PurePath(file_name.replace("\\", "/")).name[:120] or "回单",
        sm3=digest,
        source=crypto.seal_bytes(blob, SEAL),
        count=file.count,
        total_fen=file.total_fen,
        uploaded_at=at,
        uploaded_by=by.user_id,
        uploaded_by_name=by.name,
        booked_at=None if faults else at,
        faults=faults[:50],
    )
    _keep_lines(kept, compared)
    if not faults:
        _book({r.reference: r for r in rows}, file.lines, by, at)
    return kept


def _dates(file: ReturnFile, batch: Batch, at: datetime) -> list[str]:
    assert batch.execute_on is not None
    return [
        f"第 {line.number} 行 {line.reference} 的日期 {line.on} "
        + ("晚于今天" if line.on > at.date() else "早于送银行日")
        for line in file.lines
        if not batch.execute_on <= line.on <= at.date()
    ]


def _keep_lines(kept: BankReturn, compared: Sequence[Compared]) -> None:
    BankReturnLine.all_rows.bulk_create(
        BankReturnLine(
            bank_return=kept,
            region_code=kept.region_code,
            reference=row.reference,
            answer=row.line.answer,
            amount_fen=row.line.amount_fen,
            on=row.line.on,
            bank_ref=row.line.bank_ref,
            reason=row.line.reason,
            verdict=row.verdict,
        )
        for row in compared
        if row.line is not None and row.verdict is not Verdict.MISSING
    )


def _book(
    rows: dict[str, Instruction], lines: Sequence[ReturnLine], by: Actor, at: datetime
) -> None:
    """入账：all orders locked, then the ledger, then the rows, then the news."""
    wanted = [rows[line.reference].order_id for line in lines]
    locked = Order.all_rows.select_for_update().filter(pk__in=wanted).order_by("pk")
    orders = {order.pk: order for order in locked}
    told = [(line, rows[line.reference], orders[rows[line.reference].order_id]) for line in lines]
    for line, row, order in told:
        if line.answer is Answer.RETURNED:
            unclaim(order, by=by, at=at)
            cover_bounce(order, row.amount_fen, by=by, at=at)
    post_all([m for line, row, order in told for m in _moves(line, row, order)], by=by, at=at)
    for line, row, order in told:
        row.state, order.state = _BECOMES[line.answer]
        row.bank_ref, row.reason = line.bank_ref or row.bank_ref, line.reason
        row.settled_on = line.on
        order.settled_on = line.on if line.answer is Answer.PAID else None
        order.note = "" if line.answer is Answer.PAID else _why(line)[:200]
    Instruction.all_rows.bulk_update(
        [row for _, row, _ in told], ["state", "bank_ref", "reason", "settled_on"], batch_size=500
    )
    Order.all_rows.bulk_update(
        [order for _, _, order in told], ["state", "settled_on", "note"], batch_size=500
    )
    _tell(told, by, at)


def _moves(line: ReturnLine, row: Instruction, order: Order) -> list[Move]:
    kinds = {
        Answer.PAID: ("settle",),
        Answer.FAILED: ("cancel",),
        Answer.RETURNED: ("bounce", "cancel"),
    }[line.answer]
    words = f"{WORDS[line.answer]} {line.bank_ref}".strip()
    return [Move(f"{row.reference}/{k}", k, order.key, row.amount_fen, words) for k in kinds]


def _why(line: ReturnLine) -> str:
    return f"{WORDS[line.answer]}：{line.reason or '银行未说明原因'}"


def _tell(told: Sequence[tuple[ReturnLine, Instruction, Order]], by: Actor, at: datetime) -> None:
    for line, _, order in told:
        if line.answer is Answer.PAID:
            events.publish(
                OrderSettled(
                    order.source_type, order.source_id, order.pk, order.amount_fen, line.on, at
                )
            )
            claim_paid(order, by=by, at=at)
        else:
            events.publish(
                OrderFailed(order.source_type, order.source_id, order.pk, _why(line), at)
            )
