"""付款的城市：the envelope is reserved, a settlement becomes an order, the rest goes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.payments.purse import ledger
from tests.vouchers.scene import Scene, sums
from tests.vouchers.test_draw import redeemed_in_september
from tests.world import NOW
from tuoyu.core import rls
from tuoyu.core.errors import DomainError
from tuoyu.core.events import publish
from tuoyu.domains.funds import services as funds
from tuoyu.domains.funds.events import OrderSettled
from tuoyu.domains.funds.models import Order
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Balance, Voucher, VoucherEntry
from tuoyu.domains.vouchers.services.ending import NIGHT
from tuoyu.domains.vouchers.services.funding import SOURCE

pytestmark = pytest.mark.django_db
WHOLE = 500 * 30_000


def allot(scene: Scene, fen: int) -> None:
    funds.allot(
        key="测试:券", year=2025, unit_code="350500", programme="voucher", source="city", rank=1,
        document_no="示例财指〔2025〕2号（虚构）", amount_fen=fen,
        by=scene.actor("finance-officer"), at=NOW,
    )  # fmt: skip


def test_from_the_envelope_to_the_bank(scene: Scene, paying: Book) -> None:
    scene.book = paying
    allot(scene, WHOLE)
    campaign = redeemed_in_september(scene)
    assert not campaign.is_simulated
    assert ledger() == {"reserved": WHOLE}
    maker, other = scene.actor("city-officer"), scene.actor("city-officer-2")
    (made,) = services.settle(month=date(2025, 9, 1), by=maker, at=NOW)
    done = services.approve(settlement_id=made.pk, by=other, at=NOW)
    order = Order.all_rows.get(pk=done.order_id or 0)
    assert (order.amount_fen, order.programme, order.unit_code) == (30_000, "voucher", "350500")
    assert ledger().pop("reserved") == WHOLE - 30_000
    assert services.propose(settlement_id=made.pk, by=other, at=NOW) == order.pk
    publish(OrderSettled(SOURCE, made.pk, order.pk, 30_000, NOW.date(), NOW))
    publish(OrderSettled(SOURCE, made.pk, order.pk, 30_000, NOW.date(), NOW))
    made.refresh_from_db()
    assert made.paid_on == NOW.date()


def test_what_nobody_used_goes_back_to_the_budget(scene: Scene, paying: Book) -> None:
    scene.book = paying
    allot(scene, WHOLE)
    campaign = scene.open()
    voucher = scene.voucher(campaign)
    by = scene.actor("city-officer")
    services.close(campaign_id=campaign.pk, reason="已到期", by=by, at=NOW)
    assert ledger() == {"reserved": WHOLE}
    services.expire_due(voucher.expires_at)
    assert ledger() == {"available": WHOLE}
    assert services.finish(campaign_id=campaign.pk, by=NIGHT, at=voucher.expires_at) is False


def test_no_campaign_beyond_the_budget(scene: Scene, paying: Book) -> None:
    scene.book = paying
    allot(scene, WHOLE - 1)
    campaign = scene.prepare()
    with pytest.raises(DomainError) as error, transaction.atomic():
        services.start(
            book=paying, campaign_id=campaign.pk, by=scene.actor("city-officer-2"), at=NOW
        )
    assert error.value.code == "over-budget"
    campaign.refresh_from_db()
    assert campaign.state == "draft"
    assert ledger() == {"available": WHOLE - 1}


def test_the_database_alone_keeps_the_books(scene: Scene) -> None:
    """账只能由分录改变：even the owner of the tables is refused."""
    campaign = scene.open()
    voucher = scene.voucher(campaign)
    entry = VoucherEntry.all_rows.filter(kind="claim").get()
    for work in (
        lambda: Balance.all_rows.filter(campaign=campaign).update(issued=5),
        lambda: Voucher.all_rows.filter(pk=voucher.pk).update(state="redeemed"),
        lambda: VoucherEntry.all_rows.filter(pk=entry.pk).update(amount_fen=1),
        lambda: VoucherEntry.all_rows.filter(pk=entry.pk).delete(),
        lambda: Voucher.all_rows.filter(pk=voucher.pk).update(expires_at=NOW + timedelta(999)),
    ):
        with pytest.raises(DatabaseError, match="只能由分录改变"), transaction.atomic():
            work()
    assert sums(campaign) == {"issued": 1, "outstanding": 1}


def test_a_voucher_without_its_claim_does_not_survive(scene: Scene) -> None:
    campaign = scene.open()
    made = scene.voucher(campaign)
    with (
        pytest.raises(DatabaseError, match="领取分录"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        Voucher.all_rows.create(
            campaign=campaign, child_id=1, region_code="350582", face_fen=30_000, claimed_at=NOW,
            expires_at=made.expires_at, secret="x", code_index=b"other",
        )  # fmt: skip
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_net_beneath_lets_no_foreign_voucher_out(scene: Scene) -> None:
    scene.hold(scene.voucher(scene.open()))
    seen = {}
    for who in ("parent", "other-parent", "director", "other-director", "city-officer"):
        with transaction.atomic():
            rls.enter(scene.actor(who).scope)
            seen[who] = (Voucher.all_rows.count(), VoucherEntry.all_rows.count())
            rls.leave()
    assert seen == {
        "parent": (1, 2), "other-parent": (0, 0), "director": (1, 1), "other-director": (0, 0),
        "city-officer": (1, 3),
    }  # fmt: skip
