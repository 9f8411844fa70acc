"""门口事件的直达入口：answers the one busy route before Django makes a request of it.

The same function answers as behind Django's own route, and whatever is out of the ordinary (a body
of unknown or excessive length, an unforeseen failure) goes that longer way, which reports it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from tuoyu.core import clock
from tuoyu.ends.openapi.door import MAX_BYTES, headers_of, receive

EVENTS = "/api/v1/attendance/events"
_STATUS = {s.value: f"{s.value} {s.phrase}" for s in HTTPStatus}

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def door_first(ordinary: Application) -> Application:
    """门口优先。"""

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != EVENTS or environ["REQUEST_METHOD"] != "POST":
            return ordinary(environ, start_response)
        length = environ.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BYTES:
            return ordinary(environ, start_response)
        body = _read(environ["wsgi.input"], int(length))
        try:
            status, raw = receive(environ.get("HTTP_X_DEVICE", ""), body, clock.now())
        except Exception:  # sending again is safe, and Django reports what it was
            environ["wsgi.input"] = io.BytesIO(body)
            return ordinary(environ, start_response)
        start_response(_STATUS[status], headers_of(raw))
        return [raw]

    return application


def _read(stream: Any, length: int) -> bytes:
    body: bytes = stream.read(length)
    while len(body) < length:
        more = stream.read(length - len(body))
        if not more:
            break
        body += more
    return body
