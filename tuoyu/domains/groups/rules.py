"""活动规则：the sign-in code that changes every half minute, families counted once. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Hashable, Iterable
from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6


def step_of(at: datetime) -> int:
    """第几个 30 秒。"""
    return int(at.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """签到码：six digits, the same on the screen and in the picture."""
    raw = hmac.digest(secret.encode(), str(step).encode(), "sha256")
    return f"{int.from_bytes(raw[:8]) % 10**DIGITS:0{DIGITS}d}"


def is_code(secret: str, code: str, at: datetime) -> bool:
    """此刻的码，or the one just before: somebody may be slow to tap."""
    step = step_of(at)
    return any(
        hmac.compare_digest(code_at(secret, s), code) for s in (step, step - 1, step - 2, step - 3)
    )


def count_families(pairs: Iterable[tuple[int, Hashable]]) -> int:
    """户数：children tied by a common guardian are one family. ``pairs`` are (child, guardian)."""
    parent: dict[Hashable, Hashable] = {}

    def root(x: Hashable) -> Hashable:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    children = set()
    for child, guardian in pairs:
        children.add(("c", child))
        parent[root(("c", child))] = root(("g", guardian))
    return len({root(c) for c in children})
