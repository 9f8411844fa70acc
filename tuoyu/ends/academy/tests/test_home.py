"""人才端：who must renew within 7, 30, 60 days, and who has not been trained this year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.domains.workforce.models import Certificate, Staff
from tuoyu.ends.academy.views.home import band

TODAY = NOW.date()


def expire(world: World, staff: str, days: int) -> None:
    Certificate.all_rows.filter(staff=world.staff[staff]).update(
        expires_on=TODAY + timedelta(days=days)
    )


def page(world: World, query: str = "") -> str:
    answer = world.client("trainer").get(f"/academy/{query}")
    assert answer.status_code == 200
    found = str(answer.content.decode())
    assert faults_of(found) == []
    return found


@pytest.mark.parametrize(
    ("left", "name"),
    [(-1, "over"), (0, "over"), (1, "7"), (7, "7"), (8, "30"), (30, "30"), (31, "60"), (60, "60")],
)
def test_bands(left: int, name: str) -> None:
    assert band(left) == name


def test_the_soonest_come_first(world: World) -> None:
    expire(world, "a1.infant", 40)
    expire(world, "b1.mixed", 5)
    expire(world, "a2.toddler", 61)  # 还不到 60 天
    found = page(world)
    assert "2 本证书两个月内到期" in found
    assert found.index("剩 5 天") < found.index("剩 40 天")
    assert "剩 61 天" not in found


def test_one_who_left_is_not_listed(world: World) -> None:
    expire(world, "a1.infant", 5)
    Staff.all_rows.filter(pk=world.staff["a1.infant"].pk).update(left_on=TODAY)
    assert "两个月内没有证书到期" in page(world)


def test_last_years_training_does_not_count(world: World) -> None:
    Staff.all_rows.update(trained_on=date(2025, 3, 1))
    assert "今年都轮训过了" in page(world, "?show=untrained")
    Staff.all_rows.filter(pk=world.staff["a1.infant"].pk).update(trained_on=date(2024, 12, 31))
    found = page(world, "?show=untrained")
    assert "2024-12-31" in found
    assert "青禾" in found


def test_names_are_masked(world: World) -> None:
    expire(world, "a1.infant", 5)
    found = page(world)
    assert world.staff["a1.infant"].name not in found


def test_others_do_not_find_it(world: World) -> None:
    for who in ("county-officer", "director", "doctor", "parent"):
        assert world.client(who).get("/academy/").status_code == 404


def test_queries_do_not_grow_with_people(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = world.client("trainer")
    for staff in world.staff:
        expire(world, staff, 5)
    with django_assert_max_num_queries(20):
        client.get("/academy/")
