"""区划的读取。区划与人口是公开资料，不分数据范围。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.regions.models import PopulationFigure, Region


def city_region() -> Region:
    """全市。"""
    found = Region.objects.filter(level=Region.Level.CITY).order_by("code").first()
    if found is None:
        raise NotFound("区划尚未装载，请先装载城市政策包")
    return found


def list_regions() -> list[Region]:
    """全部区划：one query for a page that needs units, names and what is only drawn."""
    return list(Region.objects.all())


def list_units() -> list[Region]:
    """实施单位（计入统计的），in the city's own order."""
    return list(Region.objects.filter(is_unit=True, is_counted=True))


def list_uncounted() -> list[Region]:
    """只画不计的（金门县）。"""
    return list(Region.objects.filter(is_counted=False))


def list_units_in(scope: Scope) -> list[Region]:
    """数据范围内的实施单位。"""
    return units_in(scope, list_units())


def units_in(scope: Scope, regions: Iterable[Region]) -> list[Region]:
    """数据范围内的实施单位，out of regions already read."""
    if scope.kind != "region":
        return []
    inside = (r for r in regions if r.code.startswith(scope.region_prefix))
    return [r for r in inside if r.is_unit and r.is_counted]


def access_region(scope: Scope, code: str) -> Region:
    """取一个区划；outside the scope it is not found."""
    found = Region.objects.filter(pk=code).first()
    if found is None or scope.kind != "region":
        raise NotFound
    if not found.prefix.startswith(scope.region_prefix):
        raise NotFound
    return found


def home_region(scope: Scope) -> Region:
    """本级区划：the region whose prefix the scope is."""
    found = Region.objects.filter(prefix=scope.region_prefix).order_by("level").first()
    if scope.kind != "region" or found is None:
        raise NotFound
    return found


def unit_names() -> dict[str, str]:
    """代码 → 简称。"""
    return dict(Region.objects.values_list("code", "short_name"))


def latest_figures(measure: str, on: date) -> models.QuerySet[PopulationFigure]:
    """某日可用的最近一年人口数：a year's figure holds from its last day on, one row a region."""
    rows = PopulationFigure.objects.filter(measure=measure, year__lt=on.year)
    return rows.order_by("region_id", "-year").distinct("region_id")
