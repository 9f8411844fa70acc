"""摇号、候补与结算。"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from tests.vouchers.scene import Scene, sums
from tests.world import NOW
from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.vouchers import rules, services
from tuoyu.domains.vouchers.models import Applicant, Campaign
from tuoyu.domains.vouchers.selectors.campaigns import draw_result
from tuoyu.domains.vouchers.selectors.waiting import standing_of
from tuoyu.domains.vouchers.services.ending import NIGHT
from tuoyu.domains.vouchers.states import Mode

pytestmark = pytest.mark.django_db
KIDS = ["miao", "nuo", "he", "sui", "xiao", "zhi"]


def entered(scene: Scene, quota: int) -> Campaign:
    campaign = scene.open(quota=quota, mode=Mode.DRAW, claim_to=NOW + timedelta(hours=2))
    for n, kid in enumerate(KIDS):
        got = scene.claim(campaign, kid, who="city-officer", at=NOW + timedelta(minutes=n))
        assert got.voucher is None
        assert got.applicant is not None
        assert got.applicant.number == n + 1
    return campaign


def test_anybody_can_replay_the_draw(scene: Scene) -> None:
    campaign = entered(scene, 2)
    promised = campaign.seed_hash
    assert campaign.revealed_seed == ""
    done = services.draw(campaign_id=campaign.pk, by=NIGHT, at=campaign.claim_to)
    assert hashlib.sha256(done.revealed_seed.encode()).hexdigest() == promised
    tickets = range(1, 7)
    assert done.roster_hash == rules.roster_hash(tickets)
    order = rules.draw_order(done.revealed_seed, done.roster_hash, tickets)
    assert [ticket for _, ticket in draw_result(done)] == order
    won = Applicant.all_rows.exclude(voucher=None).values_list("number", flat=True)
    assert set(won) == set(order[:2])
    assert sums(campaign) == {"issued": 2, "outstanding": 2}
    with pytest.raises(DomainError, match="不能重摇"):
        services.draw(campaign_id=campaign.pk, by=NIGHT, at=campaign.claim_to)


def test_no_draw_before_the_entries_close(scene: Scene) -> None:
    campaign = entered(scene, 2)
    with pytest.raises(DomainError, match="截止后才能摇号"):
        services.draw(
            campaign_id=campaign.pk, by=NIGHT, at=campaign.claim_to - timedelta(seconds=1)
        )
    assert services.draw_due(by=NIGHT, at=campaign.claim_to) == 1
    with pytest.raises(DomainError, match="领取时间已结束"):
        scene.claim(campaign, "chen", who="city-officer", at=campaign.claim_to)


def test_expired_at_night_the_line_moves_and_says_why(scene: Scene) -> None:
    campaign = scene.open(quota=1)
    first = scene.voucher(campaign, "he")
    waits = [
        scene.claim(campaign, kid, who="city-officer", at=NOW + timedelta(minutes=n)).applicant
        for n, kid in enumerate(["sui", "miao", "nuo"], 1)
    ]
    last = waits[-1]
    assert last is not None
    told = standing_of(last)
    assert told.rank == 3
    assert told.why.startswith("第 3 位：按领取时间，前面还有 2 位")
    services.withdraw(
        applicant_id=waits[1].pk,  # type: ignore[union-attr]
        by=scene.actor("city-officer"),
        at=NOW + timedelta(minutes=30),
    )
    last.refresh_from_db()
    told = standing_of(last)
    assert told.rank == 2
    assert told.changes[-1].text == "第 3 位 → 第 2 位：前面 1 位家长放弃"
    by = scene.actor("city-officer")
    services.revoke(voucher_id=first.pk, reason="不符", by=by, at=NOW + timedelta(hours=1))
    told = standing_of(last)
    assert told.rank == 1
    assert told.changes[-1].text == "第 2 位 → 第 1 位：前面 1 位领到收回的名额"
    mine = Applicant.all_rows.get(pk=waits[0].pk)  # type: ignore[union-attr]
    assert mine.voucher is not None


def test_a_new_family_does_not_pass_those_who_wait(scene: Scene) -> None:
    campaign = scene.open(quota=1)
    scene.voucher(campaign, "he")
    scene.claim(campaign, "sui")
    got = scene.claim(campaign, "miao", who="city-officer").applicant
    assert got is not None
    assert got.place == 2


def redeemed_in_september(scene: Scene) -> Campaign:
    month = date(2025, 9, 1)
    then = clock.at(date(2025, 9, 22), 10)
    campaign = scene.open(at=NOW, claim_from=clock.at(month), claim_to=clock.at(date(2025, 12, 1)))
    scene.attend("he", 4, month)
    bill = scene.bill("he", month=month)
    voucher = scene.voucher(campaign, "he", at=then)
    scene.hold(voucher, at=then)
    scene.redeem(voucher, bill, at=then)
    return campaign


def test_a_draft_city_settles_for_reckoning_only(scene: Scene) -> None:
    redeemed_in_september(scene)
    maker, other = scene.actor("city-officer"), scene.actor("city-officer-2")
    september = date(2025, 9, 1)
    with pytest.raises(DomainError, match="还没有过完"):
        services.settle(month=NOW.date(), by=maker, at=NOW)
    (made,) = services.settle(month=september, by=maker, at=NOW)
    assert services.settle(month=september, by=maker, at=NOW) == []
    assert (made.count, made.amount_fen, made.is_simulated) == (1, 30_000, True)
    with pytest.raises(DomainError, match="另一位"):
        services.approve(settlement_id=made.pk, by=maker, at=NOW)
    done = services.approve(settlement_id=made.pk, by=other, at=NOW)
    assert done.order_id is None
    with pytest.raises(DomainError, match="只作测算，不能生成支付单"):
        services.propose(settlement_id=made.pk, by=other, at=NOW)


def test_a_draft_city_may_not_be_opened_as_a_paying_one(scene: Scene, paying: Book) -> None:
    campaign = scene.open()
    assert campaign.is_simulated
    assert not paying.pack.is_draft
