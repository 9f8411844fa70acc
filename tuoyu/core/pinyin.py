"""拼音检索列：filled in Python, since the embedded PostgreSQL carries no such extension."""

from __future__ import annotations


def search_text(name: str, longest: int = 120) -> str:
    """姓名或名称的检索文本：the name, full pinyin and initials, in lower case."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes long to load; few need it

    full = "".join(lazy_pinyin(name))
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return f"{name} {full} {initials}".lower()[:longest]
