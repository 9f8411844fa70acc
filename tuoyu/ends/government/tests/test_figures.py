"""地图、指标与政策：thirteen units, unknown is 未知, and every city by data alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import Settings as SettingsWrapper

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.indicators import atlas, services
from tuoyu.domains.indicators.selectors import breakdown
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.models import PopulationFigure, Region
from tuoyu.domains.regions.selectors import list_uncounted
from tuoyu.domains.regions.services import load_regions

LIST = "/gov/institutions/"


@pytest.fixture
def city(world: World) -> World:
    PopulationFigure.objects.all().delete()
    load_regions(current_book().city)
    services.refresh_all(NOW)
    return world


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = str(answer.content.decode())
    assert faults_of(found) == []
    return found


def drawn(city: World) -> list[dict[str, object]]:
    book = current_book()
    indicator = book.indicators["places_per_thousand"]
    return atlas.areas(
        book.city.map_file,
        breakdown(book, indicator, NOW.date()),
        list_uncounted(),
        atlas.DESK,
        lambda code: f"/{code}",
    )


def test_the_map_holds_thirteen_units_and_jinmen_uncounted(city: World) -> None:
    areas = drawn(city)
    assert len([a for a in areas if a["kind"] != "out"]) == 13
    assert [a["name"] for a in areas if a["kind"] == "out"] == ["金门（不计入）"]
    points = [a for a in areas if not a.get("path")]
    assert {a["code"] for a in points} == {"3505A1", "3505A2"}
    assert all(a["leader"] for a in points)


def test_labels_stay_inside_and_apart(city: World) -> None:
    led = [a for a in drawn(city) if a.get("leader")]
    for side in ("L", "R"):
        ys = sorted(float(str(a["ly"])) for a in led if a["anchor"] == side)
        assert all(b - a >= atlas.DESK.line - 0.2 for a, b in pairwise(ys))
        assert all(0 < y < atlas.DESK.height for y in ys)


def test_the_map_page_writes_each_value_twice(city: World) -> None:
    found = text(city.client("city-officer"), "/gov/map/")
    table = found.split('id="figures"')[1]
    for unit in Region.objects.filter(is_unit=True):
        assert unit.short_name in found.split('<svg class="ty-map"')[1]
        assert unit.short_name in table
    assert "未知" in table
    assert "不计入" in table


def test_a_unit_opens_its_institutions(city: World) -> None:
    assert f"{LIST}?unit=350502" in text(city.client("city-officer"), "/gov/map/")
    own = text(city.client("county-officer"), "/gov/map/")
    assert f"{LIST}?unit=350582" in own
    assert f"{LIST}?unit=350502" not in own


def test_an_indicator_shows_how_it_is_made(city: World) -> None:
    found = text(city.client("county-officer"), "/gov/indicators/places_per_thousand/")
    for said in (
        "托位总数 ÷ 上年末常住人口 × 1000",
        "86 个",
        "2,069,000 人",
        "2021-12-31",
        "目标 ≥ 4.6 个",
        "泉卫规〔2024〕2号 一",
        "/gov/indicators/places_per_thousand/numerator/",
    ):
        assert said in found


def test_the_list_behind_is_the_figure(city: World) -> None:
    found = text(
        city.client("county-officer"), "/gov/indicators/certified_share/numerator/?unit=350582"
    )
    assert "共 6 条" in found
    assert "示例老师" not in found  # 姓名脱敏
    other = text(
        city.client("county-officer"), "/gov/indicators/certified_share/numerator/?unit=350502"
    )
    assert "共 0 条" in other


def test_unknown_is_unknown(city: World) -> None:
    found = text(city.client("city-officer"), "/gov/indicators/fund_in_place/")
    assert "未知" in found
    assert "平台尚未收到" in found
    assert "0.0" not in found


def test_a_county_figure_is_not_the_citys(city: World) -> None:
    county = text(city.client("county-officer"), "/gov/indicators/")
    assert "86 个" in county
    assert "129 个" not in county
    assert "129 个" in text(city.client("city-officer"), "/gov/indicators/")


def test_the_indicator_pages_take_few_queries(
    city: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = city.client("city-officer")
    for path in ("/gov/indicators/", "/gov/map/", "/gov/indicators/inclusive_share/"):
        with django_assert_max_num_queries(24):
            client.get(path)


def test_the_policy_says_what_is_still_to_be_set(city: World) -> None:
    found = text(city.client("county-officer"), "/gov/policy/")
    for said in (
        "不高于 300 元",
        "300 元",
        "尚待规定",
        "鲤城区",
        "示例〔2025〕2号（虚构）",
        "解释项",
    ):
        assert said in found


@pytest.fixture
def yueqing(db: None, settings: SettingsWrapper) -> Iterator[Client]:
    settings.CITY = "yueqing-2025"
    current_book.cache_clear()
    load_regions(current_book().city)
    services.refresh_all(NOW)
    user = User.objects.create_user("yueqing", "乐清甲（虚构）")
    Assignment.objects.create(
        user=user, role="city_officer", region_code="330382", from_on=date(2025, 1, 1)
    )
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    yield client
    current_book.cache_clear()


def test_yueqing_shows_its_six_targets_with_the_same_code(yueqing: Client) -> None:
    found = text(yueqing, "/gov/indicators/")
    for clause in ("一(一)", "一(二)", "一(三)", "一(四)", "一(五)", "一(六)"):
        assert f"乐清试点方案（征求意见稿） {clause}" in found
    assert "每千名3岁以下婴幼儿托位数" in found
    assert "3岁以下常住婴幼儿数" in found
    assert "上年末常住人口" not in found
    assert "目标 ≤ 30%" in found
    assert "待核验" in found


def test_yueqing_pages_open(yueqing: Client) -> None:
    for path in ("/gov/", "/gov/map/", "/gov/policy/", "/cockpit/", "/", "/policy/"):
        text(yueqing, path)
    assert "只测算，不支付" in text(yueqing, "/gov/policy/")
    assert "25 个单位没有轮廓资料" in text(yueqing, "/gov/map/")
