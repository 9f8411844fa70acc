"""域内消息：lower domains publish what happened; upper domains' handlers defer a task.

A handler runs inside the publisher's transaction and does nothing but defer: the task is stored
with the change or not at all.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

E = TypeVar("E")
_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)

LIVE_CHANNEL = "tuoyu_live"


def on(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """登记处理者。"""

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        if handler not in _handlers[event_type]:
            _handlers[event_type].append(handler)
        return handler

    return register


def publish(event: object) -> None:
    """发布消息：in the caller's transaction."""
    for handler in _handlers[type(event)]:
        handler(event)


def push_live(topics: list[str], kind: str) -> None:
    """实时提示（SSE）：tells open pages of these topics to look again; carries no personal data.

    Topics: ``child:<opaque id>``, ``institution:<id>``, ``region:<code>``.
    """
    body = json.dumps({"topics": topics, "kind": kind}, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, body])
