"""推送订阅：a browser of one person, where the browser allows."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core import crypto
from tuoyu.core.errors import DomainError
from tuoyu.domains.messages import webpush
from tuoyu.domains.messages.channels.push import may_reach
from tuoyu.domains.messages.models import PushSubscription

MOST = 10  # browsers of one person


def subscribe(
    *, user_id: int, endpoint: str, p256dh: str, auth: str, device: str, at: datetime
) -> PushSubscription:
    """订阅；the same browser again, or by another person of the house, replaces the old row."""
    if len(endpoint) > 1000 or not may_reach(endpoint):
        raise DomainError(
            "push-host", "这个浏览器的推送服务不在可用名单内，没有开启；站内消息不受影响"
        )
    if not _is_whole(p256dh, auth):
        raise DomainError("push-key", "浏览器给的推送密钥不完整，没有开启；请刷新页面后再试")
    index = crypto.blind_index(endpoint)
    made, _ = PushSubscription.all_rows.update_or_create(
        endpoint_index=index,
        defaults={
            "user_id": user_id,
            "endpoint": endpoint,
            "p256dh": p256dh,
            "auth": auth,
            "device": device[:60],
            "made_at": at,
            "ended_at": None,
        },
    )
    standing = PushSubscription.all_rows.filter(user_id=user_id, ended_at=None)
    kept = standing.order_by("-made_at", "-pk").values("pk")[:MOST]
    standing.exclude(pk__in=list(kept.values_list("pk", flat=True))).update(ended_at=at)
    return made


def unsubscribe(*, user_id: int, endpoint: str, at: datetime) -> int:
    """停用这个浏览器。"""
    rows = PushSubscription.all_rows.filter(user_id=user_id, ended_at=None)
    return rows.filter(endpoint_index=crypto.blind_index(endpoint)).update(ended_at=at)


def end(*, user_id: int, subscription_id: int, at: datetime) -> int:
    """停用本人的某个浏览器。"""
    rows = PushSubscription.all_rows.filter(user_id=user_id, ended_at=None, pk=subscription_id)
    return rows.update(ended_at=at)


def _is_whole(p256dh: str, auth: str) -> bool:
    try:
        point, secret = webpush.unb64(p256dh), webpush.unb64(auth)
    except ValueError:
        return False
    return len(point) == 65 and point[0] == 4 and len(secret) == 16
