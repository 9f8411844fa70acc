"""消息的写入：everything that a person is told goes through ``tell``."""

from __future__ import annotations

from tuoyu.domains.messages.services.telling import mark_read, tell

__all__ = ["mark_read", "tell"]
