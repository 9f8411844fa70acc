"""大屏图形：bars from zero, target as a dashed line, missing as an empty frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.domains.indicators.selectors import Card

WIDE, BASE, TOP = 896, 146, 14
ROOMY, STACKED_BASE, LETTER = 56, 114, 18  # 单位多时名称竖排，柱让出高度
TREND_WIDE, TREND_BASE, TREND_TOP = 368, 92, 12


@dataclass(frozen=True)
class Bar:
    """一根柱。"""

    x: int
    width: int
    y: int
    height: int
    middle: int
    name: str
    text: str
    kind: str
    text_y: int
    is_inside: bool
    letters: list[tuple[str, int]]  # 名称逐行：一行，或竖排


@dataclass(frozen=True)
class Ranking:
    """排位图。"""

    bars: list[Bar]
    target_y: int | None
    has_values: bool


def ranking(cards: Sequence[Card]) -> Ranking:
    """各单位排位：highest first, unknown last; many units leave room for their names only."""
    known = [c.value for c in cards if c.value is not None]
    target = cards[0].indicator.target if cards else None
    top = max([*known, *([target] if target else [])], default=None)
    step = WIDE // max(len(cards), 1)
    base = BASE if step >= ROOMY else STACKED_BASE
    width = min(step * 3 // 4, 50)
    ordered = sorted(cards, key=lambda c: (c.value is None, -(c.value or 0)))
    bars = [_bar(n, c, step, width, top, base) for n, c in enumerate(ordered)]
    line = None if target is None or not top else base - int(target / top * (base - TOP))
    return Ranking(bars, line, step >= ROOMY)


def _bar(n: int, card: Card, step: int, width: int, top: Any, base: int) -> Bar:
    middle = n * step + step // 2
    letters = _letters(card.region.short_name, step)
    x = middle - width // 2
    if card.value is None or not top:
        return Bar(
            x,
            width,
            base - 40,
            40,
            middle,
            card.region.short_name,
            "未知",
            "none",
            134,
            False,
            letters,
        )
    height = max(int(card.value / top * (base - TOP)), 2)
    inside = height >= 30
    return Bar(
        x=x,
        width=width,
        y=base - height,
        height=height,
        middle=middle,
        name=card.region.short_name,
        text=card.text or "",
        kind="ok" if card.reached else "",
        text_y=base - 12 if inside else base - height - 8,
        is_inside=inside,
        letters=letters,
    )


def _letters(name: str, step: int) -> list[tuple[str, int]]:
    if step >= ROOMY:
        return [(name[:4], 170)]
    return [(letter, STACKED_BASE + (n + 1) * LETTER) for n, letter in enumerate(name[:3])]


@dataclass(frozen=True)
class Trend:
    """走势线。"""

    line: str
    area: str
    end_x: int
    end_y: int
    target_y: int | None
    first: str
    last: str


def trend_line(points: Sequence[tuple[date, Any]], target: Any) -> Trend | None:
    """走势：two months at the least, else there is nothing to draw."""
    if len(points) < 2:
        return None
    values = [v for _, v in points]
    top = max([*values, float(target) if target is not None else 0])
    low = min(values) * 4 / 5  # 走势看变化，柱才从零起
    span = max(top - low, 1e-9)
    step = (TREND_WIDE - 8) / (len(points) - 1)
    spots = [
        (round(8 + i * step), round(TREND_BASE - (v - low) / span * (TREND_BASE - TREND_TOP)))
        for i, v in enumerate(values)
    ]
    line = "M" + "L".join(f"{x} {y}" for x, y in spots)
    goal = None
    if target is not None:
        goal = round(TREND_BASE - (float(target) - low) / span * (TREND_BASE - TREND_TOP))
    return Trend(
        line=line,
        area=f"{line}L{spots[-1][0]} {TREND_BASE}L8 {TREND_BASE}Z",
        end_x=spots[-1][0],
        end_y=spots[-1][1],
        target_y=goal,
        first=f"{points[0][0]:%Y-%m}",
        last=f"{points[-1][0]:%Y-%m}",
    )
