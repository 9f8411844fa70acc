"""收款、退款与更正：every one is a record of its own; none is ever edited."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish
from tuoyu.core.money import yuan
from tuoyu.domains.billing import rules
from tuoyu.domains.billing.events import PaymentRecorded
from tuoyu.domains.billing.models import Bill, BillLine, ItemKind, LineKind, Method, Payment
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.domains.billing.services.locking import lock

PAY = "inst:fee:pay"


@transaction.atomic
def record_payment(
    *,
    bill_id: int,
    amount_fen: int,
    method: str,
    paid_on: date,
    by: Actor,
    at: datetime,
    note: str = "",
) -> Payment:
    """登记收款；a negative amount is money given back. Never beyond what is left."""
    bill = _bill(by, bill_id)
    if method not in Method.values:
        raise DomainError("method", "没有这种收款方式，请从名单里选")
    if paid_on > clock.day_of(at):
        raise DomainError("future", f"收款日期 {paid_on} 还没有到，请核对")
    lock("bill", bill.pk)
    left = standings([bill.pk])[bill.pk].left_fen
    _check_amount(amount_fen, left)
    return _pay(bill, amount_fen, method, paid_on, note, by, at)


def _check_amount(amount_fen: int, left: int) -> None:
    if amount_fen == 0:
        raise DomainError("zero", "金额不能为零，请填写实际金额")
    if amount_fen > 0 and left <= 0:
        raise DomainError("paid", "这张账单已经缴清，没有重复登记；请刷新页面查看")
    if amount_fen > 0 and amount_fen > left:
        raise DomainError(
            "over", f"未缴 {yuan(left)} 元，不能登记收款 {yuan(amount_fen)} 元；请核对金额"
        )
    if amount_fen < 0 and amount_fen < min(left, 0):
        raise DomainError(
            "over",
            f"应退 {yuan(max(-left, 0))} 元，不能登记退款 {yuan(-amount_fen)} 元；请核对金额",
        )


@transaction.atomic
def reverse_payment(*, payment_id: int, reason: str, by: Actor, at: datetime) -> Payment:
    """冲正一笔收款：登记错了，记一笔相反的；the first record stays."""
    if not by.may(PAY):
        raise NotFound
    rows = Payment.objects.visible_to(by.scope).select_related("bill")
    wrong = rows.filter(pk=payment_id).first()
    if wrong is None:
        raise NotFound
    if not reason.strip():
        raise DomainError("reason", "冲正须写明原因，请补写后再提交")
    lock("bill", wrong.bill_id)
    if wrong.reverses_id is not None or Payment.all_rows.filter(reverses=wrong).exists():
        raise DomainError("reversed", "这笔记录已经冲正，没有重复处理；请刷新页面查看")
    note = f"冲正 {wrong.receipt_no}：{reason.strip()}"[:120]
    return _pay(
        wrong.bill, -wrong.amount_fen, wrong.method, clock.day_of(at), note, by, at, reverses=wrong
    )


def _pay(
    bill: Bill,
    fen: int,
    method: str,
    paid_on: date,
    note: str,
    by: Actor,
    at: datetime,
    reverses: Payment | None = None,
) -> Payment:
    made = Payment.all_rows.create(
        bill=bill,
        child_id=bill.child_id,
        institution_id=bill.institution_id,
        region_code=bill.region_code,
        amount_fen=fen,
        method=method,
        paid_on=paid_on,
        receipt_no=_receipt_no(bill.institution_id, clock.day_of(at)),
        note=note.strip()[:120],
        reverses=reverses,
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
    )
    publish(PaymentRecorded(bill.pk, bill.child_id, bill.institution_id, bill.month, fen))
    return made


def _receipt_no(institution_id: int, day: date) -> str:
    """收据号：institution, day, running number; without gaps, for one waits for the other."""
    start = f"{institution_id}-{day:%Y%m%d}-"
    lock("receipts", institution_id)
    count = Payment.all_rows.filter(receipt_no__startswith=start).count()
    return f"{start}{count + 1:04d}"


@transaction.atomic
def correct_bill(
    *, bill_id: int, item_kind: str, amount_fen: int, reason: str, by: Actor, at: datetime
) -> BillLine:
    """更正账单：a second line with its reason, up or down, never above the filed price."""
    bill = _bill(by, bill_id)
    if not reason.strip():
        raise DomainError("reason", "更正须写明原因，请补写后再提交")
    if amount_fen == 0:
        raise DomainError("zero", "更正金额不能为零")
    lock("bill", bill.pk)
    _check_correction(bill, item_kind, amount_fen)
    return BillLine.all_rows.create(
        bill=bill,
        child_id=bill.child_id,
        institution_id=bill.institution_id,
        region_code=bill.region_code,
        for_month=bill.month,
        kind=LineKind.CORRECTION,
        item_kind=item_kind,
        label=f"{ItemKind(item_kind).label}更正",
        amount_fen=amount_fen,
        why=reason.strip()[:300],
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
    )


def _check_correction(bill: Bill, item_kind: str, amount_fen: int) -> None:
    """更正的界限：from what is already waived or taken by a voucher, up to the filed price."""
    lines = [li for li in bill.lines.all() if li.item_kind == item_kind]
    charges = [li for li in lines if li.kind == LineKind.CHARGE]
    if not charges:
        raise DomainError("no-item", "这张账单里没有这一项收费，目录清单外不得收费，不能更正出来")
    filed = sum(
        rules.charge(
            c.unit, min(c.filed_fen or 0, c.cap_fen or c.filed_fen or 0), c.quantity or 0
        ).fen
        for c in charges
    )
    now = sum(li.amount_fen for li in lines if li.kind in (LineKind.CHARGE, LineKind.CORRECTION))
    if now + amount_fen > filed:
        raise DomainError(
            "above-filed",
            f"更正后 {yuan(now + amount_fen)} 元，高于按备案价（及限额）算得的 {yuan(filed)} 元；"
            "请改小更正金额",
        )
    taken = -sum(li.amount_fen for li in lines if li.kind in (LineKind.WAIVER, LineKind.VOUCHER))
    if now + amount_fen < taken:
        raise DomainError(
            "below",
            f"更正后 {yuan(now + amount_fen)} 元，低于已减免和已抵扣的 {yuan(taken)} 元；"
            "请先退回抵扣或改小更正金额",
        )


def _bill(by: Actor, bill_id: int) -> Bill:
    if not by.may(PAY):
        raise NotFound
    found = Bill.objects.visible_to(by.scope).filter(pk=bill_id).first()
    if found is None:
        raise NotFound
    return found
