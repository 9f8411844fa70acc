"""实时推送（SSE）：one small ASGI process; pages are told to look again, no personal data passes.

One LISTEN connection is fanned out to all open streams. A stream is opened with a signed ticket,
hears only the topics of its holder, and ends after ten minutes: the browser then asks anew.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")

from django.conf import settings

from tuoyu.core.events import LIVE_CHANNEL
from tuoyu.ends.openapi.tickets import matches, read_ticket

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = "/live/stream"
HEARTBEAT = 15.0
LIFETIME = 600.0
MAX_STREAMS = 4_000
MAX_OF_ONE = 20
BACKLOG = 100


@dataclass(eq=False)
class Stream:
    """一条打开的流。A reader too slow for its backlog is told once to look again."""

    user_id: int
    topics: frozenset[str]
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(BACKLOG))

    def offer(self, message: bytes) -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            message = _message("missed", [])
        self.queue.put_nowait(message)


def _message(kind: str, topics: list[str]) -> bytes:
    body = json.dumps({"kind": kind, "topics": topics}, separators=(",", ":"))
    return f"data: {body}\n\n".encode()


class Hub:
    """一个监听连接，许多条流。"""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.listener: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    async def ready(self) -> None:
        """Starts with the first stream; a stream opens only when nothing can be missed."""
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self._listen())
        await asyncio.wait_for(self.listening.wait(), 10)

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **_conninfo(), autocommit=True
                ) as conn:
                    await conn.execute(f"LISTEN {LIVE_CHANNEL}")
                    if self.streams:  # something may have passed while the line was down
                        self._tell_all()
                    self.listening.set()
                    async for notify in conn.notifies():
                        self.publish(notify.payload)
            except psycopg.Error:
                self.listening.clear()
                await asyncio.sleep(1)

    def _tell_all(self) -> None:
        for stream in self.streams:
            stream.offer(_message("missed", []))

    def publish(self, payload: str) -> None:
        """Each stream is told only of its own topics."""
        try:
            found = json.loads(payload)
            kind, topics = str(found["kind"]), [str(t) for t in found["topics"]]
        except (ValueError, KeyError, TypeError):
            return
        for stream in self.streams:
            heard = [t for t in topics if matches(stream.topics, t)]
            if heard:
                stream.offer(_message(kind, heard))

    def has_room(self, user_id: int) -> bool:
        mine = sum(s.user_id == user_id for s in self.streams)
        return len(self.streams) < MAX_STREAMS and mine < MAX_OF_ONE


def _conninfo() -> dict[str, Any]:
    found = settings.DATABASES["default"]
    named = {
        "dbname": found["NAME"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "host": found["HOST"],
        "port": found["PORT"],
    }
    return {key: str(value) for key, value in named.items() if value}


hub = Hub()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """ASGI 入口：``GET /live/stream?ticket=…&topics=…``."""
    if scope["type"] != "http":
        return
    if scope["path"] != PATH or scope["method"] != "GET":
        await _plain(send, 404)
        return
    query = parse_qs(scope["query_string"].decode("ascii", "replace"))
    ticket = read_ticket(query.get("ticket", [""])[0])
    origin = _origin(scope)
    if ticket is None or origin is None:
        await _plain(send, 403)
        return
    if not hub.has_room(ticket.user_id):
        await _plain(send, 503)
        return
    try:
        await hub.ready()
    except TimeoutError:
        await _plain(send, 503)
        return
    stream = Stream(ticket.user_id, _narrowed(ticket.topics, query.get("topics", [])))
    hub.streams.add(stream)
    try:
        await _run(stream, origin, receive, send)
    finally:
        hub.streams.discard(stream)


def _narrowed(allowed: frozenset[str], asked: list[str]) -> frozenset[str]:
    """A page may ask for fewer topics than its holder may hear, never for more."""
    names = {t for part in asked for t in part.split(",") if t}
    return frozenset(t for t in names if matches(allowed, t)) if names else allowed


def _origin(scope: Message) -> str | None:
    """The page's origin when it is one of ours; empty when the browser names none."""
    given = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
    if not given:
        return ""
    return given if urlsplit(given).hostname in settings.ALLOWED_HOSTS else None


async def _run(stream: Stream, origin: str, receive: Receive, send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"vary", b"Origin"),
    ]
    if origin:
        headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _body(send, b"retry: 3000\n: open\n\n")
    gone = asyncio.create_task(_disconnected(receive))
    ends = asyncio.get_running_loop().time() + LIFETIME
    try:
        while not gone.done() and asyncio.get_running_loop().time() < ends:
            next_one = asyncio.create_task(stream.queue.get())
            await asyncio.wait({next_one, gone}, timeout=HEARTBEAT, return_when="FIRST_COMPLETED")
            if next_one.done():
                await _body(send, next_one.result())
            else:
                next_one.cancel()
                if not gone.done():
                    await _body(send, b": beat\n\n")
    finally:
        gone.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _plain(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
