"""监管端每一页：opens for whom it is made, is sound HTML, and is not found for others."""

from __future__ import annotations

import pytest

from tests.pages.checks import faults_of
from tests.world import World

OFFICER = [
    "/gov/",
    "/gov/?show=done",
    "/gov/institutions/",
    "/gov/institutions/?q=qinghe&kind=private&status=filed&recognised=yes",
    "/gov/institutions/?q=没有这家",
    "/gov/map/",
    "/gov/map/?i=inclusive_share",
    "/gov/attendance/",
    "/gov/attendance/?only=missing",
    "/gov/indicators/",
    "/gov/indicators/places_per_thousand/",
    "/gov/indicators/hub_points/",
    "/gov/indicators/certified_share/numerator/",
    "/gov/indicators/place_use/numerator/",
    "/gov/indicators/contracted_share/denominator/",
    "/gov/policy/",
]


@pytest.mark.parametrize("who", ["county-officer", "city-officer"])
@pytest.mark.parametrize("path", OFFICER)
def test_officers_read_sound_pages(counted: World, who: str, path: str) -> None:
    answer = counted.client(who).get(path)
    assert answer.status_code == 200
    assert faults_of(answer.content.decode()) == []


def test_the_detail_pages_are_sound(counted: World) -> None:
    client, a1 = counted.client("county-officer"), counted.institutions["a1"].pk
    for path in (f"/gov/institutions/{a1}/", f"/gov/attendance/{a1}/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert faults_of(answer.content.decode()) == []


@pytest.mark.parametrize("who", ["director", "parent", "teacher", "doctor", "trainer"])
@pytest.mark.parametrize("path", ["/gov/", "/gov/institutions/", "/gov/audit/", "/gov/indicators/"])
def test_others_do_not_find_them(counted: World, who: str, path: str) -> None:
    assert counted.client(who).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/gov/indicators/", "/gov/institutions/", "/gov/map/"])
def test_the_finance_officer_finds_only_his_own(counted: World, path: str) -> None:
    client = counted.client("finance-officer")
    assert client.get("/gov/").status_code == 200
    assert client.get(path).status_code == 404


def test_another_county_is_not_found(counted: World) -> None:
    client, b1 = counted.client("county-officer"), counted.institutions["b1"].pk
    assert client.get(f"/gov/institutions/{b1}/").status_code == 404
    assert client.get(f"/gov/attendance/{b1}/").status_code == 404
    assert "海风" not in client.get("/gov/institutions/").content.decode()
    assert "海风" not in client.get("/gov/institutions/?unit=350502").content.decode()
    assert "海风" not in client.get("/gov/attendance/").content.decode()


def test_nothing_unknown_is_found(counted: World) -> None:
    client = counted.client("city-officer")
    for path in (
        "/gov/institutions/999999/",
        "/gov/indicators/nothing/",
        "/gov/indicators/places_per_thousand/denominator/",
        "/gov/indicators/places_per_thousand/other/",
        "/gov/children/1/reveal/",
    ):
        assert client.get(path).status_code == 404, path
