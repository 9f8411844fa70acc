"""排序的规则：pure. Time of application decides; an institution's published order stands before it.

Neither of the two documents names an order of admission (the three kinds of special families in
泉卫规〔2024〕2号 二(二)5 are about fees waived), so none is built in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DRAWN = frozenset("ML0123456789 .")
LONGEST_STROKES = 40_000


@dataclass(frozen=True)
class Order:
    """一家机构的排序办法。"""

    siblings_first: bool = False
    special_first: bool = False
    basis: str = ""


@dataclass(frozen=True)
class Entrant:
    """排队的一家。``special`` is the verified status in words, empty when none."""

    wish_id: int
    number: str
    applied_at: datetime
    has_sibling: bool = False
    special: str = ""


def priority_of(e: Entrant, order: Order) -> str:
    """优先的原因；empty when it has none here."""
    if order.special_first and e.special:
        return f"{e.special}优先"
    return "同园兄弟姐妹优先" if order.siblings_first and e.has_sibling else ""


def ranked(entrants: Iterable[Entrant], order: Order) -> list[Entrant]:
    """排好的次序：priority, then time; equal instants by receipt number."""
    return sorted(entrants, key=lambda e: (not priority_of(e, order), e.applied_at, e.number))


def reasons(e: Entrant, order: Order, rank: int, queue: list[Entrant]) -> list[str]:
    """为什么排在这里，in words."""
    ahead = queue[: rank - 1]
    first = sum(bool(priority_of(o, order)) for o in ahead)
    mine = priority_of(e, order)
    out = [f"{mine}（{order.basis}）"] if mine else []
    out.append(f"报名时间 {e.applied_at:%Y-%m-%d %H:%M}")
    if not ahead:
        out.append("前面没有别的家庭")
    elif mine or not first:
        out.append(f"前面 {len(ahead)} 家报名更早")
    else:
        early = len(ahead) - first
        out.append(f"前面 {first} 家有优先" + (f"、{early} 家报名更早" if early else ""))
    if not (order.siblings_first or order.special_first):
        out.append("本市文件没有规定优先顺序，只按报名时间先后")
    elif not mine:
        out.append(f"本园公示的优先办法：{order.basis}")
    return out


def strokes_problem(strokes: str) -> str:
    """笔迹问题；only moves and lines of an SVG path."""
    if len(strokes) > LONGEST_STROKES:
        return "签名笔画过多，请擦掉重签，写得简单些"
    if not set(strokes) <= DRAWN:
        return "签名没有传好，请擦掉重签"
    return "签名太短，请写全姓名" if strokes.count("L") < 4 else ""
