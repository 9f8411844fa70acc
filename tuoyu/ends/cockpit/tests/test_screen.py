"""大屏：the desks' own figures, every unit, and a way down."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.domains.indicators import services
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.models import PopulationFigure, Region
from tuoyu.domains.regions.services import load_regions


@pytest.fixture
def city(world: World) -> World:
    PopulationFigure.objects.all().delete()
    load_regions(current_book().city)
    services.refresh_all(NOW)
    return world


def page(world: World, who: str) -> str:
    answer = world.client(who).get("/cockpit/")
    assert answer.status_code == 200
    found = str(answer.content.decode())
    assert faults_of(found) == []
    return found


def test_all_thirteen_units_are_ranked_and_jinmen_is_not(city: World) -> None:
    found = page(city, "city-officer")
    assert "13 个单位排位" in found
    assert "金门（不计入）" in found
    for unit in Region.objects.filter(is_unit=True):
        assert unit.short_name in found
    ranked = found.split('class="sc-cty"')[1].split("</svg>")[0]
    assert ranked.count("<rect") == 13
    assert "金门" not in ranked


def test_a_unit_without_figures_is_unknown_not_zero(city: World) -> None:
    ranked = page(city, "city-officer").split('class="sc-cty"')[1].split("</svg>")[0]
    assert ranked.count('class="none"') == 11
    assert ranked.count(">未知<") == 11


def test_numbers_lead_to_their_lists(city: World) -> None:
    found = page(city, "city-officer")
    assert "/gov/indicators/places_per_thousand/" in found
    assert "/gov/institutions/?unit=350582" in found


def test_a_county_opens_its_own_unit_only(city: World) -> None:
    found = page(city, "county-officer")
    assert "/gov/institutions/?unit=350582" in found
    assert "/gov/institutions/?unit=350502" not in found


@pytest.mark.parametrize("who", ["parent", "director", "finance-officer", "auditor", "doctor"])
def test_others_do_not_find_it(city: World, who: str) -> None:
    assert city.client(who).get("/cockpit/").status_code == 404


def test_before_the_first_count_nothing_is_zero(world: World) -> None:
    found = page(world, "city-officer")
    assert "尚未统计" in found
    assert "未报" in found


def test_the_screen_takes_few_queries(
    city: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = city.client("city-officer")
    with django_assert_max_num_queries(40):
        client.get("/cockpit/")
