"""判断指标：用分数精确比较，缺数即未知，绝不把零当缺、把缺当零，也不把接近目标进位成达标。"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tuoyu.domains.policies.engine.model import Indicator

_MEETS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
NEAR = Fraction(9, 10)
"""达到目标九成为“接近”，不足九成为“落后”；低于型指标以超出一成为界。"""

STATE_NAMES = {"reached": "达标", "behind": "接近", "off": "落后", "unknown": "未知"}


@dataclass(frozen=True, slots=True)
class Judged:
    """指标的判断：值、状态、差距（正数为还差多少，零为已达）。"""

    value: Fraction | None
    state: str
    gap: Fraction | None

    def shown(self, places: int = 1) -> str:
        """显示值：向目标的反方向截去，绝不进位成达标。"""
        return "未知" if self.value is None else truncate(self.value, places)


def truncate(value: Fraction, places: int) -> str:
    """截尾显示，不四舍五入：89.99 显示一位是 89.9，不是 90.0。"""
    scaled = value.numerator * 10**places // value.denominator
    if places == 0:
        return str(scaled)
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"


def judge(
    indicator: Indicator,
    numerator: int | Fraction | None,
    denominator: int | Fraction | None = None,
) -> Judged:
    """判断一个指标。没有分母的指标直接用分子；缺数或分母为零即未知。"""
    if numerator is None:
        return Judged(None, "unknown", None)
    if indicator.denominator is None:
        value = Fraction(numerator) * indicator.scale
    elif denominator is None or denominator <= 0:
        return Judged(None, "unknown", None)
    else:
        value = Fraction(numerator) * indicator.scale / Fraction(denominator)
    if indicator.target is None:
        return Judged(value, "unknown", None)
    return _compare(value, indicator.target, indicator.comparison)


def _compare(value: Fraction, target: Fraction, comparison: str) -> Judged:
    rising = comparison in (">=", ">")
    gap = max(target - value if rising else value - target, Fraction(0))
    if _MEETS[comparison](value, target):
        return Judged(value, "reached", Fraction(0))
    near = value >= target * NEAR if rising else value <= target * (2 - NEAR)
    return Judged(value, "behind" if near else "off", gap)
