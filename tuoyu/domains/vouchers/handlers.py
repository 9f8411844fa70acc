"""消息处理：a settlement is paid when the bank has confirmed its order; a failed one waits."""

from __future__ import annotations

from tuoyu.core.events import on
from tuoyu.domains.funds.events import OrderFailed, OrderSettled
from tuoyu.domains.vouchers.services.funding import SOURCE
from tuoyu.domains.vouchers.services.settling import BOOKS, mark_paid, mark_unpaid


@on(OrderSettled)
def paid(event: OrderSettled) -> None:
    """支付单到账。"""
    if event.source_type == SOURCE:
        mark_paid(settlement_id=event.source_id, paid_on=event.settled_on, by=BOOKS, at=event.at)


@on(OrderFailed)
def failed(event: OrderFailed) -> None:
    """支付单未付成或退票。"""
    if event.source_type == SOURCE:
        mark_unpaid(settlement_id=event.source_id, reason=event.reason, by=BOOKS, at=event.at)
