"""城市底图：units, weights and points, all from the pack; no city is named here."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tuoyu.core import clock
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.regions.services import short_name

Ring = list[tuple[float, float]]
_SPREAD = 0.022  # degrees, about 2 km


@dataclass(frozen=True)
class Unit:
    """实施单位。``area`` is the six-digit code that numbers of its people carry."""

    code: str
    name: str
    short: str
    area: str
    weight: int
    point: tuple[float, float]
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Ages:
    """班型的月龄、班额与配比。"""

    start: int
    end: int
    size: int
    ratio: int


@dataclass(frozen=True)
class City:
    """城市。"""

    code: str
    name: str
    now: datetime
    units: tuple[Unit, ...]
    ages: dict[str, Ages]

    @property
    def largest(self) -> Unit:
        """人口最多的单位。"""
        return max(self.units, key=lambda u: u.weight)


def city_of(book: Book) -> City:
    """由政策包得到城市底图。"""
    city = book.city
    outlines = _outlines(city.map_file)
    short_city = short_name(city.name, "")
    weights = _weights(book)
    center = (float(city.center[0]), float(city.center[1]))
    units = []
    for order, unit in enumerate(u for u in city.units if u.counted):
        rings, middle = outlines.get(unit.name, ((), None))
        point = (float(unit.point[0]), float(unit.point[1])) if unit.point else middle
        units.append(
            Unit(
                code=unit.code,
                name=unit.name,
                short=short_name(unit.name, short_city),
                area=(unit.maps_to or unit.code)[:6],
                weight=weights.get(unit.code, 1),
                point=point or _around(center, order),
                rings=rings,
            )
        )
    ages = {
        c.code: Ages(c.age_from, c.age_to, c.max_children, c.ratio or 5)
        for c in book.national.class_types.values()
    }
    now = city.clock if city.clock.tzinfo else city.clock.replace(tzinfo=clock.ZONE)
    return City(city.code, city.name, now.astimezone(clock.ZONE), tuple(units), ages)


def _weights(book: Book) -> dict[str, int]:
    """常住人口 in the latest year of each unit; where none is known, all count alike."""
    latest: dict[str, tuple[int, int]] = {}
    for figure in book.city.population:
        if figure.measure == "resident":
            latest[figure.unit] = max(latest.get(figure.unit, (0, 0)), (figure.year, figure.value))
    return {code: value for code, (_, value) in latest.items()}


def _outlines(path: Path) -> dict[str, tuple[tuple[Ring, ...], tuple[float, float] | None]]:
    found = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        shape, props = feature["geometry"], feature["properties"]
        many = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = tuple([(float(x), float(y)) for x, y in polygon[0]] for polygon in many)
        middle = props.get("cp")
        found[props["name"]] = (rings, (middle[0], middle[1]) if middle else None)
    return found


def _around(center: tuple[float, float], order: int) -> tuple[float, float]:
    """没有坐标的单位排在城市中心周围的格子里。"""
    return center[0] + (order % 5 - 2) * 0.05, center[1] + (order // 5 - 2) * 0.05


def spot_in(rng: random.Random, unit: Unit) -> tuple[str, str]:
    """单位内的一个点（经、纬），inside its outline when that is known."""
    lon, lat = unit.point
    for attempt in range(60):
        reach = _SPREAD * (1 + attempt / 20)
        x, y = rng.gauss(lon, reach), rng.gauss(lat, reach)
        if not unit.rings or any(_inside(x, y, ring) for ring in unit.rings):
            return f"{x:.5f}", f"{y:.5f}"
    return f"{lon:.5f}", f"{lat:.5f}"


def _inside(x: float, y: float, ring: Ring) -> bool:
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def spread(total: int, weights: list[int], least: int) -> list[int]:
    """按权重分配（最大余额法），each at least ``least``."""
    base = [least] * len(weights)
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError(f"总数 {total} 少于单位数 × {least}")
    whole = sum(weights)
    quota = [rest * w / whole for w in weights]
    out = [b + int(q) for b, q in zip(base, quota, strict=True)]
    by_rest = sorted(range(len(weights)), key=lambda i: (int(quota[i]) - quota[i], i))
    for i in by_rest[: total - sum(out)]:
        out[i] += 1
    return out
