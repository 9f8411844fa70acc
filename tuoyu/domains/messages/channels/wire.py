"""出网的一次请求：no redirect is followed, no body is kept, an answer within ten seconds."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

WAIT = 10.0
MOST = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """应答；``status`` 0: the other side was not reached, ``body`` then says why."""

    status: int
    body: bytes = b""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_passing(self) -> bool:
        """A trouble that may be over by the next try."""
        return self.status in (0, 408, 425, 429) or self.status >= 500

    @property
    def words(self) -> str:
        return "连不上对方服务器" if not self.status else f"对方拒收（{self.status}）"


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """POST 一次。"""
    return _ask("POST", url, body, headers)


def get(url: str) -> Reply:
    """GET 一次。"""
    return _ask("GET", url, None, {})


def _ask(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
    parts = urlsplit(url)
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        line = http.client.HTTPSConnection(
            parts.netloc, timeout=WAIT, context=ssl.create_default_context()
        )
    else:
        line = http.client.HTTPConnection(parts.netloc, timeout=WAIT)
    path = parts.path or "/"
    try:
        line.request(method, f"{path}?{parts.query}" if parts.query else path, body, dict(headers))
        reply = line.getresponse()
        return Reply(reply.status, reply.read(MOST))
    except (OSError, http.client.HTTPException, ValueError):
        return Reply(0)
    finally:
        line.close()
