"""拨付的页面：each act by the one whose act it is, what is wrong said in words, few queries."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.payments.purse import bank_says, endow, order, released, take
from tests.world import NOW, World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.funds.files import pain001, pain002, tables
from tuoyu.domains.funds.models import BankReturn, Batch, Order, PayeeAccount, Receivable

TOTALS = {"count": "2", "total": "120.00"}
OTHERS = ("city-officer", "county-officer", "auditor", "director", "inspector", "parent")


@pytest.fixture
def rich(world: World) -> World:
    """青禾 50 元、小满 70 元 wait to be paid."""
    endow(world)
    order(world, "grant:1", 5_000, "a1", NOW)
    order(world, "grant:2", 7_000, "a2", NOW)
    return world


@pytest.fixture
def sent(rich: World) -> Batch:
    return released(rich, 2, 12_000, NOW)


def text_of(response: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


def upload(client: Client, batch: Batch, blob: bytes, name: str = "回单.csv") -> Any:
    file = SimpleUploadedFile(name, blob)
    return client.post(f"/gov/payments/{batch.pk}/upload/", {"file": file})


def test_from_waiting_to_the_bank_by_the_right_people(rich: World) -> None:
    clerk, finance = rich.client("payment-clerk"), rich.client("finance-officer")
    for who in (*OTHERS, "finance-officer"):
        assert rich.client(who).post("/gov/payments/prepare/", TOTALS).status_code == 404
    for wrong in ({"total": "121"}, {"total": "一百二"}, {"count": "3"}):
        assert clerk.post("/gov/payments/prepare/", TOTALS | wrong).status_code == 422
    assert clerk.post("/gov/payments/prepare/", TOTALS).status_code == 302
    batch = Batch.all_rows.get()
    url = f"/gov/payments/{batch.pk}/"
    assert "120.00" in text_of(clerk.get(url))
    assert "120.00" not in text_of(finance.get(url))  # he adds it up himself
    assert clerk.get(f"{url}file/").status_code == 422
    for who in (*OTHERS, "payment-clerk"):
        assert rich.client(who).post(f"{url}release/", TOTALS).status_code == 404
    wrong_total = finance.post(f"{url}release/", TOTALS | {"total": "119.99"})
    assert (wrong_total.status_code, "不符" in text_of(wrong_total)) == (422, True)
    assert finance.post(f"{url}release/", TOTALS).status_code == 302
    assert "已送银行" in text_of(clerk.get("/gov/payments/batches/"))
    assert rich.client("county-officer").get(url).status_code == 404


def test_the_bank_file_is_for_two_posts_and_each_download_is_written_down(
    rich: World, sent: Batch
) -> None:
    url = f"/gov/payments/{sent.pk}/"
    for who in OTHERS:
        for part in ("file/", "export/"):
            assert rich.client(who).get(url + part).status_code == 404
    blob = rich.client("finance-officer").get(f"{url}file/").content
    assert pain001.read(blob).total_fen == 12_000
    body = rich.client("payment-clerk").get(f"{url}export/").content
    sheet = load_workbook(BytesIO(body)).active
    assert sheet is not None
    cells = [c.value for row in sheet.iter_rows() for c in row]
    assert {"955880000000000001", 5_000, 12_000} <= set(cells)
    told = AuditEvent.objects.filter(result="完成").values_list("action", flat=True)
    assert {"下载付款文件", "导出付款清单"} <= set(told)
    assert "955880000000000001" not in text_of(rich.client("auditor").get(url))


def test_the_table_for_the_bank_holds_no_formula(rich: World) -> None:
    account = PayeeAccount.all_rows.filter(payee_kind="institution").first()
    assert account is not None
    PayeeAccount.all_rows.filter(pk=account.pk).update(holder="=HYPERLINK(1)")
    batch = released(rich, 2, 12_000, NOW)
    body = rich.client("payment-clerk").get(f"/gov/payments/{batch.pk}/export/").content
    sheet = load_workbook(BytesIO(body)).active
    assert sheet is not None
    found = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert all(c.data_type != "f" for c in found)
    assert any(c.value == "'=HYPERLINK(1)" for c in found)


def test_returns_come_from_the_clerk_and_the_page_shows_three_sides(
    rich: World, sent: Batch
) -> None:
    good = tables.write_csv(bank_says(sent))
    for who in (*OTHERS, "finance-officer"):
        assert upload(rich.client(who), sent, good).status_code == 404
    clerk = rich.client("payment-clerk")
    answer = upload(clerk, sent, good.replace("合计,2,120.00".encode(), "合计,2,120.01".encode()))
    shown = text_of(clerk.get(answer["Location"]))
    assert "整份回单没有入账" in shown
    assert "各行之和为 120.00 元，合计不符" in shown
    assert set(Order.all_rows.values_list("state", flat=True)) == {"sent"}
    unknown = good.replace(b"-0002", b"-0009").replace(b"70.00", b"70.00")
    shown = text_of(clerk.get(upload(clerk, sent, unknown)["Location"]))
    for words in ("不是本批送出的指令", "查无此指令", "银行未回"):
        assert words in shown
    assert upload(clerk, sent, b"not a return").status_code == 422
    assert clerk.post(f"/gov/payments/{sent.pk}/upload/").status_code == 422
    xml = pain002.write(sent.number, NOW, bank_says(sent))
    done = clerk.get(upload(clerk, sent, xml, "r.xml")["Location"])
    assert "整份回单没有入账" not in text_of(done)
    assert set(Order.all_rows.values_list("state", flat=True)) == {"paid"}
    listed = text_of(clerk.get(f"/gov/payments/{sent.pk}/"))
    assert "已对账" in listed
    assert BankReturn.all_rows.filter(booked_at=None).count() == 2


def test_a_failed_payment_is_mended_and_paid_again(rich: World, sent: Batch) -> None:
    take(rich, sent, bank_says(sent, {f"{sent.number}-0001": "户名不符"}), NOW)
    failed = Order.all_rows.get(state="failed")
    clerk, finance = rich.client("payment-clerk"), rich.client("finance-officer")
    assert "失败：户名不符" in text_of(clerk.get("/gov/payments/?state=failed"))
    redo = f"/gov/payments/orders/{failed.pk}/redo/"
    assert clerk.post(redo, {"reason": ""}).status_code == 422
    form = {
        "payee": failed.payee_name, "holder": failed.payee_name, "bank": "示例银行",
        "bank_code": "105397000010", "account": "6222000000000001", "reason": "账户证明 2",
    }  # fmt: skip
    propose = "/gov/payments/accounts/propose/"
    assert finance.post(propose, form).status_code == 404
    assert clerk.post(propose, form | {"bank_code": "12"}).status_code == 422
    assert clerk.post(propose, form | {"payee": "没有的园"}).status_code == 422
    assert clerk.post(propose, form).status_code == 302
    new = PayeeAccount.all_rows.get(state="proposed")
    confirm = f"/gov/payments/accounts/{new.pk}/confirm/"
    assert clerk.post(confirm).status_code == 404
    assert finance.post(confirm).status_code == 302
    assert "**** 0001" in text_of(clerk.get("/gov/payments/accounts/"))
    assert clerk.post(redo, {"reason": ""}).status_code == 302
    assert Order.all_rows.get(pk=failed.pk).state == "waiting"


def test_money_owed_back_is_shown_on_both_sides_and_closed_by_a_reference(
    rich: World, sent: Batch
) -> None:
    from tests.payments.test_clawback import claim

    take(rich, sent, bank_says(sent), NOW)
    (owed,) = claim(rich, "delta:1", 1_000, "grant:1")
    clerk = rich.client("payment-clerk")
    url = f"/gov/payments/receivables/{owed.pk}/"
    assert "10.00" in text_of(clerk.get("/gov/payments/receivables/"))
    assert "本单多付，应收回" in text_of(clerk.get(f"/gov/payments/orders/{owed.order_id}/"))
    form = {"amount": "4.00", "bank_ref": "T1", "on": "2025-10-15"}
    for who in (*OTHERS, "finance-officer"):
        assert rich.client(who).post(f"{url}repaid/", form).status_code == 404
    assert clerk.post(f"{url}repaid/", form | {"amount": "11"}).status_code == 422
    assert clerk.post(f"{url}repaid/", form | {"on": "2025-10-16"}).status_code == 422
    assert clerk.post(f"{url}repaid/", form).status_code == 302
    later = order(rich, "grant:3", 5_000, "a1", NOW)
    assert Receivable.all_rows.get().left_fen == 0
    shown = text_of(clerk.get(f"/gov/payments/orders/{later.pk}/"))
    for words in ("本单抵扣", "多付 delta:1", "44.00"):
        assert words in shown


def test_a_county_sees_its_own_payments_only(rich: World) -> None:
    foreign = order(rich, "grant:8", 100, "b1", NOW)
    own = Order.all_rows.get(key="grant:1")
    client = rich.client("county-officer")
    listed = text_of(client.get("/gov/payments/"))
    assert "青禾托育园" in listed
    assert "海风托育园" not in listed
    assert client.get(f"/gov/payments/orders/{own.pk}/").status_code == 200
    assert client.get(f"/gov/payments/orders/{foreign.pk}/").status_code == 404


BOUNDS = [
    ("/gov/payments/", 24),
    ("/gov/payments/batches/", 16),
    ("/gov/payments/{b}/", 20),
    ("/gov/payments/orders/{o}/", 20),
    ("/gov/payments/accounts/", 16),
    ("/gov/payments/receivables/", 16),
]


def test_query_counts_are_bounded(rich: World, sent: Batch) -> None:
    """Twenty orders more: a page that asks once for each would ask too often."""
    for n in range(10, 30):
        order(rich, f"grant:{n}", 100, "a1", NOW)
    client = rich.client("payment-clerk")
    for url, most in BOUNDS:
        path = url.format(b=sent.pk, o=Order.all_rows.filter(state="sent")[0].pk)
        client.get(path)
        with CaptureQueriesContext(connection) as few:
            assert client.get(path).status_code == 200, path
        assert len(few) <= most, (path, [q["sql"][:90] for q in few])
