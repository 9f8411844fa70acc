"""听到的消息：银行到账。"""

from __future__ import annotations

from tuoyu.core import events, rls
from tuoyu.domains.funds.events import OrderSettled
from tuoyu.domains.insurance.services import premiums
from tuoyu.domains.insurance.states import BILL


@events.on(OrderSettled)
def settle(event: OrderSettled) -> None:
    """保费到账。"""
    if event.source_type != BILL:
        return
    with rls.as_system("到账由银行回单推动，不受操作人数据范围限制"):
        premiums.settled(event.source_id, event.settled_on, event.at)
