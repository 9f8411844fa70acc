"""数量：按单位把原文写法（300元、60%、2周岁、10日）折算成整数或分数。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from tuoyu.core.money import yuan_short
from tuoyu.domains.policies.engine.source import Node, PackError

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)(.*)$")

UNITS: Mapping[str, Mapping[str, int]] = {
    "days": {"日": 1, "天": 1, "个工作日": 1},
    "months": {"个月": 1, "月龄": 1, "周岁": 12, "岁": 12},
    "percent": {"%": 1},
    "slots": {"个托位": 1, "个": 1, "托位": 1},
    "count": {"个": 1, "家": 1, "场": 1, "次": 1, "名": 1, "项": 1, "张": 1, "孩": 1},
}
"""每种单位认得的写法，以及折算的倍数。"""


def read_quantity(node: Node, unit: str) -> int:
    """按参数的单位读一个数。"""
    if unit.startswith("fen"):
        return node.fen()
    base = unit.split("/")[0]
    if base not in UNITS:
        raise PackError(node.spot, f"不认识的单位“{unit}”", f"可用：fen、{'、'.join(UNITS)}")
    found = _NUMBER.match(node.text())
    suffix = found.group(2) if found else ""
    if found is None or suffix not in UNITS[base] or "." in found.group(1):
        forms = "、".join(f"10{form}" for form in UNITS[base])
        raise PackError(node.spot, f"“{node.text()}”与单位 {unit} 不符", f"请写成：{forms}")
    return int(found.group(1)) * UNITS[base][suffix]


def read_fraction(node: Node) -> Fraction:
    """目标值：“4.6个”“60%” → 分数，不经过浮点数。"""
    found = _NUMBER.match(node.text())
    if found is None:
        raise PackError(node.spot, f"目标值“{node.text()}”里没有数字", "请写成 4.6个、60% 的样子")
    return Fraction(found.group(1))


_SHOWN = {"days": "天", "months": "个月", "percent": "%", "slots": "个托位", "count": ""}


def show_quantity(value: int, unit: str) -> str:
    """显示一个数：金额以元计，其余带单位。"""
    if unit.startswith("fen"):
        return f"{yuan_short(value)} 元"
    shown = _SHOWN[unit.split("/")[0]]
    return f"{value}{shown}" if shown in ("", "%") else f"{value} {shown}"
