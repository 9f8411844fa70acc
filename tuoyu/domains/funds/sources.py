"""付款来源：each domain that orders payments tells its source lines and what they amount to.

The third side of the reconciliation and the end of every chain: the line from which an order came
is read again from its own tables, never from the order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """来源行：``amount_fen`` is worked out anew from the rows beneath it."""

    title: str
    amount_fen: int
    url: str = ""
    detail: str = ""


Finder = Callable[[list[int]], dict[int, Source]]
_finders: dict[str, Finder] = {}


def register(source_type: str, finder: Finder) -> None:
    """登记一种来源。"""
    _finders[source_type] = finder


def find(pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Source]:
    """来源行，按种类各读一次；a type nobody has registered has none."""
    wanted: dict[str, list[int]] = {}
    for source_type, source_id in pairs:
        wanted.setdefault(source_type, []).append(source_id)
    return {
        (source_type, source_id): source
        for source_type, ids in wanted.items()
        if source_type in _finders
        for source_id, source in _finders[source_type](ids).items()
    }
