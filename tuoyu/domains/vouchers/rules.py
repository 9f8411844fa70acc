"""券码、口令码与摇号的算法：pure functions, so that anybody can replay them.

The QR text changes every 30 seconds, by the same construction as a pick-up code. The draw orders
tickets by SHA-256 of "<seed>:<roster hash>:<ticket>"; the seed's own hash was published first.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tuoyu.domains.children.rules import STEP_SECONDS, qr_mac, step_of

MARK = "TYV"
CODE_DIGITS = 8
HOLD_MINUTES = 30


@dataclass(frozen=True)
class Scanned:
    """扫码结果：the voucher, or why not (``bad`` not ours, ``stale`` old, ``forged``)."""

    voucher_id: int | None
    why: str = ""


def qr_text(voucher_id: int, secret: bytes, at: datetime) -> str:
    """此刻的券码文字。"""
    step = step_of(at)
    return f"{MARK}.{voucher_id}.{step}.{qr_mac(_key(secret), step)}"


def seconds_left(at: datetime) -> int:
    """离下一次更换还有几秒。"""
    return STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS


def looks_like_qr(text: str) -> bool:
    """是不是扫出来的券码（而不是口令码）。"""
    return text.startswith(f"{MARK}.")


def check_qr(text: str, at: datetime, secret_of: Callable[[int], bytes | None]) -> Scanned:
    """核对券码；``secret_of`` gives a voucher's secret, or None for a stranger."""
    parts = text.split(".")
    numbers = parts[1:3]
    if len(parts) != 4 or parts[0] != MARK or not all(_is_number(p) for p in numbers):
        return Scanned(None, "bad")
    voucher_id, step = (int(p) for p in numbers)
    secret = secret_of(voucher_id)
    if secret is None:
        return Scanned(None, "bad")
    if not hmac.compare_digest(qr_mac(_key(secret), step).encode(), parts[3].encode()):
        return Scanned(None, "forged")
    if abs(step_of(at) - step) > 1:
        return Scanned(None, "stale")
    return Scanned(voucher_id)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"voucher-qr", "sha256")


def spoken_code(secret: bytes, number: int) -> str:
    """口令码：eight digits, for a desk without a camera; a new ``number`` voids the old one."""
    raw = hmac.digest(secret, f"voucher-code:{number}".encode(), "sha256")
    return f"{int.from_bytes(raw[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def grouped(code: str) -> str:
    """分两组写，好念好抄：1234 5678."""
    return f"{code[:4]} {code[4:]}"


def days_since(claimed_at: date, on: date) -> int:
    """领取后天数：the day of claiming is day 0."""
    return (on - claimed_at).days


def last_midnight(claimed_on: date, valid_days: int, until: date | None) -> date:
    """到期日（不含）：valid through the day before; never beyond the policy's own end."""
    own = claimed_on + timedelta(days=valid_days)
    return own if until is None or own < until else until


def seed_hash(seed: str) -> str:
    """种子散列：published before the first ticket."""
    return hashlib.sha256(seed.encode()).hexdigest()


def roster_hash(tickets: Iterable[int]) -> str:
    """名册散列：the tickets that take part, fixed when the entries close."""
    return hashlib.sha256(",".join(map(str, sorted(tickets))).encode()).hexdigest()


def draw_order(seed: str, roster: str, tickets: Iterable[int]) -> list[int]:
    """摇号顺序：the first come first; the same seed and roster always give the same order."""

    def lot(ticket: int) -> str:
        return hashlib.sha256(f"{seed}:{roster}:{ticket}".encode()).hexdigest()

    return sorted(tickets, key=lambda t: (lot(t), t))
