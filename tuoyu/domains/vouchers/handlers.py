"""消息处理：a settlement is paid only when the bank has confirmed its order."""

from __future__ import annotations

from tuoyu.core.access import Actor
from tuoyu.core.events import on
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.funds.events import OrderSettled
from tuoyu.domains.vouchers.services.funding import SOURCE
from tuoyu.domains.vouchers.services.settling import mark_paid

BANK = Actor(
    None, "银行回单", "system", "系统", "system", frozenset({"voucher:settlement:pay"}), SYSTEM
)


@on(OrderSettled)
def paid(event: OrderSettled) -> None:
    """支付单到账。"""
    if event.source_type == SOURCE:
        mark_paid(settlement_id=event.source_id, paid_on=event.settled_on, by=BANK, at=event.at)
