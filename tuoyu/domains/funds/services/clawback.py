"""应收回与抵扣：what was paid too much is set off against the payee's next orders, or paid back.

In the ledger the money of the overpaid order goes 已付 → 应收回 → 已收回 → 可用, while the order it
is set off against counts as paid by the same sum: what the bank really moved stays what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum

from tuoyu.core import events
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.funds.events import OrderSettled, ReceivableCleared
from tuoyu.domains.funds.models import Order, Receivable, Recovery
from tuoyu.domains.funds.models.payments import SETTLED, OrderState
from tuoyu.domains.funds.services.ledger import Move, balances_of, check_amount, post_all


@transaction.atomic
def claim_back(
    *,
    key: str,
    amount_fen: int,
    against: Sequence[str],
    purpose: str,
    source_type: str,
    source_id: int,
    by: Actor,
    at: datetime,
) -> list[Receivable]:
    """认定应收回：``against`` are the keys of the overpaid orders, the latest first."""
    check_amount(amount_fen)
    made = list(Receivable.all_rows.filter(key=key).order_by("pk"))
    if made:
        if sum(r.amount_fen for r in made) != amount_fen:
            raise DomainError("key-used", "这笔应收回已经认定过，且金额不同，没有重复认定")
        return made
    found = {o.key: o for o in Order.all_rows.select_for_update().filter(key__in=against)}
    left = amount_fen
    for order in (found[k] for k in against if k in found):
        part = min(left, order.amount_fen - _claimed_before(order))
        if part > 0:
            made.append(_raise(order, key, part, purpose, source_type, source_id, by, at))
            left -= part
    if left:
        raise DomainError(
            "nothing-paid",
            f"应收回 {yuan_grouped(amount_fen)} 元，比此前应付的多 {yuan_grouped(left)} 元，"
            "没有办理；请先办完前次结算的审批，再办本次",
        )
    for receivable in made:
        _go_on(receivable, by, at)
    return made


def _claimed_before(order: Order) -> int:
    rows = Receivable.all_rows.filter(order=order)
    return int(rows.aggregate(fen=Sum("amount_fen", default=0))["fen"])


def _raise(
    order: Order,
    key: str,
    fen: int,
    purpose: str,
    source_type: str,
    source_id: int,
    by: Actor,
    at: datetime,
) -> Receivable:
    return Receivable.all_rows.create(
        key=key,
        order=order,
        amount_fen=fen,
        left_fen=fen,
        payee_kind=order.payee_kind,
        payee_id=order.payee_id,
        payee_name=order.payee_name,
        programme=order.programme,
        region_code=order.region_code,
        institution_id=order.institution_id,
        purpose=purpose[:120],
        source_type=source_type,
        source_id=source_id,
        raised_at=at,
        raised_by_name=by.name,
    )


def _go_on(receivable: Receivable, by: Actor, at: datetime) -> None:
    """An order still in the bank's hands is neither paid nor reducible: the claim waits for it."""
    state = receivable.order.state
    if state == OrderState.WAITING:
        set_off_order(receivable.order, by=by, at=at)
    elif state in SETTLED:
        claim_paid(receivable.order, by=by, at=at)


def claim_paid(order: Order, *, by: Actor, at: datetime) -> None:
    """已付讫的付款单：its open claims enter the ledger and are set off where they can be."""
    rows = order.receivables.select_for_update().filter(is_claimed=False, left_fen__gt=0)
    for receivable in rows.order_by("pk"):
        move = Move(f"receivable:{receivable.pk}/claim/{_turn(receivable)}", "claim", order.key,
                    receivable.left_fen, receivable.purpose)  # fmt: skip
        post_all([move], by=by, at=at)
        receivable.is_claimed = True
        receivable.save(update_fields=["is_claimed"])
        _set_off_next(receivable, by, at)


def unclaim(order: Order, *, by: Actor, at: datetime) -> None:
    """退票：money that came back by itself is not owed; the claim waits for the next try."""
    rows = order.receivables.select_for_update().filter(is_claimed=True, left_fen__gt=0)
    for receivable in rows.order_by("pk"):
        key = f"receivable:{receivable.pk}/unclaim/{_turn(receivable)}"
        post_all([Move(key, "unclaim", order.key, receivable.left_fen)], by=by, at=at)
        receivable.is_claimed = False
        receivable.save(update_fields=["is_claimed"])


def cover_bounce(order: Order, fen: int, *, by: Actor, at: datetime) -> None:
    """退票的钱不在已付里：part of it had been claimed back and set off against later orders.

    Those orders keep their set-off (the payee was told so). What they counted as paid was this very
    money, so that their books give it up and this order's books have it again: the whole then goes
    back to 承诺, and the sum of 已付 falls by what the bank returned.
    """
    short = fen - balances_of(order.key).get("paid", 0)
    rows = Recovery.all_rows.select_for_update(of=("self",)).filter(
        receivable__order=order, order__isnull=False
    )
    moves: list[Move] = []
    turn = order.instructions.exclude(state__in=("ready", "withdrawn")).count()
    for made in rows.exclude(order=order).select_related("order").order_by("-pk"):
        if short <= 0:
            break
        assert made.order is not None
        part = min(short, made.amount_fen, balances_of(made.order.key).get("paid", 0))
        if part <= 0:
            continue
        key, words = f"recovery:{made.pk}/bounce/{turn}", f"{order.purpose} 退票"
        ways = [("bounce", made.order.key), ("cancel", made.order.key),
                ("uncommit", made.order.key), ("unrecover", order.key)]  # fmt: skip
        moves += [Move(f"{key}/{kind}", kind, subject, part, words) for kind, subject in ways]
        short -= part
    if short > 0:
        raise DomainError(
            "repaid",
            f"{order.payee_name}的「{order.purpose}」退票 {yuan_grouped(fen)} 元，其中"
            f" {yuan_grouped(short)} 元对方此前已另行退回，没有入账；"
            "请先核实，把多退的办理退还后再入账",
        )
    post_all(moves, by=by, at=at)


def _turn(receivable: Receivable) -> int:
    """How often the bank has answered for the order: each answer begins a turn of its own."""
    return receivable.order.instructions.exclude(state__in=("ready", "withdrawn")).count()


def set_off_order(order: Order, *, by: Actor, at: datetime) -> None:
    """抵扣一张待拨付的付款单：the oldest claims on its payee and programme first."""
    if order.state != OrderState.WAITING:
        return
    rows = Receivable.all_rows.select_for_update().filter(
        payee_kind=order.payee_kind,
        payee_id=order.payee_id,
        programme=order.programme,
        left_fen__gt=0,
    )
    for receivable in rows.order_by("raised_at", "pk"):
        if order.state == OrderState.WAITING:
            _set_off(receivable, order, by, at)


def _set_off_next(receivable: Receivable, by: Actor, at: datetime) -> None:
    rows = Order.all_rows.select_for_update().filter(
        payee_kind=receivable.payee_kind,
        payee_id=receivable.payee_id,
        programme=receivable.programme,
        state=OrderState.WAITING,
    )
    for order in rows.order_by("proposed_at", "pk"):
        if receivable.left_fen:
            _set_off(receivable, order, by, at)


def _set_off(receivable: Receivable, order: Order, by: Actor, at: datetime) -> None:
    own = receivable.order_id == order.pk
    if not (own or receivable.is_claimed):
        return
    fen, day = min(receivable.left_fen, order.net_fen), at.date()
    made = Recovery.all_rows.create(
        receivable=receivable, order=order, amount_fen=fen, on=day, at=at, by_name=by.name,
        region_code=order.region_code, institution_id=order.institution_id,
    )  # fmt: skip
    key, paid_for = f"recovery:{made.pk}", receivable.order.key
    ways = [("order", order.key), ("settle", order.key)]
    if not receivable.is_claimed:
        ways.append(("claim", paid_for))
    ways += [("set_off", paid_for), ("restore", paid_for)]
    words = f"抵扣：{receivable.purpose}"
    post_all([Move(f"{key}/{kind}", kind, subject, fen, words) for kind, subject in ways],
             by=by, at=at)  # fmt: skip
    order.offset_fen += fen
    if order.net_fen == 0:
        order.state, order.settled_on = OrderState.OFFSET, day
    order.save(update_fields=["offset_fen", "state", "settled_on"])
    _reduce(receivable, fen, day, at)
    if order.state == OrderState.OFFSET:
        events.publish(
            OrderSettled(order.source_type, order.source_id, order.pk, order.amount_fen, day, at)
        )
        claim_paid(order, by=by, at=at)


def _reduce(receivable: Receivable, fen: int, day: date, at: datetime) -> None:
    receivable.left_fen -= fen
    if receivable.left_fen == 0:
        receivable.cleared_on = day
    receivable.save(update_fields=["left_fen", "cleared_on"])
    same = Receivable.all_rows.filter(key=receivable.key)
    if receivable.left_fen == 0 and not same.filter(left_fen__gt=0).exists():
        total = int(same.aggregate(fen=Sum("amount_fen"))["fen"])
        events.publish(
            ReceivableCleared(
                receivable.source_type, receivable.source_id, receivable.pk, total, day, at
            )
        )


@transaction.atomic
def repaid(
    *, receivable_id: int, amount_fen: int, bank_ref: str, on: date, by: Actor, at: datetime
) -> Recovery:
    """登记退回：the payee has paid back; the bank's reference is what proves it."""
    if by.user_id is None or not by.may("funds:batch:prepare"):
        raise NotFound
    check_amount(amount_fen)
    rows = Receivable.objects.visible_to(by.scope).select_for_update()
    receivable = rows.filter(pk=receivable_id).first()
    if receivable is None:
        raise NotFound
    if not bank_ref.strip():
        raise DomainError("bank-ref", "登记退回须填银行流水号，请按到账回单填写")
    if on > at.date():
        raise DomainError("date", "到账日期晚于今天，没有登记；请按到账回单改正")
    if not receivable.is_claimed:
        raise DomainError("in-bank", "原付款尚未付讫，还不能登记退回；请待银行回单入账后再办")
    if amount_fen > receivable.left_fen:
        raise DomainError(
            "too-much",
            f"退回金额多于尚未收回的 {yuan_grouped(receivable.left_fen)} 元，没有登记；请核对金额",
        )
    made = _repaid_once(receivable, amount_fen, bank_ref.strip()[:35], on, by, at)
    key, subject = f"recovery:{made.pk}", receivable.order.key
    words = f"退回到账 {made.bank_ref}"
    post_all([Move(f"{key}/{kind}", kind, subject, amount_fen, words)
              for kind in ("recover", "restore")], by=by, at=at)  # fmt: skip
    _reduce(receivable, amount_fen, on, at)
    return made


def _repaid_once(
    receivable: Receivable, fen: int, bank_ref: str, on: date, by: Actor, at: datetime
) -> Recovery:
    try:
        with transaction.atomic():
            return Recovery.all_rows.create(
                receivable=receivable, amount_fen=fen, bank_ref=bank_ref, on=on, at=at,
                by_name=by.name, region_code=receivable.region_code,
                institution_id=receivable.institution_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError(
            "bank-ref-used", f"流水号 {bank_ref} 已经登记过，没有重复登记；请核对回单"
        ) from error
