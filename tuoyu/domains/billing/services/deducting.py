"""券的抵扣：a voucher takes its part of an issued bill; giving it back is a second line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan
from tuoyu.domains.billing.models import Bill, BillLine, ItemKind, LineKind
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.domains.billing.services.locking import lock


@transaction.atomic
def deduct(
    *, bill_id: int, amount_fen: int, key: str, label: str, by: Actor, at: datetime
) -> BillLine:
    """抵扣保育费。Idempotent by key; the same key with another content is refused."""
    bill = _bill(by, bill_id)
    lock("bill", bill.pk)
    earlier = BillLine.all_rows.filter(key=key).first()
    if earlier is not None:
        if (earlier.bill_id, earlier.amount_fen) != (bill.pk, -amount_fen):
            raise DomainError("key-used", "这笔抵扣的编号已用于另一笔，请刷新页面后重新核销")
        return earlier
    if amount_fen <= 0:
        raise DomainError("amount", "抵扣金额须大于零")
    left = standings([bill.pk])[bill.pk].deductible_fen
    if amount_fen > left:
        raise DomainError(
            "over-bill",
            f"本月保育费还可抵扣 {yuan(left)} 元，不能抵 {yuan(amount_fen)} 元；请核对券面与账单",
        )
    return _line(
        bill, -amount_fen, f"抵扣保育费 {yuan(amount_fen)} 元", by, at, key=key, label=label
    )


@transaction.atomic
def give_back(*, key: str, reason: str, by: Actor, at: datetime) -> BillLine:
    """退回抵扣：the bill owes again what the voucher had taken. Idempotent."""
    line = BillLine.objects.visible_to(by.scope).filter(key=key, kind=LineKind.VOUCHER).first()
    if line is None:
        raise NotFound
    lock("bill", line.bill_id)
    earlier = BillLine.all_rows.filter(reverses=line).first()
    if earlier is not None:
        return earlier
    if not reason.strip():
        raise DomainError("reason", "退回抵扣须写明原因，请补写后再提交")
    why = f"退回抵扣：{reason.strip()}"
    return _line(line.bill, -line.amount_fen, why, by, at, label=line.label, reverses=line)


def _bill(by: Actor, bill_id: int) -> Bill:
    found = Bill.objects.visible_to(by.scope).filter(pk=bill_id).first()
    if found is None:
        raise NotFound
    return found


def _line(
    bill: Bill,
    fen: int,
    why: str,
    by: Actor,
    at: datetime,
    *,
    label: str,
    key: str | None = None,
    reverses: BillLine | None = None,
) -> BillLine:
    return BillLine.all_rows.create(
        bill=bill,
        child_id=bill.child_id,
        institution_id=bill.institution_id,
        region_code=bill.region_code,
        for_month=bill.month,
        kind=LineKind.VOUCHER,
        item_kind=ItemKind.CARE,
        label=label,
        amount_fen=fen,
        why=why[:300],
        key=key,
        reverses=reverses,
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
    )
