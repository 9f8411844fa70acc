"""拨付批：prepared with declared totals, released by another who enters them again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from tuoyu.core.access import Actor
from tuoyu.core.crypto import sm3
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.funds import sources
from tuoyu.domains.funds.models import Batch, Instruction, Order
from tuoyu.domains.funds.models.payments import InstructionState, OrderState
from tuoyu.domains.funds.selectors.payments import (
    Payable,
    Totals,
    access_batch,
    account_ids,
    find_waiting,
    list_instructions,
)
from tuoyu.domains.funds.services.bank import message
from tuoyu.domains.funds.services.clawback import set_off_order
from tuoyu.domains.funds.services.ledger import Move, post_all
from tuoyu.domains.funds.services.orders import check_pays


@transaction.atomic
def prepare(
    *,
    programme: str,
    unit_code: str = "",
    declared_count: int,
    declared_total_fen: int,
    region_code: str,
    by: Actor,
    at: datetime,
) -> Batch:
    """编制拨付批：every waiting order of the programme ("" for all) that has an account."""
    if by.user_id is None or not by.may("funds:batch:prepare"):
        raise NotFound
    check_pays()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('funds:prepare', 0))")
    found = find_waiting(by.scope, programme, unit_code)
    if not found.payable:
        raise DomainError("nothing", "没有可以编批的付款单：请先完成审批，并核对收款账户是否齐全")
    _agree(found.totals, declared_count, declared_total_fen)
    batch = Batch.all_rows.create(
        number=_number(at),
        programme=programme,
        region_code=region_code,
        declared_count=declared_count,
        declared_total_fen=declared_total_fen,
        prepared_at=at,
        prepared_by=by.user_id,
        prepared_by_name=by.name,
    )
    _fill(batch, found.payable)
    return batch


def _fill(batch: Batch, payable: list[Payable]) -> None:
    ids = [p.order.pk for p in payable]
    taken = Order.all_rows.filter(pk__in=ids, state=OrderState.WAITING).update(
        state=OrderState.BATCHED
    )
    if taken != len(ids):
        raise DomainError("taken", "有付款单刚被编入另一批，本次没有编制；请刷新页面后重做")
    Instruction.all_rows.bulk_create(
        Instruction(
            batch=batch,
            order=p.order,
            payee_account_id=p.account_id,
            reference=f"{batch.number}-{n:04d}",
            amount_fen=p.order.net_fen,
            region_code=p.order.region_code,
            institution_id=p.order.institution_id,
        )
        for n, p in enumerate(payable, 1)
    )


@transaction.atomic
def release(*, batch_id: int, count: int, total_fen: int, by: Actor, at: datetime) -> Batch:
    """送银行：another person enters the totals again; batch, orders and sources must agree."""
    if by.user_id is None or not by.may("funds:batch:release"):
        raise NotFound
    check_pays()
    batch = access_batch(by.scope, batch_id, lock=True)
    _check_open(batch)
    if batch.prepared_by == by.user_id:
        raise DomainError("same-person", "编制人不能拨付自己编制的批次，请由另一位拨付岗办理")
    rows = list_instructions(batch)
    if any(r.order.proposed_by == by.user_id for r in rows):
        raise DomainError(
            "same-person", "本批中有您自己审批提出的付款单，不能由您拨付；请由另一位拨付岗办理"
        )
    totals = Totals(len(rows), sum(r.amount_fen for r in rows))
    _agree(totals, count, total_fen)
    if (totals.count, totals.total_fen) != (batch.declared_count, batch.declared_total_fen):
        raise DomainError("changed", f"批次 {batch.number} 的内容与编制时申报不符，请撤回后重编")
    _check_rows(batch, rows)
    post_all([Move(f"{r.reference}/order", "order", r.order.key, r.amount_fen) for r in rows],
             by=by, at=at)  # fmt: skip
    batch.instructions.filter(state=InstructionState.READY).update(state=InstructionState.SENT)
    Order.all_rows.filter(pk__in=[r.order_id for r in rows]).update(state=OrderState.SENT)
    batch.released_at, batch.released_by, batch.released_by_name = at, by.user_id, by.name
    batch.execute_on = at.date()
    batch.file_sm3 = sm3(message(batch)).hex()
    batch.save(
        update_fields=["released_at", "released_by", "released_by_name", "execute_on", "file_sm3"]
    )
    return batch


def _check_open(batch: Batch) -> None:
    if batch.released_at is not None:
        raise DomainError("released", f"批次 {batch.number} 已经送银行，没有重复处理")
    if batch.withdrawn_at is not None:
        raise DomainError("withdrawn", f"批次 {batch.number} 已经撤回，请另行编制")


def _check_rows(batch: Batch, rows: list[Instruction]) -> None:
    """付前核对：source line, order and instruction say the same; the account still holds."""
    found = sources.find((r.order.source_type, r.order.source_id) for r in rows)
    in_use = account_ids({(r.order.payee_kind, r.order.payee_id) for r in rows})
    for row in rows:
        order = row.order
        source = found.get((order.source_type, order.source_id))
        if row.amount_fen != order.net_fen or order.state != OrderState.BATCHED:
            raise DomainError("changed", f"付款单「{order.purpose}」编批后有变，请撤回后重编")
        if source is not None and source.amount_fen != order.amount_fen:
            raise DomainError(
                "lines",
                f"「{order.purpose}」的付款单与其明细之和不符"
                f"（{yuan_grouped(order.amount_fen)} 与 {yuan_grouped(source.amount_fen)} 元），"
                f"批次 {batch.number} 没有送出；请先核对明细",
            )
        if in_use.get((order.payee_kind, order.payee_id)) != row.payee_account_id:
            raise DomainError(
                "account-changed",
                f"{order.payee_name}的收款账户在编批后变更，没有送出；请撤回后重编",
            )


@transaction.atomic
def withdraw(*, batch_id: int, by: Actor, at: datetime) -> Batch:
    """撤回未送银行的批次：its orders wait again."""
    if not by.may("funds:batch:prepare"):
        raise NotFound
    batch = access_batch(by.scope, batch_id, lock=True)
    _check_open(batch)
    batch.withdrawn_at, batch.withdrawn_by_name = at, by.name
    batch.save(update_fields=["withdrawn_at", "withdrawn_by_name"])
    rows = list_instructions(batch)
    batch.instructions.update(state=InstructionState.WITHDRAWN)
    for order in Order.all_rows.select_for_update().filter(pk__in=[r.order_id for r in rows]):
        order.state = OrderState.WAITING
        order.save(update_fields=["state"])
        set_off_order(order, by=by, at=at)
    return batch


def _agree(totals: Totals, count: int, total_fen: int) -> None:
    """The figure in the books is not given away: the clerk must find his own mistake."""
    if totals.count != count:
        raise DomainError(
            "count", f"申报 {count} 笔，与待付笔数不符，没有办理；请核对付款单后重新填写"
        )
    if totals.total_fen != total_fen:
        raise DomainError(
            "total",
            f"申报合计 {yuan_grouped(total_fen)} 元，与付款单合计不符，没有办理；请核对后重新填写",
        )


def _number(at: datetime) -> str:
    made = Batch.all_rows.filter(number__startswith=f"BF{at:%Y%m%d}-")
    last = made.order_by("-number").values_list("number", flat=True).first()
    return f"BF{at:%Y%m%d}-{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03d}"
