"""大屏图形：bars from zero, target as a dashed line, missing as an empty frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.domains.indicators.selectors import Card

WIDE, BASE, TOP = 896, 146, 14
ROOMY = 56
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
    name_y: int


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
    width = min(step * 2 // 3, 40)
    ordered = sorted(cards, key=lambda c: (c.value is None, -(c.value or 0)))
    bars = [_bar(n, c, step, width, top) for n, c in enumerate(ordered)]
    high = BASE - TOP
    line = None if target is None or not top else BASE - int(target / top * high)
    return Ranking(bars, line, step >= ROOMY)


def _bar(n: int, card: Card, step: int, width: int, top: Any) -> Bar:
    middle = n * step + step // 2
    name_y = 170 if step >= ROOMY else (160, 175)[n % 2]  # 单位多时名称错开两行
    name = card.region.short_name[: 4 if step >= ROOMY else 2]
    x = middle - width // 2
    if card.value is None or not top:
        return Bar(x, width, BASE - 40, 40, middle, name, "未知", "none", 134, False, name_y)
    height = max(int(card.value / top * (BASE - TOP)), 2)
    kind = "ok" if card.reached else ""
    inside = height >= 30
    y = 134 if inside else BASE - height - 8
    return Bar(
        x,
        width,
        BASE - height,
        height,
        middle,
        name,
        card.text or "",
        kind,
        y,
        inside,
        name_y,
    )


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
