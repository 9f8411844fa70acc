"""收费页：look at the draft, issue, record, reverse, file — as the director, through the pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.world import World
from tuoyu.domains.billing.models import Bill, BillLine, Choice, FeeFiling, FeeItem, Payment
from tuoyu.ends.institution.tests.helpers import key, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: World) -> Client:
    return world.client("director")


def issue(world: World, desk: Client, *names: str) -> Any:
    html = desk.get(url("fees")).content.decode()
    found = re.search(r'name="digest" value="(\w+)"', html)
    assert found is not None
    data = {
        "month": "2025-10",
        "digest": found[1],
        "child": [str(world.children[n].pk) for n in names],
        "submit_key": key(),
    }
    return desk.post(url("fee_issue"), data)


def test_the_draft_shows_each_child_with_the_arithmetic(world: World, desk: Client) -> None:
    html = desk.get(url("fees")).content.decode()
    assert "林小禾" in html
    assert "1,500.00" in html
    assert "备案价 1,500 元/月" in html
    assert "洪海风" not in html


def test_issue_pay_in_part_and_print_the_receipt(world: World, desk: Client) -> None:
    assert issue(world, desk, "he", "sui").status_code == 302
    assert Bill.all_rows.count() == 2
    bill = Bill.all_rows.get(child_id=world.children["he"].pk)
    told = {"amount": "500", "method": "wechat", "paid_on": "2025-10-15", "submit_key": key()}
    assert desk.post(url("fee_pay", bill.pk), told).status_code == 302
    page = desk.get(url("fee_bill", bill.pk)).content.decode()
    assert "部分缴" in page
    paid = Payment.all_rows.get()
    assert paid.amount_fen == 50_000
    assert "500.00" in desk.get(url("fee_receipt", paid.pk)).content.decode()
    listed = desk.get(url("fee_bills") + "?state=part").content.decode()
    assert "林小禾" in listed
    assert "林小穗" not in listed


def test_too_much_is_refused_beside_the_field(world: World, desk: Client) -> None:
    issue(world, desk, "he")
    bill = Bill.all_rows.get()
    told = {"amount": "1500.01", "method": "cash", "paid_on": "2025-10-15", "submit_key": key()}
    answer = desk.post(url("fee_pay", bill.pk), told)
    assert answer.status_code == 422
    assert "未缴 1500.00 元" in answer.content.decode()
    told |= {"amount": "一千", "submit_key": key()}
    assert "金额写法不对" in desk.post(url("fee_pay", bill.pk), told).content.decode()
    assert not Payment.all_rows.exists()


def test_a_correction_and_a_reversal_are_second_records(world: World, desk: Client) -> None:
    issue(world, desk, "he")
    bill = Bill.all_rows.get()
    told = {"amount": "1500", "method": "cash", "paid_on": "2025-10-15", "submit_key": key()}
    desk.post(url("fee_pay", bill.pk), told)
    fix = {
        "item_kind": "care",
        "way": "down",
        "amount": "100",
        "reason": "多计",
        "submit_key": key(),
    }
    assert desk.post(url("fee_correct", bill.pk), fix).status_code == 302
    assert BillLine.all_rows.get(kind="correction").amount_fen == -10_000
    assert "登记退款" in desk.get(url("fee_bill", bill.pk)).content.decode()
    paid = Payment.all_rows.get()
    undo = {"reason": "登记错了", "submit_key": key()}
    assert desk.post(url("fee_reverse", paid.pk), undo).status_code == 302
    assert Payment.all_rows.count() == 2


def test_the_same_draft_is_not_issued_twice(world: World, desk: Client) -> None:
    issue(world, desk, "he")
    answer = issue(world, desk, "he")
    assert answer.status_code == 422
    assert "已经发出" in answer.content.decode()


def test_filing_repeats_nothing_that_is_in_force(world: World, desk: Client) -> None:
    form = desk.get(url("fee_filing_new")).content.decode()
    data: dict[str, str] = {"from_on": "2025-11-01", "evidence": "成本表", "submit_key": key()}
    for name, value in re.findall(
        r'<input type="text" name="(item-\d+-price)" value="([\d.]+)"', form
    ):
        row = name.removesuffix("-price")
        data |= {name: value, f"{row}-kind": "care", f"{row}-form": "full_day",
                 f"{row}-unit": "month"}  # fmt: skip
    types = ["infant", "toddler", "mixed"]
    for n, kind in enumerate(types):
        data[f"item-{n}-class_type"] = kind
    data["item-0-price"] = "1600"
    answer = desk.post(url("fee_filing_new"), data)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    filing = FeeFiling.all_rows.get()
    assert [(i.class_type, i.price_fen) for i in filing.items.all()] == [("infant", 160_000)]
    assert "待县级受理" in desk.get(url("fee_filings")).content.decode()


def test_a_waiver_is_set_and_used(world: World, desk: Client) -> None:
    told = {"status_kind": "third_child", "monthly": "200", "from_on": "2025-10-01",
            "document": "园务会", "submit_key": key()}  # fmt: skip
    assert desk.post(url("fee_waiver"), told).status_code == 302
    assert "200.00" in desk.get(url("fee_filings")).content.decode()


def test_a_stranger_finds_nothing(world: World, desk: Client) -> None:
    issue(world, desk, "he")
    bill, stranger = Bill.all_rows.get(), world.client("other-director")
    for name in ("fee_bill", "fee_pay", "fee_correct"):
        assert stranger.get(url(name, bill.pk)).status_code == 404
    assert world.client("teacher").get(url("fees")).status_code == 404


def test_an_elective_is_chosen_and_ended_in_the_page(world: World, desk: Client) -> None:
    FeeItem.all_rows.create(
        institution=world.institutions["a1"], region_code="350582", kind="extended", unit="month",
        price_fen=20_000, is_elective=True, from_on="2025-01-01", accepted_on="2025-01-01",
    )  # fmt: skip
    told = {"child": world.children["he"].pk, "kind": "extended", "from_on": "2025-10-01"}
    assert desk.post(url("fee_choose"), told | {"submit_key": key()}).status_code == 302
    assert "延时服务费" in desk.get(url("fee_filings")).content.decode()
    assert "延时服务费 200.00" in desk.get(url("fees")).content.decode()
    choice = Choice.all_rows.get()
    assert world.client("other-director").post(url("fee_unchoose", choice.pk)).status_code == 404
    assert desk.post(url("fee_unchoose", choice.pk)).status_code == 302
    choice.refresh_from_db()
    assert str(choice.to_on) == "2025-11-01"
