"""保存期限：door messages a month (the events themselves are kept), all else 400 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from tuoyu.domains.messages.models import Delivery, Message

DOOR_DAYS, DAYS = 31, 400


def forget_old(now: datetime) -> int:
    """删去过期的消息与送达记录。"""
    door = Message.all_rows.filter(
        kind__in=("arrive", "leave"), at__lt=now - timedelta(days=DOOR_DAYS)
    )
    gone = door.delete()[0]
    gone += Message.all_rows.filter(at__lt=now - timedelta(days=DAYS)).delete()[0]
    gone += Delivery.all_rows.filter(
        kind__in=("arrive", "leave"), made_at__lt=now - timedelta(days=DOOR_DAYS)
    ).delete()[0]
    return gone + Delivery.all_rows.filter(made_at__lt=now - timedelta(days=DAYS)).delete()[0]
