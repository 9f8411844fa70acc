"""行政区划的装载：from the city's pack into rows; safe to run again."""

from __future__ import annotations

import re
from typing import Protocol

from django.db import transaction

from tuoyu.domains.regions.models import PopulationFigure, Region

_TAIL = re.compile(r"(?<=..)(街道|[市县区镇乡])$")
_TOWNSHIPS = ("street", "town", "township")


class UnitLike(Protocol):
    """单位（政策包的城市资料里的一行）。"""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def counted(self) -> bool: ...
    @property
    def maps_to(self) -> str: ...
    @property
    def point(self) -> tuple[str, str] | None: ...


class FigureLike(Protocol):
    """人口数（政策包里的一行）。"""

    @property
    def unit(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def measure(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def estimate(self) -> bool: ...


class CityLike(Protocol):
    """城市资料。Regions stand below policies, so the shape is named here."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def units(self) -> tuple[UnitLike, ...]: ...
    @property
    def population(self) -> tuple[FigureLike, ...]: ...


@transaction.atomic
def load_regions(city: CityLike) -> int:
    """装载区划与人口；returns how many units count.

    A place that is drawn but not counted (金门县) is a region and no unit.
    """
    top, _ = Region.objects.update_or_create(
        code=city.code,
        defaults={
            "name": city.name,
            "short_name": short_name(city.name, ""),
            "level": Region.Level.CITY,
            "parent": None,
            "prefix": prefix_of(city.code),
            "is_counted": True,
            "is_unit": False,
        },
    )
    for order, unit in enumerate(city.units):
        lon, lat = unit.point or (None, None)
        Region.objects.update_or_create(
            code=unit.code,
            defaults={
                "name": unit.name,
                "short_name": short_name(unit.name, top.short_name),
                "level": Region.Level.TOWNSHIP if unit.kind in _TOWNSHIPS else Region.Level.COUNTY,
                "parent": top,
                "prefix": unit.code,
                "is_counted": unit.counted,
                "is_unit": unit.counted,
                "maps_to": unit.maps_to,
                "lon": lon,
                "lat": lat,
                "order": order + 1,
            },
        )
    _load_population(city)
    return sum(unit.counted for unit in city.units)


def _load_population(city: CityLike) -> None:
    """Measures that the platform does not divide by (births, registered) stay in the pack."""
    for figure in city.population:
        if figure.measure not in PopulationFigure.Measure.values:
            continue
        PopulationFigure.objects.update_or_create(
            region_id=figure.unit,
            measure=figure.measure,
            year=figure.year,
            defaults={
                "value": figure.value,
                "source": figure.source,
                "is_estimate": figure.estimate,
            },
        )


def prefix_of(code: str) -> str:
    """区划代码前缀：350500 → 3505; 330382 stays."""
    return code.removesuffix("00") if len(code) == 6 else code


def short_name(name: str, city: str) -> str:
    """简称：晋江市 → 晋江, 泉州台商投资区 → 台商区."""
    if city and name.startswith(city) and len(name) > len(city) + 2:
        return name.removeprefix(city).replace("投资区", "区")
    return _TAIL.sub("", name)
