"""听到的消息：公示结束、银行到账或未付成。"""

from __future__ import annotations

from tuoyu.core import events, rls
from tuoyu.domains.funds.events import OrderFailed, OrderSettled
from tuoyu.domains.grants.services import paying
from tuoyu.domains.publicity.events import NoticeEnded


@events.on(NoticeEnded)
def end_notice(event: NoticeEnded) -> None:
    """公示结束：clear rows are to be paid, upheld ones are refused."""
    if event.source_type != paying.SOURCE:
        return
    with rls.as_system("公示结束由平台推动，不受操作人数据范围限制"):
        for application in paying.applications_of(event.clear_ids):
            paying.notice_cleared(application, event.at)
        for application in paying.applications_of(event.objected_ids):
            paying.notice_upheld(application, event.at)


@events.on(OrderSettled)
def settle(event: OrderSettled) -> None:
    """银行到账。"""
    if event.source_type != paying.SOURCE:
        return
    with rls.as_system("到账由银行回单推动，不受操作人数据范围限制"):
        for application in paying.applications_of([event.source_id]):
            paying.order_settled(application, event.settled_on, event.at, event.amount_fen)


@events.on(OrderFailed)
def fail(event: OrderFailed) -> None:
    """银行未付成。"""
    if event.source_type != paying.SOURCE:
        return
    with rls.as_system("付款结果由银行回单推动，不受操作人数据范围限制"):
        for application in paying.applications_of([event.source_id]):
            paying.order_failed(application, event.reason, event.at)
