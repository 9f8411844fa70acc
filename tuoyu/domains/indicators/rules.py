"""指标的显示：signs, targets and gaps in words. Pure, and never rounded towards a target."""

from __future__ import annotations

from fractions import Fraction

SIGNS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜"}


def plain(value: Fraction, places: int = 2) -> str:
    """目标值的写法：4.6, 60, 100 (as the document has it)."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    scaled = value * 10**places
    whole, part = divmod(scaled.numerator // scaled.denominator, 10**places)
    return f"{whole:,}.{part:0{places}d}".rstrip("0")


def suffix(unit: str) -> str:
    """写在数后面的单位：% sticks to the figure, others stand apart."""
    return "%" if unit == "%" else f" {unit}"


def target_text(target: Fraction | None, comparison: str, unit: str) -> str:
    """目标：目标 ＞ 60%, 目标 ≥ 4.6 个/千人; a tracked one has no figure."""
    if target is None or comparison not in SIGNS:
        return "只跟踪，原文没有数值"
    return f"目标 {SIGNS[comparison]} {plain(target)}{suffix(unit)}"


def places_of(scale: int, has_denominator: bool) -> int:
    """显示几位小数：a count has none, a share one, a per-thousand two."""
    if not has_denominator:
        return 0
    return 2 if scale == 1000 else 1


def gap_text(gap: Fraction, unit: str, places: int) -> str:
    """差多少：cut upwards, so that a gap never reads as nothing while it is open."""
    unit_step = 10**places
    up = -(-gap.numerator * unit_step // gap.denominator)
    whole, part = divmod(up, unit_step)
    figure = f"{whole:,}.{part:0{places}d}" if places else f"{whole:,}"
    return f"差 {figure}{' 个百分点' if unit == '%' else f' {unit}'}"


def short_of(
    numerator: int, denominator: int, scale: int, target: Fraction, comparison: str
) -> int | None:
    """还差多少个（分子）：the least whole number that must be added for the target to hold.

    For 「超」 (>) reaching the figure exactly is not enough. None when fewer are wanted, not more.
    """
    if comparison not in (">", ">="):
        return None
    needed = target * denominator / scale
    least = -(-needed.numerator // needed.denominator)
    if comparison == ">" and least == needed:
        least += 1
    return max(least - numerator, 0)
