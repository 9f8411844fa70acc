"""资金的消息：published in the same transaction as the booking they tell of, ``at`` its instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class OrderSettled:
    """付款单已付讫：the bank has confirmed it (or it was wholly set off)."""

    source_type: str
    source_id: int
    order_id: int
    amount_fen: int
    settled_on: date
    at: datetime


@dataclass(frozen=True)
class OrderFailed:
    """付款失败或退票：the money is committed again and waits to be ordered anew."""

    source_type: str
    source_id: int
    order_id: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class ReceivableCleared:
    """应收已收回：set off against later orders, or paid back."""

    source_type: str
    source_id: int
    receivable_id: int
    amount_fen: int
    cleared_on: date
    at: datetime
