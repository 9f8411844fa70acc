"""时间的写法，Asia/Shanghai."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core.clock import ZONE


def moment_text(at: datetime) -> str:
    """10 月 15 日 08:10。"""
    local = at.astimezone(ZONE)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def day_text(at: datetime) -> str:
    """10 月 15 日。"""
    local = at.astimezone(ZONE)
    return f"{local.month} 月 {local.day} 日"
