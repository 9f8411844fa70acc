"""事件种类的登记处：what a class tablet may send; each upper domain brings its own kinds.

A reader turns what a device sent into what is stored, and raises ``ValueError`` for anything else:
nothing of a device is stored unread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Detail = dict[str, Any]
Reader = Callable[[Mapping[str, Any]], Detail]


@dataclass(frozen=True)
class Kind:
    """一种班上事件。``is_sealed``: the detail says something of a child's health and is encrypted;
    ``of_child`` False: the event is of the room; ``may_undo`` False: it stays as it is.
    """

    code: str
    title: str
    read: Reader
    of_child: bool = True
    is_sealed: bool = False
    may_undo: bool = True


_kinds: dict[str, Kind] = {}


def register(
    code: str,
    reader: Reader,
    *,
    title: str,
    of_child: bool = True,
    is_sealed: bool = False,
    may_undo: bool = True,
) -> None:
    """登记一种事件；a code has one owner."""
    known = _kinds.get(code)
    if known is not None and known.read is not reader:
        raise ValueError(f"事件种类 {code} 已登记")
    if not code.isascii() or len(code) > 16:
        raise ValueError(f"事件种类 {code} 应是 16 位以内的代码")
    _kinds[code] = Kind(code, title, reader, of_child, is_sealed, may_undo)


def find(code: object) -> Kind | None:
    """某种事件；None for one that nobody registered."""
    return _kinds.get(code) if isinstance(code, str) else None


def title_of(code: str) -> str:
    """种类的名称。"""
    found = _kinds.get(code)
    return found.title if found else code
