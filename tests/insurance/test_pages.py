"""保险的页面：each by whom it is made for, sound HTML, foreign ids not found."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.domains.funds import services as funds
from tuoyu.domains.insurance.models import Claim, CountyContract, Premium, Tender
from tuoyu.domains.insurance.services import sync_roster

pytestmark = pytest.mark.django_db

AWARD = {
    "title": "2025 年统一保险", "document": "示例中标〔2025〕1号", "insurer": "示例保险（虚构）",
    "from_on": "2025-01-01", "to_on": "2026-01-01", "covers": "意外伤害：按保单\n食品卫生：按保单",
}  # fmt: skip


@pytest.fixture
def contract(world: World) -> CountyContract:
    assert world.client("city-officer").post("/gov/insurance/award/", AWARD).status_code == 302
    sync_roster(tender=Tender.all_rows.get(), on=NOW.date())
    form = {"unit": "350582", "policy_no": "示例保单", "signed_on": "2025-01-20"}
    assert world.client("county-officer").post("/gov/insurance/sign/", form).status_code == 302
    return CountyContract.all_rows.get()


def test_from_contract_to_order_in_the_pages(world: World, contract: CountyContract) -> None:
    county, city = world.client("county-officer"), world.client("city-officer")
    funds.allot(
        key="p1", year=2025, unit_code="350582", programme="insurance", source="county", rank=1,
        document_no="示例", amount_fen=1_000_000, at=NOW,
        by=actor_for_user(world.users["finance-officer"]),
    )  # fmt: skip
    county.post(f"/gov/insurance/contracts/{contract.pk}/compute/")
    page = f"/gov/insurance/premiums/{Premium.all_rows.get().pk}/"
    fen = Premium.all_rows.get().amount_fen
    assert f"{fen // 100:,}.00" in county.get(page).content.decode()
    assert county.post(f"{page}review/").status_code == 302
    assert county.post(f"{page}approve/").status_code == 404
    assert city.post(f"{page}approve/").status_code == 302
    assert "待拨付" in city.get(page).content.decode()
    assert Premium.all_rows.get().order_id is not None


def test_pages_are_sound_and_bounded(world: World, contract: CountyContract) -> None:
    world.client("county-officer").post(f"/gov/insurance/contracts/{contract.pk}/compute/")
    report = {"child": world.children["he"].pk, "happened_on": "2025-10-14",
              "cover": "意外伤害", "what": "磕伤送医"}  # fmt: skip
    assert world.client("director").post("/inst/insurance/report/", report).status_code == 302
    premium, claim = Premium.all_rows.get(), Claim.all_rows.get()
    for who, path in [
        ("city-officer", "/gov/insurance/"),
        ("county-officer", "/gov/insurance/"),
        ("county-officer", f"/gov/insurance/premiums/{premium.pk}/"),
        ("director", "/inst/insurance/"),
        ("director", f"/inst/insurance/claims/{claim.pk}/"),
    ]:
        with CaptureQueriesContext(connection) as asked:
            response = world.client(who).get(path)
        assert response.status_code == 200, path
        assert faults_of(response.content.decode()) == [], path
        assert len(asked) <= 40, path
    for who, path in [("city-officer", "/gov/insurance/export/"),
                      ("director", "/inst/insurance/export/")]:  # fmt: skip
        assert world.client(who).get(path).content[:2] == b"PK"


def test_a_claim_in_the_pages(world: World, contract: CountyContract) -> None:
    client = world.client("director")
    report = {"child": world.children["he"].pk, "happened_on": "2025-10-14",
              "cover": "意外伤害", "what": "磕伤送医"}  # fmt: skip
    client.post("/inst/insurance/report/", report)
    page = f"/inst/insurance/claims/{Claim.all_rows.get().pk}/"
    client.post(f"{page}hand-over/", {"insurer_no": "示例报案"})
    assert client.post(f"{page}conclude/", {"paid": "很多"}).status_code == 422
    client.post(f"{page}conclude/", {"paid": "320.50", "answer": ""})
    assert Claim.all_rows.get().paid_fen == 32_050


def test_foreign_ids_are_not_found(world: World, contract: CountyContract) -> None:
    world.client("county-officer").post(f"/gov/insurance/contracts/{contract.pk}/compute/")
    page = f"/gov/insurance/premiums/{Premium.all_rows.get().pk}/"
    other = world.client("other-county-officer")
    assert other.get(page).status_code == 404
    assert other.post(f"/gov/insurance/contracts/{contract.pk}/compute/").status_code == 404
    assert world.client("director").get("/gov/insurance/").status_code == 404
    assert world.client("teacher").get("/inst/insurance/").status_code == 404
    report = {"child": world.children["feng"].pk, "happened_on": "2025-10-14",
              "cover": "意外伤害", "what": "别家的孩子"}  # fmt: skip
    assert world.client("director").post("/inst/insurance/report/", report).status_code == 422
    assert Claim.all_rows.count() == 0
