"""实时提示的合并：at the morning rush the open pages are told a few times a second, not per child.

A NOTIFY inside the recording transaction would make every commit wait for the one before it. So
the door tells after its commit: at once when all was quiet, else together with what follows within
a fifth of a second. A hint lost in a crash costs nothing: pages read the day itself.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable

from django.db import Error, connection

from tuoyu.core.events import LIVE_CHANNEL, publish
from tuoyu.domains.attendance.events import DoorRecorded

EVERY = 0.2  # seconds
TOPICS_EACH = 200  # a notification holds 8,000 bytes
# A hint may be lost, so it does not wait for the disk.
_TELL = "SELECT set_config('synchronous_commit', 'off', true), pg_notify(%s, %s)"

_lock = threading.Lock()
_waiting: set[str] = set()
_told_at = 0.0
_timer: threading.Timer | None = None


def tell(institution_id: int, region_code: str, child_ids: Iterable[int]) -> None:
    """有到离园：in autocommit, after the events were stored."""
    global _timer
    with _lock:
        _waiting.update(
            (f"institution:{institution_id}", f"region:{region_code}"),
            (f"child:{c}" for c in child_ids),
        )
        quiet = time.monotonic() - _told_at >= EVERY
        if not quiet and _timer is None:
            _timer = threading.Timer(EVERY, _tell_later)
            _timer.daemon = True
            _timer.start()
    if quiet:
        flush()


def flush() -> None:
    """把攒下的提示发出去。"""
    global _told_at, _timer
    with _lock:
        topics = sorted(_waiting)
        _waiting.clear()
        _told_at = time.monotonic()
        if _timer is not None:  # what it waited to tell is told now
            _timer.cancel()
            _timer = None
    if not topics:
        return
    with connection.cursor() as cursor:
        for first in range(0, len(topics), TOPICS_EACH):
            some = topics[first : first + TOPICS_EACH]
            body = json.dumps({"kind": "attendance", "topics": some}, separators=(",", ":"))
            cursor.execute(_TELL, [LIVE_CHANNEL, body])
    children = sorted(int(t.removeprefix("child:")) for t in topics if t.startswith("child:"))
    if children:
        publish(DoorRecorded(tuple(children), after_commit=True))


def _tell_later() -> None:
    """On a thread and a connection of its own, closed again."""
    try:
        flush()
    except Error:
        pass  # only a hint; the pages read the day itself
    finally:
        connection.close()
