"""收费监测页：both means, who is above, what waits; accepted by the county of the institution."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tests.billing.conftest import director
from tests.world import NOW, World
from tuoyu.domains.billing import services
from tuoyu.domains.billing.models import FeeFiling
from tuoyu.domains.billing.services import NewItem
from tuoyu.domains.institutions.models import FeeStandard

pytestmark = pytest.mark.django_db


def file(w: World) -> FeeFiling:
    return services.file_fees(
        institution_id=w.institutions["a1"].pk, from_on=date(2025, 11, 1), evidence="成本表",
        items=[NewItem(kind="care", unit="month", price_fen=160_000, class_type="infant")],
        by=director(w), at=NOW,
    )  # fmt: skip


def test_the_list_shows_means_and_only_the_own_region(world: World) -> None:
    html = world.client("county-officer").get(reverse("government:fees")).content.decode()
    assert "青禾" in html
    assert "海风" not in html
    assert "1,500.00" in html
    assert "没有规定" in html
    one = reverse("government:fees_of", args=[world.institutions["b1"].pk])
    assert world.client("county-officer").get(one).status_code == 404


def test_export_is_a_workbook(world: World) -> None:
    answer = world.client("county-officer").get(reverse("government:fees_export"))
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_the_county_accepts_in_the_page(world: World) -> None:
    filing, county = file(world), world.client("county-officer")
    page = county.get(reverse("government:fee_filing", args=[filing.pk])).content.decode()
    assert "+100.00" in page
    assert (
        county.post(reverse("government:fee_decide", args=[filing.pk, "accept"])).status_code == 302
    )
    assert FeeStandard.all_rows.filter(monthly_fen=160_000).exists()
    assert (
        county.post(reverse("government:fee_decide", args=[filing.pk, "accept"])).status_code == 422
    )


def test_a_refusal_needs_its_reason(world: World) -> None:
    filing, county = file(world), world.client("county-officer")
    refuse = reverse("government:fee_decide", args=[filing.pk, "refuse"])
    assert county.post(refuse).status_code == 422
    assert county.post(refuse, {"reason": "没有依据"}).status_code == 302


def test_strangers_find_nothing(world: World) -> None:
    filing = file(world)
    path = reverse("government:fee_decide", args=[filing.pk, "accept"])
    for who in ("other-county-officer", "inspector", "director"):
        assert world.client(who).post(path).status_code == 404
    other = world.client("county-officer")
    assert other.post(reverse("government:fee_decide", args=[filing.pk, "x"])).status_code == 404
