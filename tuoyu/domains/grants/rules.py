"""金额的读入（纯函数）：what a person typed in yuan, to whole fen."""

from __future__ import annotations

from tuoyu.core.errors import DomainError
from tuoyu.core.money import MoneyError, parse_fen


def read_yuan(text: str, name: str = "金额") -> int | None:
    """元 → 分。Empty is not given, and never zero."""
    plain = text.replace(",", "").replace("，", "").replace("¥", "").removesuffix("元").strip()
    if not plain:
        return None
    try:
        return parse_fen(f"{plain}元")
    except MoneyError as error:
        raise DomainError(
            "money", f"{name}「{text[:20]}」的写法不对，应如 1500 或 1500.50，请改正"
        ) from error
