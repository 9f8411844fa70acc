"""金额：一律以整数“分”计算与保存，只在读入和显示时换算。"""

from __future__ import annotations

import re

_AMOUNT = re.compile(r"^(\d+)(?:\.(\d+))?(万)?元$")
_WAN_DIGITS = 4
_FEN_DIGITS = 2


class MoneyError(ValueError):
    """金额写法不对。"""


def parse_fen(text: str) -> int:
    """读金额：“300元”“1万元”“0.05万元” → 分。不经过浮点数。"""
    found = _AMOUNT.match(text.strip())
    if found is None:
        raise MoneyError(f"金额“{text}”的写法不对，应如 300元、1万元、0.05万元")
    whole, part, wan = found.group(1), found.group(2) or "", found.group(3)
    places = _FEN_DIGITS + (_WAN_DIGITS if wan else 0)
    if len(part.rstrip("0")) > places:
        raise MoneyError(f"金额“{text}”小于一分，不能入账")
    scale: int = 10**places
    return int(whole) * scale + int(part[:places].ljust(places, "0"))


def yuan(fen: int) -> str:
    """显示金额：28000 → “280.00”。"""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def yuan_grouped(fen: int) -> str:
    """显示金额并加千分位：150000 → “1,500.00”。"""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan_short(fen: int) -> str:
    """显示金额，整元不带小数：28000 → “280”，28050 → “280.50”。"""
    return yuan_grouped(fen)[:-3] if fen % 100 == 0 else yuan_grouped(fen)
