"""费用页：four lines, each with how it was reckoned; never another family's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.billing.conftest import OCTOBER, director, issue, special, waiver
from tests.world import World
from tuoyu.core import clock
from tuoyu.domains.billing import services
from tuoyu.domains.billing.models import Bill

pytestmark = pytest.mark.django_db


def test_before_the_first_bill_the_filed_price_is_shown(world: World) -> None:
    html = world.client("parent").get(reverse("family:fees")).content.decode()
    assert "还没有账单" in html
    assert "1,500 元/月" in html


def test_four_lines(world: World) -> None:
    special(world, "he")
    waiver(world)
    issue(world)
    bill, by = Bill.all_rows.get(), director(world)
    services.deduct(
        bill_id=bill.pk, amount_fen=20_000, key="v:1", label="托育券 A1", by=by, at=clock.now()
    )
    services.record_payment(
        bill_id=bill.pk, amount_fen=40_000, method="cash", paid_on=clock.today(), by=by,
        at=clock.now(),
    )  # fmt: skip
    page = world.client("parent").get(reverse("family:fee_bill", args=[bill.pk]))
    html = page.content.decode()
    for words in ("¥1,500.00", "−¥300.00", "−¥200.00", "¥600.00", "三孩家庭，身份已核验"):
        assert words in html
    assert "1,500.00 − 300.00 − 200.00 = 应缴 1,000.00 元，已缴 400.00 元" in html
    year = world.client("parent").get(
        reverse("family:fee_year", args=[2025]), {"child": bill.child_id}
    )
    assert "其中保育费实缴 <b>400.00</b> 元" in year.content.decode()


def test_another_familys_bill_is_not_found(world: World) -> None:
    issue(world)
    bill = Bill.all_rows.get()
    assert bill.month == OCTOBER
    other: Client = world.client("other-parent")
    assert other.get(reverse("family:fee_bill", args=[bill.pk])).status_code == 404
    year = reverse("family:fee_year", args=[2025])
    assert other.get(year, {"child": bill.child_id}).status_code == 404
