"""并发：real connections, all at once. The last 500 are exactly 500; two desks, one voucher."""

from __future__ import annotations

import time

import pytest

from tests.vouchers.race import CROWD, LAST, race, together
from tests.vouchers.scene import Scene, key, qr, sums
from tests.world import NOW
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Applicant, Balance, Campaign, Redemption, VoucherEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_a_thousand_at_once_for_the_last_five_hundred(scene: Scene) -> None:
    campaign: Campaign = scene.open()
    assert Balance.all_rows.get(campaign=campaign).quota == LAST
    began = time.process_time()  # of this process: neighbours on the machine do not count
    said = race(scene, campaign)
    took = time.process_time() - began
    assert said == {"voucher": LAST, "waits": CROWD - LAST}
    assert sums(campaign) == {"issued": LAST, "outstanding": LAST}
    entries = VoucherEntry.all_rows.filter(campaign=campaign, kind="claim")
    assert entries.values("child_id").distinct().count() == LAST
    numbers = sorted(n or 0 for n in campaign.vouchers.values_list("number", flat=True))
    assert numbers == list(range(1, LAST + 1))
    waits = Applicant.all_rows.filter(campaign=campaign).values_list("place", flat=True)
    places = sorted(p or 0 for p in waits)
    assert places == list(range(1, CROWD - LAST + 1))
    assert took < 30, f"{took:.1f} s"  # about 10 on two busy cores; the bench has the figure


def test_one_child_tapping_on_eight_phones_gets_one(scene: Scene) -> None:
    campaign = scene.open()
    parent = scene.actor("parent")
    child = scene.world.children["he"].pk

    def tap() -> str:
        got = services.claim(campaign_id=campaign.pk, child_id=child, key=key(), by=parent, at=NOW)
        return "voucher" if got.voucher else "waits"

    assert together([tap] * 8, 8) == {"voucher": 1, "child-limit": 7}
    assert sums(campaign) == {"issued": 1, "outstanding": 1}


def test_two_desks_at_once_one_redemption(scene: Scene) -> None:
    campaign = scene.open()
    scene.attend()
    bill = scene.bill()
    voucher = scene.voucher(campaign)
    text, desk = qr(voucher), scene.actor("director")

    def take() -> str:
        services.hold(text=text, key=key(), by=desk, at=NOW)
        services.redeem(
            book=scene.book, voucher_id=voucher.pk, bill_id=bill.pk, key=key(), by=desk, at=NOW
        )
        return "redeemed"

    said = together([take] * 6, 6)
    assert said["redeemed"] >= 1
    assert set(said) <= {"redeemed", "moved-on"}
    assert sums(campaign) == {"issued": 1, "redeemed": 1}
    assert Redemption.all_rows.count() == 1
    assert VoucherEntry.all_rows.filter(kind="redeem").count() == 1


def test_expiry_and_redemption_at_the_same_moment(scene: Scene) -> None:
    """半开：whichever comes first, the voucher ends in one account."""
    campaign = scene.open()
    scene.attend()
    bill = scene.bill()
    voucher = scene.hold(scene.voucher(campaign))
    desk, until = scene.actor("director"), voucher.held_until
    assert until is not None

    def take() -> str:
        services.redeem(
            book=scene.book, voucher_id=voucher.pk, bill_id=bill.pk, key=key(), by=desk, at=NOW
        )
        return "redeemed"

    def night() -> str:
        services.expire_due(max(until, voucher.expires_at))
        return "night"

    together([take, night] * 4, 8)
    found = sums(campaign)
    assert found in (
        {"issued": 1, "redeemed": 1},
        {"issued": 1, "expired": 1, "returned": 1},
    )
    assert Redemption.all_rows.count() == found.get("redeemed", 0)
