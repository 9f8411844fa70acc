"""六月这条线：settled, confirmed, reviewed, approved and paid by the right people, refused to the
wrong ones, and one sentence for all. Through the pages, as each person would.
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.settlement.month import june
from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.funds.files import tables
from tuoyu.domains.funds.models import Batch, Order
from tuoyu.domains.subsidies.models import Line, Statement


@pytest.fixture
def settled(world: World) -> Statement:
    """The first city officer settles June by the page; 青禾 is followed from here."""
    june(world)
    made = world.client("city-officer").post(
        "/gov/settlements/make/", {"month": "2025-06", "rule": "class_subsidy"}
    )
    assert made.status_code in (200, 302)
    return Statement.all_rows.get(institution_id=world.institutions["a1"].pk)


def _post(client: Client, path: str, **data: str) -> int:
    return client.post(path, data).status_code


def test_june_is_approved_by_the_right_people_and_refused_to_the_wrong(
    world: World, settled: Statement
) -> None:
    own, gov = f"/inst/subsidies/{settled.pk}/", f"/gov/settlements/{settled.pk}/"
    # 机构确认：the director of this institution, and nobody else's
    assert _post(world.client("other-director"), own + "confirm/") == 404
    assert _post(world.client("teacher"), own + "confirm/") == 404
    assert _post(world.client("county-officer"), gov + "review/") == 422  # not confirmed yet
    assert _post(world.client("director"), own + "confirm/") == 302
    # 县级审核：this county's officer
    assert _post(world.client("other-county-officer"), gov + "review/") == 404
    assert _post(world.client("inspector"), gov + "review/") == 404
    assert _post(world.client("county-officer"), gov + "review/", opinion="核对无误") == 302
    # 市级审批：not by who settled it
    assert _post(world.client("county-officer"), gov + "approve/") == 404
    assert _post(world.client("city-officer"), gov + "approve/", opinion="同意") == 422
    assert _post(world.client("city-officer-2"), gov + "approve/", opinion="同意") == 302
    # 拨付：one prepares with control totals, another releases
    total = Statement.all_rows.get(pk=settled.pk).total_fen
    assert total > 0
    page = world.client("payment-clerk").get("/gov/payments/").content.decode()
    assert f"{total / 100:,.2f}" in page
    refused = AuditEvent.objects.filter(result__startswith="拒绝").count()
    assert refused == 7
    totals = {"count": "1", "total": f"{total / 100:,.2f}", "programme": "class_subsidy"}
    assert _post(world.client("finance-officer"), "/gov/payments/prepare/", **totals) == 404
    assert _post(world.client("payment-clerk"), "/gov/payments/prepare/", **totals) == 302
    batch = f"/gov/payments/{Batch.all_rows.get().pk}/"
    assert _post(world.client("payment-clerk"), batch + "release/", **totals) == 404
    assert _post(world.client("finance-officer"), batch + "release/", **totals) == 302
    # 已送银行，还不是已拨付：the institution is told so
    assert "已送银行" in world.client("director").get(own).content.decode()
    # 银行回单：uploaded by the clerk, and only then it is paid
    told = world.client("payment-clerk").get(batch + "template/").content
    told = told.replace(b",2025-10-15,,", b",2025-10-15,B000123,")
    assert _upload(world.client("finance-officer"), batch, told) == 404
    assert _upload(world.client("payment-clerk"), batch, told) == 302
    page = world.client("director").get(own).content.decode()
    assert "已拨付" in page
    assert "B000123" in page
    # 一元到底：from its source to the bank and down to the lines
    order = Order.all_rows.get()
    chain = world.client("auditor").get(f"/gov/payments/orders/{order.pk}/").content.decode()
    for words in ("县（市、区）财政", "示例财指", "B000123", gov, "银行付讫"):
        assert words in chain


def _upload(client: Client, batch: str, body: bytes) -> int:
    assert tables.read(body).count == 1
    return client.post(
        batch + "upload/", {"file": SimpleUploadedFile("回单.csv", body)}
    ).status_code


def test_the_parent_and_the_officer_read_the_same_sentence(
    world: World, settled: Statement
) -> None:
    child = world.children["he"]
    line = Line.all_rows.get(child_id=child.pk)
    officer = world.client("county-officer").get(
        f"/gov/settlements/{settled.pk}/lines/{line.pk}/", headers={"HX-Request": "true"}
    )
    director = world.client("director").get(
        f"/inst/subsidies/{settled.pk}/lines/{line.pk}/", headers={"HX-Request": "true"}
    )
    parent = world.client("parent").get(f"/family/subsidy/{line.pk}/?child={child.pk}")
    said = [_sentence(r.content.decode()) for r in (officer, director, parent)]
    assert said[0] == said[1] == said[2]
    assert "取低" in said[0]
    stranger = world.client("other-parent").get(f"/family/subsidy/{line.pk}/")
    assert stranger.status_code == 404


def _sentence(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", "", html))
    found = re.search(r"[\d.,]+ 元 = 取低（.+?）；由.+?决定", text)
    assert found, text[:2000]
    return found[0]


def test_no_payment_is_made_twice(world: World, settled: Statement) -> None:
    again = world.client("city-officer").post(
        "/gov/settlements/make/", {"month": "2025-06", "rule": "class_subsidy"}
    )
    assert again.status_code in (200, 302)
    assert Statement.all_rows.filter(institution_id=settled.institution_id).count() == 1
    assert Batch.all_rows.count() == 0
