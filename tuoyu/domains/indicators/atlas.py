"""地图：the pack's outlines as SVG paths, with labels, leader lines and steps of one hue.

Drawn from the units the pack names: one without outline and point stands in the table only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from math import cos, radians
from pathlib import Path
from typing import Any

from tuoyu.domains.indicators import rules
from tuoyu.domains.indicators.selectors import Card
from tuoyu.domains.regions.models import Region

Point = tuple[float, float]
Ring = list[Point]
NEAR = Fraction(9, 10)


@dataclass(frozen=True)
class Frame:
    """画幅。Labels that do not fit stand in the margins, at most ``right`` of them to the right."""

    width: int
    height: int
    margin: int
    line: int
    small: float  # 外接框小于此宽的用引线
    right: int = 4


DESK = Frame(860, 620, 150, 30, 62)
SCREEN = Frame(896, 618, 190, 44, 84)


@cache
def _outlines(path: Path) -> dict[str, list[Ring]]:
    """要素编号 → 各外环。Interior rings are left out: they are islands of a neighbour."""
    data = json.loads(path.read_text(encoding="utf-8"))
    out: dict[str, list[Ring]] = {}
    for feature in data["features"]:
        shape = feature["geometry"]
        polygons = shape["coordinates"]
        if shape["type"] == "Polygon":
            polygons = [polygons]
        rings = [[(float(x), float(y)) for x, y, *_ in polygon[0]] for polygon in polygons]
        out.setdefault(str(feature["id"]), []).extend(rings)
    return out


class _Projection:
    """等距圆柱投影：a city is small enough for it."""

    def __init__(self, rings: list[Ring], frame: Frame) -> None:
        xs = [x for ring in rings for x, _ in ring]
        ys = [y for ring in rings for _, y in ring]
        self.west, self.north = min(xs), max(ys)
        self.squeeze = cos(radians((min(ys) + max(ys)) / 2))
        wide = (max(xs) - min(xs)) * self.squeeze
        high = max(ys) - min(ys)
        self.scale = min((frame.width - 2 * frame.margin) / wide, (frame.height - 24) / high)
        self.left = (frame.width - wide * self.scale) / 2
        self.top = (frame.height - high * self.scale) / 2

    def __call__(self, lon: float, lat: float) -> Point:
        x = self.left + (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round(self.top + (self.north - lat) * self.scale, 1)


@dataclass
class _Area:
    code: str
    name: str
    path: str
    centre: Point
    wide: float


def steps(card: Card) -> str:
    """深浅：达标 m2, 接近 m1, 其余 m0; 未知不着色。Without a target there is one step only."""
    if card.value is None:
        return "none"
    target = card.indicator.target
    if target is None:
        return "m1"
    if card.reached:
        return "m2"
    rising = card.indicator.comparison in (">", ">=")
    near = card.value >= target * NEAR if rising else card.value <= target * (2 - NEAR)
    return "m1" if near else "m0"


def keys(card: Card) -> list[dict[str, str]]:
    """图例，in figures."""
    i = card.indicator
    if i.target is None:
        return [{"kind": "m1", "text": "有数，原文没有目标"}, {"kind": "none", "text": "未知"}]
    top, near = rules.plain(i.target), rules.plain(i.target * NEAR)
    falling = i.comparison in ("<", "<=")
    middle = f"{top} 至 {rules.plain(i.target * (2 - NEAR))}" if falling else f"{near} 至 {top}"
    rest = "更高" if falling else f"不足 {near}"
    return [
        {"kind": "m2", "text": f"{rules.SIGNS[i.comparison]} {top}，达标"},
        {"kind": "m1", "text": middle},
        {"kind": "m0", "text": rest},
        {"kind": "none", "text": "未知"},
    ]


def areas(
    path: Path,
    cards: Sequence[Card],
    uncounted: Sequence[Region],
    frame: Frame,
    link: Callable[[str], str],
    selected: str = "",
    mark: bool = False,
) -> list[dict[str, Any]]:
    """地图各块（``ui/c/map.html`` 的 areas）。"""
    outlines = _outlines(path)
    project = _Projection([ring for rings in outlines.values() for ring in rings], frame)
    by_code = {c.region.code: c for c in cards}
    drawn: list[dict[str, Any]] = []
    far: list[dict[str, Any]] = []
    for code, rings in outlines.items():
        area = _area(code, rings, project)
        card = by_code.pop(code, None)
        if card is None:
            drawn.append(_out(area, uncounted, frame))
            continue
        row = _row(card, area.centre, link, selected, mark) | {"path": area.path}
        (far if area.wide < frame.small else drawn).append(row)
    for card in by_code.values():
        if card.region.lon is not None and card.region.lat is not None:
            point = project(float(card.region.lon), float(card.region.lat))
            far.append(_row(card, point, link, selected, mark))
    _lead(far, frame)
    for row in drawn:
        row.setdefault("lx", row["x"])
        row.setdefault("ly", row["y"])
        if any(_covers(row, point, frame) for point in far):
            row["ly"] -= frame.line  # 名称让开落在它上面的点
    return drawn + far


def _covers(row: dict[str, Any], point: dict[str, Any], frame: Frame) -> bool:
    if row["lx"] == "":
        return False
    dx, dy = float(point["x"] - row["lx"]), float(point["y"] - row["ly"])
    return abs(dx) < frame.line and -frame.line / 2 < dy < frame.line


def _area(code: str, rings: list[Ring], project: _Projection) -> _Area:
    shaped = [[project(x, y) for x, y in ring] for ring in rings]
    path = "".join(
        "M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in shaped if len(ring) > 2
    )
    main = max(shaped, key=lambda ring: abs(_twice_area(ring)))
    xs = [x for x, _ in main]
    ys = [y for _, y in main]
    wide = min(max(xs) - min(xs), max(ys) - min(ys))
    return _Area(code, "", path, _centroid(main), wide)


def _twice_area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)


def _centroid(ring: Ring) -> Point:
    doubled = _twice_area(ring)
    if not doubled:
        return ring[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return round(x / (3 * doubled), 1), round(y / (3 * doubled), 1)


def _row(
    card: Card, at: Point, link: Callable[[str], str], selected: str, mark: bool
) -> dict[str, Any]:
    text = card.text if card.text is not None else "未知"
    return {
        "code": card.region.code,
        "kind": steps(card),
        "name": card.region.short_name,
        "text": f"{text} ✓" if mark and card.reached else text,
        "x": at[0],
        "y": at[1],
        "url": link(card.region.code),
        "selected": card.region.code == selected,
    }


def _out(area: _Area, uncounted: Sequence[Region], frame: Frame) -> dict[str, Any]:
    """画出而不计入的。An outline of the whole city (no units drawn) carries no name."""
    region = next((r for r in uncounted if r.code == area.code), None)
    name = f"{region.short_name}（不计入）" if region else ""
    x, y = area.centre
    row: dict[str, Any] = {"code": area.code, "path": area.path, "kind": "out", "name": name}
    row |= {"text": "", "x": x, "y": y, "lx": x - area.wide, "ly": y, "anchor": "R"}
    if not name:
        row["lx"] = ""
    return row


def _lead(far: list[dict[str, Any]], frame: Frame) -> None:
    """引线：small ones to the right margin, the westernmost overflow to the left."""
    by_x = sorted(far, key=lambda r: r["x"])
    left = by_x[: max(0, len(by_x) - frame.right)]
    _column(left, frame, frame.margin - 10, "R", -1)
    _column([r for r in far if r not in left], frame, frame.width - frame.margin + 10, "L", 1)


def _column(rows: list[dict[str, Any]], frame: Frame, at: float, anchor: str, side: int) -> None:
    rows.sort(key=lambda r: r["y"])
    last = float(frame.line)
    for row in rows:
        row["ly"] = max(row["y"], last)
        last = row["ly"] + frame.line
    over = max(0.0, last - frame.line - (frame.height - 16))
    for row in rows:
        row["ly"] = round(row["ly"] - over, 1)
        row["lx"], row["anchor"] = at, anchor
        knee = at - side * 40
        y = row["ly"] - 5
        row["leader"] = f"M{row['x']} {row['y']}L{knee} {y}L{at - side * 8} {y}"


def without_place(path: Path, cards: Sequence[Card]) -> list[str]:
    """没有轮廓也没有坐标、只列在表里的单位。"""
    drawn = _outlines(path)
    return [c.region.name for c in cards if c.region.code not in drawn and c.region.lon is None]


def ground(
    path: Path, focus: str, uncounted: Sequence[Region], frame: Frame
) -> tuple[list[dict[str, Any]], Callable[[Any, Any], Point]]:
    """底图轮廓与投影；with ``focus`` the map closes in on that unit."""
    paths, project = _ground(path, focus, frozenset(r.code for r in uncounted), frame)
    return [dict(p) for p in paths], lambda lon, lat: project(float(lon), float(lat))


@lru_cache(maxsize=64)
def _ground(
    path: Path, focus: str, out: frozenset[str], frame: Frame
) -> tuple[list[dict[str, Any]], _Projection]:
    """轮廓不随时间变：drawn once for each unit and frame."""
    outlines = _outlines(path)
    near = outlines.get(focus) or [r for rings in outlines.values() for r in rings]
    project = _Projection(near, frame)
    paths: list[dict[str, Any]] = []
    for code, rings in outlines.items():
        area = _area(code, rings, project)
        (x, y), kind = area.centre, "out" if code in out else "m0"
        named = area.wide >= frame.small and kind == "m0"
        paths.append({"path": area.path, "kind": kind, "code": code, "x": x, "y": y})
        paths[-1]["is_named"] = named
    return paths, project


FIND = Frame(720, 640, 30, 20, 60)
