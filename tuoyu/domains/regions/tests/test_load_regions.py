"""区划装载。"""

from __future__ import annotations

from datetime import date

import pytest

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions import selectors
from tuoyu.domains.regions.models import PopulationFigure, Region
from tuoyu.domains.regions.services import load_regions, prefix_of, short_name


@pytest.fixture
def loaded(db: None) -> int:
    return load_regions(current_book().city)


def test_thirteen_units_count_and_jinmen_does_not(loaded: int) -> None:
    assert loaded == 13
    assert len(selectors.list_units()) == 13
    assert [r.name for r in selectors.list_uncounted()] == ["金门县"]


def test_loading_twice_changes_nothing(loaded: int) -> None:
    before = (
        list(Region.objects.values_list()),
        sorted(PopulationFigure.objects.values_list("region_id", "measure", "year", "value")),
    )
    load_regions(current_book().city)
    after = (
        list(Region.objects.values_list()),
        sorted(PopulationFigure.objects.values_list("region_id", "measure", "year", "value")),
    )
    assert before == after


def test_zones_have_points_and_map_to_counties(loaded: int) -> None:
    zones = Region.objects.exclude(maps_to="").order_by("code")
    assert [(z.code, z.maps_to) for z in zones] == [("3505A1", "350502"), ("3505A2", "350521")]
    assert all(z.lon and z.lat and z.is_unit for z in zones)


def test_a_missing_population_has_no_row(loaded: int) -> None:
    assert not PopulationFigure.objects.filter(region_id="350527").exists()


def test_estimates_are_marked(loaded: int) -> None:
    under3 = PopulationFigure.objects.get(region_id="350582", measure="under3", year=2021)
    assert under3.is_estimate
    assert not PopulationFigure.objects.get(
        region_id="350582", measure="resident", year=2021
    ).is_estimate


def test_the_latest_year_before_the_day_is_used(loaded: int) -> None:
    day = date(2025, 10, 15)
    figures = {f.region_id: f.year for f in selectors.latest_figures("resident", day)}
    assert figures["350500"] == 2022
    assert figures["350582"] == 2021
    early = {f.region_id: f.year for f in selectors.latest_figures("resident", date(2022, 1, 1))}
    assert early["350500"] == 2021


@pytest.mark.parametrize(
    ("code", "prefix"), [("350500", "3505"), ("330382", "330382"), ("330382001", "330382001")]
)
def test_prefix(code: str, prefix: str) -> None:
    assert prefix_of(code) == prefix


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("晋江市", "晋江"),
        ("泉州开发区", "开发区"),
        ("泉州台商投资区", "台商区"),
        ("乐成街道", "乐成"),
        ("大荆镇", "大荆"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert short_name(name, "泉州") == short


def test_a_county_cannot_reach_another(loaded: int) -> None:
    jinjiang = Scope(kind="region", region_prefix="350582")
    assert selectors.access_region(jinjiang, "350582").name == "晋江市"
    for foreign in ("350502", "350500", "nowhere"):
        with pytest.raises(NotFound):
            selectors.access_region(jinjiang, foreign)
    assert [u.code for u in selectors.list_units_in(jinjiang)] == ["350582"]
