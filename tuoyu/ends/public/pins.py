"""地图上的号：labels that would cover each other stand apart, each tied to its place by a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

WIDE, HIGH = 34, 26  # 号牌连同间隔
ABOVE = 20  # 号牌中心在点上方
ROUNDS = 80
STILL = 2.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Pin:
    """一个号：where it points and where its label stands."""

    x: float
    y: float
    label_x: float
    label_y: float

    @property
    def is_moved(self) -> bool:
        """号牌让开了，须画引线。"""
        aside = abs(self.label_x - self.x)
        return aside > STILL or abs(self.label_y + ABOVE - self.y) > STILL


def spread(places: list[Point], width: int, height: int) -> list[Pin]:
    """让开：each pair that overlaps moves apart along the shorter way, within the frame."""
    labels = [[x, y - ABOVE] for x, y in places]
    for _ in range(ROUNDS):
        moved = sum(_part(one, other) for one, other in combinations(labels, 2))
        if not moved:
            break
        for label in labels:
            label[0] = min(max(label[0], WIDE / 2), width - WIDE / 2)
            label[1] = min(max(label[1], HIGH / 2), height - HIGH / 2)
    return [
        Pin(x, y, round(lx, 1), round(ly, 1))
        for (x, y), (lx, ly) in zip(places, labels, strict=True)
    ]


def _part(one: list[float], other: list[float]) -> bool:
    dx, dy = other[0] - one[0], other[1] - one[1]
    over_x, over_y = WIDE - abs(dx), HIGH - abs(dy)
    if over_x <= STILL / 4 or over_y <= STILL / 4:
        return False
    axis, over, gap = (0, over_x, dx) if over_x < over_y else (1, over_y, dy)
    step = over / 2 if gap >= 0 else -over / 2
    one[axis] -= step
    other[axis] += step
    return True
