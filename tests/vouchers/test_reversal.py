"""冲正：what was wrongly redeemed is undone by the right person, and the books hold throughout."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.payments.purse import ledger
from tests.vouchers.scene import Scene, key, sums
from tests.vouchers.test_draw import redeemed_in_september
from tests.vouchers.test_money import WHOLE, allot
from tests.world import NOW
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.domains.funds.events import OrderFailed, OrderSettled
from tuoyu.domains.funds.models import Receivable
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Redemption, SettlementList, Voucher
from tuoyu.domains.vouchers.selectors.proof import prove
from tuoyu.domains.vouchers.services.funding import SOURCE
from tuoyu.domains.vouchers.services.settling import case_of

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2025, 9, 1)


def reverse(scene: Scene, done: Redemption, who: str, why: str = "扫错了孩子") -> Redemption:
    return services.reverse(
        redemption_id=done.pk, reason=why, by=scene.actor(who), at=NOW + timedelta(hours=1)
    )


def settled(scene: Scene) -> tuple[Redemption, SettlementList]:
    redeemed_in_september(scene)
    (made,) = services.settle(month=SEPTEMBER, by=scene.actor("city-officer"), at=NOW)
    return Redemption.all_rows.get(), made


def test_before_settlement_the_institution_takes_it_back(scene: Scene) -> None:
    campaign = scene.open(quota=1)
    scene.attend()
    bill = scene.bill(fen=20_000)
    voucher = scene.hold(scene.voucher(campaign))
    done = scene.redeem(voucher, bill)
    with pytest.raises(DomainError, match="还没有结算，由机构"):
        reverse(scene, done, "county-officer")
    with pytest.raises(DomainError, match="须写明原因"):
        reverse(scene, done, "director", " ")
    for stranger in ("other-director", "teacher", "parent"):
        with pytest.raises(NotFound):
            reverse(scene, done, stranger)
    for _ in range(2):  # pressed twice: one reversal
        assert reverse(scene, done, "director").reversed_why == "扫错了孩子"
    assert sums(campaign) == {"issued": 1, "outstanding": 1}
    campaign.balance.refresh_from_db()
    money = campaign.balance
    assert (money.redeemed_fen, money.outstanding_fen, money.free_fen) == (0, 30_000, 0)
    assert prove(campaign) == []
    assert standings([bill.pk])[bill.pk].care_due_fen == 20_000


def test_the_family_may_use_it_again(scene: Scene) -> None:
    campaign = scene.open()
    scene.attend()
    bill = scene.bill()
    voucher = scene.hold(scene.voucher(campaign))
    for turn in range(3):
        done = scene.redeem(voucher, bill, name="tap")
        assert standings([bill.pk])[bill.pk].care_due_fen == 120_000
        assert sums(campaign) == {"issued": 1, "redeemed": 1}
        if turn < 2:
            reverse(scene, done, "director")
            voucher = scene.hold(Voucher.all_rows.get(pk=voucher.pk))
    assert Redemption.all_rows.filter(voucher=voucher, reversed_at=None).count() == 1
    assert prove(campaign) == []


def test_after_its_day_the_place_goes_to_the_next_in_line(scene: Scene) -> None:
    campaign = scene.open(quota=1)
    scene.attend()
    voucher = scene.hold(scene.voucher(campaign))
    waits = scene.claim(campaign, "sui").applicant
    assert waits is not None
    done = scene.redeem(voucher, scene.bill())
    services.reverse(
        redemption_id=done.pk, reason="重复扫码", by=scene.actor("director"), at=voucher.expires_at
    )
    assert sums(campaign) == {"issued": 1, "expired": 1, "returned": 1}, "use has ended for all"
    assert prove(campaign) == []


def test_after_settlement_the_county_and_the_list_shrinks(scene: Scene) -> None:
    done, made = settled(scene)
    with pytest.raises(DomainError, match="报给县级主管部门"):
        reverse(scene, done, "director")
    with pytest.raises(NotFound):
        reverse(scene, done, "other-county-officer")
    reverse(scene, done, "county-officer")
    made.refresh_from_db()
    assert (made.count, made.amount_fen, case_of(made).state) == (0, 0, "empty")
    with pytest.raises(DomainError, match="已全部冲正"):
        services.approve(settlement_id=made.pk, by=scene.actor("city-officer-2"), at=NOW)
    assert sums(made.campaign) == {"issued": 1, "outstanding": 1}
    assert services.settle(month=SEPTEMBER, by=scene.actor("city-officer"), at=NOW) == []


def test_what_was_only_reckoned_keeps_its_list(scene: Scene) -> None:
    done, made = settled(scene)
    services.approve(settlement_id=made.pk, by=scene.actor("city-officer-2"), at=NOW)
    reverse(scene, done, "county-officer")
    made.refresh_from_db()
    assert (made.count, made.amount_fen, case_of(made).state) == (1, 30_000, "simulated")


def ordered(scene: Scene, paying: Book) -> tuple[Redemption, SettlementList]:
    scene.book = paying
    allot(scene, WHOLE)
    done, made = settled(scene)
    other = scene.actor("city-officer-2")
    return done, services.approve(settlement_id=made.pk, by=other, at=NOW)


def test_money_already_ordered_is_owed_back(scene: Scene, paying: Book) -> None:
    done, made = ordered(scene, paying)
    reverse(scene, done, "county-officer")
    reverse(scene, done, "county-officer")
    owed = Receivable.all_rows.get()
    assert (owed.amount_fen, owed.payee_id) == (30_000, made.institution_id)
    assert sum(ledger().values()) == WHOLE
    assert sums(made.campaign) == {"issued": 1, "outstanding": 1}
    made.refresh_from_db()
    assert made.amount_fen == 30_000, "what was ordered stays written"


def test_used_anew_after_the_money_came_back(scene: Scene, paying: Book) -> None:
    done, _ = ordered(scene, paying)
    reverse(scene, done, "county-officer")  # not yet at the bank: set off against its own order
    voucher = Voucher.all_rows.get()
    scene.attend("he", 5)
    scene.redeem(scene.hold(voucher), scene.bill("he"))
    assert prove(voucher.campaign) == []


def test_the_bank_says_no_and_the_list_is_to_be_paid_again(scene: Scene, paying: Book) -> None:
    _, made = ordered(scene, paying)
    order = made.order_id or 0
    said: dict[str, Any] = {"source_type": SOURCE, "source_id": made.pk, "order_id": order}
    publish(OrderFailed(**said, reason="未付成：账号与户名不符", at=NOW))
    made.refresh_from_db()
    assert (case_of(made).state, made.unpaid_why) == ("payable", "未付成：账号与户名不符")
    publish(OrderSettled(**said, amount_fen=30_000, settled_on=NOW.date(), at=NOW))
    made.refresh_from_db()
    assert (case_of(made).state, made.unpaid_why) == ("paid", "")
    publish(OrderFailed(**said, reason="退票：账户已销", at=NOW))
    made.refresh_from_db()
    assert (case_of(made).state, made.paid_on) == ("payable", None)
    page = scene.world.client("city-officer").get(f"/gov/vouchers/settlements/{made.pk}/")
    assert "退票：账户已销" in page.content.decode()
    desk = scene.world.client("director").get(f"/inst/vouchers/settlements/{made.pk}/")
    assert "退票：账户已销" in desk.content.decode()


def test_the_books_refuse_a_reversal_of_another_sum(scene: Scene) -> None:
    from tuoyu.domains.vouchers.services.ledger import Posting, post
    from tuoyu.domains.vouchers.states import Post

    campaign = scene.open()
    scene.attend()
    voucher = scene.hold(scene.voucher(campaign))
    by = scene.actor("director")
    for fen, state in ((30_000, "held"), (1, "redeemed")):
        if state == "redeemed":
            scene.redeem(voucher, scene.bill())
        voucher.refresh_from_db()
        with pytest.raises(DomainError):
            post(campaign, Posting(Post.REVERSE, key(), NOW, by, voucher, amount_fen=fen,
                                   reason="错"))  # fmt: skip
