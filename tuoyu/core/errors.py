"""业务错误（给人看的话）：what happened, why, and how to mend it."""

from __future__ import annotations


class DomainError(Exception):
    """业务错误：``code`` is for programs, ``text`` is the Chinese sentence a person reads."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class NotFound(DomainError):
    """没有找到：also the answer for a row outside the caller's 数据范围."""

    def __init__(self, text: str = "没有找到") -> None:
        super().__init__("not-found", text)
