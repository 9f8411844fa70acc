"""证件与代码：check digits of the numbers that people and institutions carry.

依据：GB 11643（公民身份号码）、GB 32100（统一社会信用代码）。Pure functions, no database.
"""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_USCC_SET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def normalise(text: str) -> str:
    """规整号码：full-width to half-width, upper case, no blanks."""
    half = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    return "".join(half.split()).upper()


def id_check_digit(first17: str) -> str:
    """身份证校验码。"""
    return _ID_CHECK[sum(int(d) * w for d, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def id_error(number: str) -> str | None:
    """身份证号问题：None when valid, else a sentence that says what, why and how."""
    n = normalise(number)
    if len(n) != 18:
        return f"身份证号应为 18 位，现为 {len(n)} 位，请补全后再提交"
    if not n[:17].isascii() or not n[:17].isdigit():
        return "身份证号前 17 位应全是数字，请核对"
    try:
        born = date(int(n[6:10]), int(n[10:12]), int(n[12:14]))
    except ValueError:
        return f"身份证号第 7–14 位 {n[6:14]} 不是日期，请核对"
    if born.year < 1900:
        return "身份证号中的出生年份早于 1900 年，请核对"
    if id_check_digit(n[:17]) != n[17]:
        return "身份证号最后一位校验不符，可能有一位写错，请对照证件核对"
    return None


def id_birth(number: str) -> date:
    """身份证上的出生日期（号码须已校验）。"""
    n = normalise(number)
    return date(int(n[6:10]), int(n[10:12]), int(n[12:14]))


def uscc_check_digit(first17: str) -> str:
    """统一社会信用代码校验位。"""
    total = sum(_USCC_SET.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_SET[(31 - total % 31) % 31]


def uscc_error(code: str) -> str | None:
    """统一社会信用代码问题：None when valid."""
    n = normalise(code)
    if len(n) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(n)} 位，请补全后再提交"
    if any(c not in _USCC_SET for c in n):
        return "统一社会信用代码只含数字和大写字母（不含 I、O、Z、S、V），请核对"
    if uscc_check_digit(n[:17]) != n[17]:
        return "统一社会信用代码最后一位校验不符，请对照执照核对"
    return None


def uuid7(unix_ms: int | None = None) -> uuid.UUID:
    """时间有序的唯一编号（UUIDv7，RFC 9562）。"""
    ms = int(time.time() * 1000) if unix_ms is None else unix_ms
    value = (ms & (2**48 - 1)) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return uuid.UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def opaque_id() -> int:
    """不透明编号：a random 52-bit integer; says nothing of whom it names, safe in a browser."""
    return secrets.randbits(51) | 1 << 51
