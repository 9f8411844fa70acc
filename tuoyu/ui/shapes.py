"""图形尺寸：lengths from data as SVG numbers, for a strict CSP leaves no style attribute."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction

BAR = 300  # viewBox width of every target bar


@dataclass(frozen=True)
class Bar:
    """达标条：`fill` and `mark` in bar units; no value leaves the bar empty, no target no mark."""

    fill: str | None
    mark: str | None


def target_bar(
    value: Number | None, target: Number | None = None, full: Number | None = None
) -> Bar:
    """达标条：scaled to `full`, else to a quarter beyond the larger of value and target."""
    top = (
        Fraction(full)
        if full
        else max(Fraction(value or 0), Fraction(target or 0)) * Fraction(5, 4)
    )
    return Bar(_on_bar(value, top), _on_bar(target, top))


def _on_bar(part: Number | None, top: Fraction) -> str | None:
    if part is None or top <= 0:
        return None
    return tenths(max(Fraction(0), min(Fraction(BAR), Fraction(part) / top * BAR)))


def tenths(value: Fraction) -> str:
    """一位小数：for SVG coordinates."""
    whole, part = divmod(int(value * 10), 10)
    return f"{whole}.{part}"


@dataclass(frozen=True)
class Cell:
    """一天一格。"""

    x: str
    width: str
    kind: str


@dataclass(frozen=True)
class CellRow:
    """出勤预报：one row of day cells on a 358-wide view box, with the line to reach."""

    cells: list[Cell]
    mark: str | None
    anchor: str


def forecast(days: list[str], mark: int = 0) -> CellRow:
    """出勤预报：`mark` is the count of cells before the line (0: no line)."""
    count = max(1, len(days))
    gap = Fraction(5) if count <= 24 else Fraction(3)
    step = (357 + gap) / count
    width = step - gap - Fraction(1, 20)
    cells = [
        Cell(tenths(step * i + Fraction(1, 2)), tenths(width), kind if kind in ("a", "l") else "")
        for i, kind in enumerate(days)
    ]
    if not mark:
        return CellRow(cells, None, "middle")
    at = step * mark - gap / 2 + Fraction(1, 2)
    anchor = "start" if at < 70 else "end" if at > 288 else "middle"
    return CellRow(cells, tenths(at), anchor)
