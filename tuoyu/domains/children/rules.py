"""接送码与代接码的算法：pure functions, the same on the platform, the phone and the tablet.

All bytes are written as base64url without padding. See docs/api/door.md for test vectors.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

STEP_SECONDS = 30
_MAC_CHARS = 10
_MARK = "TY1"


def to_text(raw: bytes) -> str:
    """字节写成文字（base64url，不补位）。"""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def to_bytes(text: str) -> bytes:
    """文字还原成字节；raises ``ValueError`` on anything else."""
    if "+" in text or "/" in text:
        raise ValueError("不是 base64url 文字")
    try:
        raw = text.encode("ascii")
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("不是 base64url 文字") from error


def day_key(secret: bytes, day: date) -> bytes:
    """当日密钥：lets a tablet check a guardian's code for that day and no other."""
    return hmac.digest(secret, day.isoformat().encode(), "sha256")


def step_of(at: datetime) -> int:
    """第几个 30 秒。"""
    return int(at.timestamp()) // STEP_SECONDS


def qr_mac(key: bytes, step: int) -> str:
    """接送码校验段。"""
    return base64.b32encode(hmac.digest(key, str(step).encode(), "sha256")).decode()[:_MAC_CHARS]


def qr_text(guardian_id: int, secret: bytes, at: datetime, day: date) -> str:
    """接送码文字：changes every 30 seconds."""
    step = step_of(at)
    return f"{_MARK}.{guardian_id}.{step}.{qr_mac(day_key(secret, day), step)}"


@dataclass(frozen=True)
class Scanned:
    """扫码结果：the guardian, or why not (``bad`` not ours, ``stale`` too old, ``forged``)."""

    guardian_id: int | None
    why: str = ""


def check_qr(text: str, at: datetime, key_of: Callable[[int], bytes | None]) -> Scanned:
    """核对接送码；``key_of`` gives a guardian's day key, or None for a stranger."""
    parts = text.split(".")
    numbers = parts[1:3]
    if (
        len(parts) != 4
        or parts[0] != _MARK
        or not all(p.isascii() and p.isdigit() for p in numbers)
    ):
        return Scanned(None, "bad")
    guardian_id, step = int(numbers[0][:18]), int(numbers[1][:18])
    key = key_of(guardian_id)
    if key is None:
        return Scanned(None, "bad")
    if not hmac.compare_digest(qr_mac(key, step).encode(), parts[3].encode()):
        return Scanned(None, "forged")
    if abs(step_of(at) - step) > 1:
        return Scanned(None, "stale")
    return Scanned(guardian_id)


def code_hash(day_salt: bytes, code: str) -> bytes:
    """代接码散列：what is stored and what the tablet compares."""
    return hmac.digest(day_salt, code.encode(), "sha256")
