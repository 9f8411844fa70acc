"""随机字节：the machine's own, unless a simulated city lends its seed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_sources: list[Callable[[int], bytes]] = [secrets.token_bytes]


def random_bytes(count: int) -> bytes:
    """若干随机字节。"""
    return _sources[-1](count)


@contextmanager
def lent(source: Callable[[int], bytes]) -> Iterator[None]:
    """演示城市：the same seed makes the same codes."""
    _sources.append(source)
    try:
        yield
    finally:
        _sources.pop()
