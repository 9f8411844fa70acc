"""找托育：whoever comes, without signing in, sees what is published and nothing of any child."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.pages.checks import faults_of
from tests.world import World
from tuoyu.domains.indicators.models import PublishedVacancy
from tuoyu.domains.institutions.models import FeeStandard, Institution, Recognition
from tuoyu.ends.public.pins import spread


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = str(answer.content.decode())
    assert faults_of(found) == []
    return found


def test_a_visitor_finds_all_with_vacancy_time_and_fee(published: World, client: Client) -> None:
    page = text(client, "/")
    assert "3 家，3 家有空位" in page
    assert "乳儿班 余 8" in page
    assert "今天 08:10 更新" in page
    assert ">1,500</span>" in page


def test_no_child_is_named(published: World, client: Client) -> None:
    for path in ("/", f"/find/{published.institutions['a1'].pk}/"):
        page = text(client, path)
        assert not any(c.name in page for c in published.children.values())


def test_a_vacancy_nobody_published_is_unreported_not_full(world: World, client: Client) -> None:
    page = text(client, "/")
    assert "空位未报" in page
    assert "已满" not in page.split("<section")[0]


def test_the_age_chooses_the_class_types(published: World, client: Client) -> None:
    page = text(client, "/?born=2025-02")  # 8 个月：乳儿班
    assert "乳儿班 余 8" in page
    assert "托小班 余" not in page


def test_only_those_with_vacancies(published: World, client: Client) -> None:
    PublishedVacancy.all_rows.filter(institution_id=published.institutions["a1"].pk).update(
        vacant=0
    )
    page = text(client, "/?vacant=1")
    assert "青禾" not in page
    assert "小满" in page
    assert "已满" in text(client, "/?q=青禾")


def test_only_recognised_ones(published: World, client: Client) -> None:
    Recognition.all_rows.filter(institution=published.institutions["a2"]).delete()
    page = text(client, "/?recognised=1")
    assert "小满" not in page
    assert "青禾" in page


def test_the_cheapest_first(published: World, client: Client) -> None:
    FeeStandard.all_rows.filter(institution=published.institutions["b1"]).update(monthly_fen=99_900)
    page = text(client, "/?sort=fee")
    assert page.index("海风") < page.index("小满")
    assert ">999</span>" in page


def test_a_fee_of_tomorrow_is_not_shown_today(published: World, client: Client) -> None:
    a1 = published.institutions["a1"]
    FeeStandard.all_rows.create(
        institution=a1,
        region_code=a1.region_code,
        class_type="infant",
        monthly_fen=1,
        from_on="2025-10-16",
    )
    assert ">0.01</span>" not in text(client, "/")


def test_the_list_and_the_map_have_the_same_numbers(published: World, client: Client) -> None:
    Institution.all_rows.update(lon="118.58", lat="24.82")
    page = text(client, "/")
    for number in ("1", "2", "3"):
        assert f'<span class="no">{number}</span>' in page
        assert f">{number}</text>" in page


def test_pinyin_finds(published: World, client: Client) -> None:
    a1 = published.institutions["a1"]
    Institution.all_rows.filter(pk=a1.pk).update(search="qinghetuoyuyuan qhtyy")
    page = text(client, "/?q=QingHe")
    assert "青禾" in page
    assert "小满" not in page


def test_nothing_found_says_what_next(published: World, client: Client) -> None:
    assert "没有符合的机构" in text(client, "/?q=没有这家")


@pytest.mark.parametrize(
    "query", ["?born=abc", "?page=999", "?sort=x", "?unit=zzz", "?born=2030-01"]
)
def test_a_senseless_query_still_answers(published: World, client: Client, query: str) -> None:
    assert client.get(f"/{query}").status_code == 200


def test_the_public_page_of_an_institution(published: World, client: Client) -> None:
    page = text(client, f"/find/{published.institutions['a1'].pk}/")
    assert "示例-a1" in page
    assert "示例认定（虚构）" in page
    assert "余 8 个" in page


def test_one_not_filed_is_not_public(published: World, client: Client) -> None:
    a1 = published.institutions["a1"]
    Institution.all_rows.filter(pk=a1.pk).update(status="preparing")
    assert client.get(f"/find/{a1.pk}/").status_code == 404
    assert "青禾" not in text(client, "/")
    assert client.get("/find/999999/").status_code == 404


def test_the_policy_cites_each_figure(world: World, client: Client) -> None:
    page = text(client, "/policy/")
    assert "不高于" in page
    assert "300 元" in page
    assert "泉卫规〔2024〕2号 二(二)5" in page


def test_the_search_takes_few_queries(
    published: World, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(16):
        client.get("/?born=2024-03&sort=fee")


def test_what_a_notice_sets_is_not_among_what_the_document_says(
    world: World, client: Client
) -> None:
    page = text(client, "/policy/")
    said, rest = page.split('aria-label="文件里的钱数"')[1].split("</section>", 1)
    assert "上限" in said
    assert "示例〔2025〕" not in said
    noticed = rest.split('aria-label="各地通知定的数"')[1].split("</section>")[0]
    assert "示例〔2025〕2号（虚构）" in noticed
    assert "280 元" in noticed
    assert "280 元" not in said


def test_a_signed_in_officer_finds_the_whole_city(published: World) -> None:
    assert "3 家，3 家有空位" in text(published.client("county-officer"), "/")


def test_numbers_on_the_map_do_not_cover_each_other() -> None:
    pins = spread([(300.0, 300.0)] * 4 + [(310.0, 305.0), (1.0, 1.0), (1.0, 2.0)], 720, 640)
    for one, other in combinations(pins, 2):
        apart_x = abs(one.label_x - other.label_x) >= 30
        assert apart_x or abs(one.label_y - other.label_y) >= 22
    assert spread([(300.0, 300.0)], 720, 640)[0].is_moved is False
