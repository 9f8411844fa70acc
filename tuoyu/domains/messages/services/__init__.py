"""消息的写入：everything that a person is told goes through ``tell``."""

from __future__ import annotations

from tuoyu.domains.messages.services.subscribing import subscribe, unsubscribe
from tuoyu.domains.messages.services.telling import mark_read, set_preference, tell

__all__ = ["mark_read", "set_preference", "subscribe", "tell", "unsubscribe"]
