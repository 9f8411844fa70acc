"""补助：the parent reads the very sentence the officer reads."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.test import Client

from tests.world import World, month_of_days
from tuoyu.core import clock
from tuoyu.domains.attendance.models import MonthClose
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies.models import Line
from tuoyu.domains.subsidies.selectors.lines import explain_line
from tuoyu.domains.subsidies.services import settle
from tuoyu.ends.family.tests.conftest import actor

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2025, 9, 1)
URL = "/family/subsidy/"


@pytest.fixture
def settled(world: World) -> World:
    """September at 青禾: 林小禾 came 12 days, 林小穗 8; the month is closed and settled."""
    with clock.fixed(clock.at(date(2025, 9, 30), 18, 0)):
        month_of_days(world, "he", SEPTEMBER, 12)
        month_of_days(world, "sui", SEPTEMBER, 8)
    inst = world.institutions["a1"]
    MonthClose.all_rows.create(
        institution_id=inst.pk,
        region_code=inst.region_code,
        month=SEPTEMBER,
        closed_at=clock.now(),
        closed_by_name="园长甲（虚构）",
        children=2,
        days=20,
        sheets_hash="0" * 64,
    )
    settle(
        book=current_book(),
        rule_id="class_subsidy",
        month="2025-09",
        by=actor(world, "city-officer"),
        at=clock.now(),
    )
    return world


def line_of(world: World, child: str) -> Line:
    return Line.all_rows.get(child_id=world.children[child].pk)


def page(client: Client, url: str, **query: int) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_parent_and_officer_read_the_same_sentence(parent: Client, settled: World) -> None:
    for child in ("he", "sui"):
        line = line_of(settled, child)
        for slug in ("county-officer", "city-officer", "director"):
            scope = actor(settled, slug).scope
            assert explain_line(scope, line.pk).sentence in page(parent, f"{URL}{line.pk}/")


def test_four_lines_three_amounts_and_the_day_sheet(parent: Client, settled: World) -> None:
    found = page(parent, f"{URL}{line_of(settled, 'he').pk}/")
    for words in ("市级上限", "县定标准", "实付", "依据", "泉卫规〔2024〕2号", "到托 12 天"):
        assert words in found
    assert found.count('<span class="no">') == 4
    assert "付给托育机构" in found
    assert "林小禾" in found


def test_an_unpaid_month_says_why_without_blame(parent: Client, settled: World) -> None:
    line = line_of(settled, "sui")
    assert line.amount_fen == 0
    found = page(parent, f"{URL}{line.pk}/")
    assert "当月出勤不足" in found


def test_the_list_has_each_month(parent: Client, settled: World) -> None:
    found = page(parent, URL, child=settled.children["he"].pk)
    line = line_of(settled, "he")
    assert "2025 年 9 月" in found
    assert f"/family/subsidy/{line.pk}/" in found
    assert "到托 12 天" in found


def test_a_strangers_line_is_not_found(settled: World) -> None:
    line = line_of(settled, "he")
    for who in ("other-parent", "sibling-parent"):
        assert settled.client(who).get(f"{URL}{line.pk}/").status_code == 404


def test_before_any_settlement(parent: Client, world: World) -> None:
    assert "还没有结算过的月份" in page(parent, URL)
