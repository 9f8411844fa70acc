"""资金的消息到结算单：paid when the bank has confirmed it, cleared when the money is back.

These take the step at once, in the booking's own transaction: a case is never paid without its
booking, nor a booking without its case.
"""

from __future__ import annotations

from tuoyu.core import events
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.funds import sources
from tuoyu.domains.funds.events import OrderSettled, ReceivableCleared
from tuoyu.domains.subsidies.selectors.paying import find_sources
from tuoyu.domains.subsidies.services.paying import follow
from tuoyu.domains.subsidies.states import SOURCE

sources.register(SOURCE, find_sources)


@events.on(OrderSettled)
def settled(event: OrderSettled) -> None:
    """银行付讫 → 已拨付。"""
    if event.source_type == SOURCE:
        words = f"{event.settled_on} 付讫 {yuan_grouped(event.amount_fen)} 元"
        follow([event.source_id], "pay", event.at, words)


@events.on(ReceivableCleared)
def cleared(event: ReceivableCleared) -> None:
    """应收回收清 → 已收回。"""
    if event.source_type == SOURCE:
        words = f"{event.cleared_on} 收清 {yuan_grouped(event.amount_fen)} 元"
        follow([event.source_id], "recover", event.at, words)
