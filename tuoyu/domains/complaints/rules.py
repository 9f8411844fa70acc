"""投诉规则：what may be written, the ticket. Pure."""

from __future__ import annotations

import secrets
from datetime import date

MOST_TEXT = 1000
MOST_CONTACT = 60
SECRET_LENGTH = 8
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that are mistaken for each other


def clean_text(text: str) -> str:
    """内容；empty when it says nothing."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def fault_of(text: str) -> str:
    """内容不合的说明；empty when it fits."""
    if len(text) < 5:
        return "内容太短，请写明发生了什么、什么时候、在哪里"
    if len(text) > MOST_TEXT:
        return f"内容最多 {MOST_TEXT} 字，现有 {len(text)} 字，请写短后再提交"
    return ""


def ticket(day: date, number: int) -> str:
    """受理编号：TS20251015-0007。"""
    return f"TS{day:%Y%m%d}-{number:04d}"


def make_secret() -> str:
    """查询码：shown once, kept as a keyed digest."""
    return "".join(secrets.choice(_LETTERS) for _ in range(SECRET_LENGTH))


def clean_secret(text: str) -> str:
    return "".join(c for c in text.upper() if c in _LETTERS)
