"""领取、锁定、核销：what is allowed, and what is refused in plain Chinese."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.vouchers.scene import Scene, code, key, qr, sums, with_quota
from tests.world import NOW
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.domains.institutions.models import Recognition
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import VoucherEntry

pytestmark = pytest.mark.django_db


def refused(error: pytest.ExceptionInfo[DomainError], *words: str) -> None:
    for word in words:
        assert word in error.value.text


def test_a_voucher_takes_its_face_from_a_fee_really_charged(scene: Scene) -> None:
    campaign = scene.open()
    scene.attend()
    bill = scene.bill()
    voucher = scene.voucher(campaign)
    assert (voucher.number, voucher.serial, voucher.face_fen) == (1, 1, 30_000)
    assert voucher.expires_at == clock.at(NOW.date() + timedelta(days=78)), "the draft ends first"
    scene.hold(voucher)
    done = scene.redeem(voucher, bill)
    assert (done.amount_fen, done.fee_fen, done.days) == (30_000, 150_000, 5)
    assert "取低（券面值 300.00" in done.told["why"]
    assert done.told["pays"] is None, "a draft simulates"
    assert standings([bill.pk])[bill.pk].care_due_fen == 120_000
    assert sums(campaign) == {"issued": 1, "redeemed": 1}


def test_a_small_fee_takes_less_and_the_rest_returns(scene: Scene) -> None:
    campaign = scene.open(quota=2)
    scene.attend()
    bill = scene.bill(fen=20_000)
    voucher = scene.hold(scene.voucher(campaign))
    assert scene.redeem(voucher, bill).amount_fen == 20_000
    campaign.balance.refresh_from_db()
    assert (campaign.balance.redeemed_fen, campaign.balance.free_fen) == (20_000, 40_000)


def test_without_attendance_without_fee_or_paid_is_refused(scene: Scene) -> None:
    campaign = scene.open()
    voucher = scene.hold(scene.voucher(campaign))
    bill = scene.bill()
    with pytest.raises(DomainError) as error:
        scene.redeem(voucher, bill)
    refused(error, "2025 年 10 月没有到托记录", "核对考勤")
    scene.attend()
    other = scene.bill("chen")
    with pytest.raises(DomainError) as error:
        scene.redeem(voucher, other)
    refused(error, "没有这个孩子在本机构的账单", "先出账")
    assert sums(campaign) == {"issued": 1, "held": 1}


def test_only_at_a_recognised_institution(scene: Scene) -> None:
    campaign = scene.open()
    voucher = scene.voucher(campaign)
    Recognition.all_rows.filter(institution=scene.world.institutions["a1"]).delete()
    with pytest.raises(DomainError) as error:
        scene.hold(voucher)
    refused(error, "普惠认定", "办理认定或续期")


def test_expired_at_midnight_exactly(scene: Scene) -> None:
    campaign = scene.open()
    scene.attend()
    bill = scene.bill()
    voucher = scene.voucher(campaign)
    end = voucher.expires_at
    last = end - timedelta(seconds=1)
    assert services.expire_due(last) == 0
    scene.hold(voucher, at=last)
    with pytest.raises(DomainError) as error:
        scene.redeem(voucher, bill, at=end)
    refused(error, "已过期")
    assert services.expire_due(end) == 0, "held for half an hour still"
    assert services.expire_due(end + timedelta(minutes=30)) == 1
    assert services.expire_due(end + timedelta(minutes=31)) == 0
    assert sums(campaign) == {"issued": 1, "expired": 1, "returned": 1}
    campaign.balance.refresh_from_db()
    assert campaign.balance.free_fen == campaign.balance.budget_fen


def test_it_may_not_be_held_from_midnight_on(scene: Scene) -> None:
    voucher = scene.voucher(scene.open())
    with pytest.raises(DomainError) as error:
        scene.hold(voucher, at=voucher.expires_at)
    refused(error, "已过期")


def test_forged_old_and_strange_codes(scene: Scene) -> None:
    voucher = scene.voucher(scene.open())
    desk = scene.actor("director")
    good = qr(voucher)
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    cases = [
        (forged, "核对不符"), (qr(voucher, NOW - timedelta(minutes=2)), "已过期"),
        ("TYV.1.x.y", "不是托育券"), ("TYV.999999.1.ABCDEFGHIJ", "不是托育券"),
        ("12345", "8 位数字"), ("00000000", "没有这个口令码"),
    ]  # fmt: skip
    for text, says in cases:
        with pytest.raises(DomainError) as error:
            services.hold(text=text, key=key(), by=desk, at=NOW)
        refused(error, says)
    spoken = code(voucher)
    fresh = services.new_code(voucher_id=voucher.pk, by=scene.actor("parent"))
    assert fresh != spoken
    with pytest.raises(DomainError):
        services.hold(text=spoken, key=key(), by=desk, at=NOW)
    held = services.hold(text=f"{fresh[:4]} {fresh[4:]}", key=key(), by=desk, at=NOW)
    assert held.state == "held"


def test_guessing_is_stopped(scene: Scene) -> None:
    desk = scene.actor("director")
    voucher = scene.voucher(scene.open())
    for _ in range(10):
        services.note_wrong(by=desk, at=NOW)
    with pytest.raises(DomainError) as error:
        services.hold(text=code(voucher), key=key(), by=desk, at=NOW)
    refused(error, "已输错 10 次")
    later = NOW + timedelta(minutes=11)
    assert services.hold(text=code(voucher), key=key(), by=desk, at=later).state == "held"


def test_a_foreign_child_is_not_found_and_not_told(scene: Scene) -> None:
    campaign = scene.open()
    with pytest.raises(NotFound):
        scene.claim(campaign, "feng")
    voucher = scene.voucher(campaign)
    with pytest.raises(DomainError) as error:
        scene.hold(voucher, who="other-director")
    refused(error, "不在本机构在托")
    assert "林小禾" not in error.value.text
    with pytest.raises(NotFound):
        services.new_code(voucher_id=voucher.pk, by=scene.actor("other-parent"))


def test_the_same_key_is_the_same_voucher(scene: Scene) -> None:
    campaign = scene.open(per_child=2)
    one = scene.voucher(campaign, name="same")
    assert scene.voucher(campaign, name="same").pk == one.pk
    with pytest.raises(DomainError) as error:
        scene.voucher(campaign, "sui", name="same")
    refused(error, "已用于另一笔")
    assert sums(campaign) == {"issued": 1, "outstanding": 1}


def test_a_redeemed_voucher_is_not_redeemed_again(scene: Scene) -> None:
    campaign = scene.open()
    scene.attend()
    bill = scene.bill()
    voucher = scene.hold(scene.voucher(campaign))
    first = scene.redeem(voucher, bill, name="tap")
    assert scene.redeem(voucher, bill, name="tap").pk == first.pk
    september = scene.bill(month=date(2025, 9, 1))
    with pytest.raises(DomainError) as error:
        scene.redeem(voucher, september)
    refused(error, "已于 10 月 15 日核销")
    assert VoucherEntry.all_rows.filter(kind="redeem").count() == 1


def test_two_campaigns_overlap_and_never_take_more_than_the_fee(scene: Scene) -> None:
    first, second = scene.open(), scene.open(title="第二批（虚构）")
    scene.attend()
    bill = scene.bill(fen=40_000)
    one, two = scene.voucher(first), scene.voucher(second)
    assert scene.redeem(scene.hold(one), bill).amount_fen == 30_000
    assert scene.redeem(scene.hold(two), bill).amount_fen == 10_000
    assert standings([bill.pk])[bill.pk].care_due_fen == 0
    with pytest.raises(DomainError) as error:
        scene.voucher(first)
    refused(error, "已领 1 张")


def test_age_window_and_enrolment_decide(scene: Scene) -> None:
    young = scene.open(max_months=12)
    with pytest.raises(DomainError) as error:
        scene.claim(young)
    refused(error, "现满 19 个月", "未满 12 个月")
    later = scene.open(claim_from=NOW + timedelta(hours=1))
    with pytest.raises(DomainError) as error:
        scene.claim(later)
    refused(error, "还没到领取时间")
    with pytest.raises(DomainError) as error:
        scene.claim(young, at=young.claim_to)
    refused(error, "已结束")


def test_who_prepares_does_not_open(scene: Scene) -> None:
    campaign = scene.prepare()
    with pytest.raises(DomainError) as error:
        services.start(
            book=scene.book, campaign_id=campaign.pk, by=scene.actor("city-officer"), at=NOW
        )
    refused(error, "另一位")


def test_an_open_term_keeps_the_campaign_shut(scene: Scene) -> None:
    from dataclasses import replace

    campaign = scene.prepare(document="")
    bare = replace(scene.book, notices=())
    with pytest.raises(DomainError) as error:
        services.start(book=bare, campaign_id=campaign.pk, by=scene.actor("city-officer-2"), at=NOW)
    refused(error, "托育券面值待定", "发放数量待定", "使用期限待定", "依据文号")


def test_revoked_with_a_reason_the_next_in_line_gets_it(scene: Scene) -> None:
    scene.book = with_quota(scene.book, 1)
    campaign = scene.open()
    voucher = scene.voucher(campaign)
    waits = scene.claim(campaign, "sui").applicant
    assert waits is not None
    assert waits.place == 1
    officer = scene.actor("city-officer")
    with pytest.raises(DomainError):
        services.revoke(voucher_id=voucher.pk, reason=" ", by=officer, at=NOW)
    services.revoke(voucher_id=voucher.pk, reason="资格核查不符", by=officer, at=NOW)
    waits.refresh_from_db()
    assert waits.voucher is not None
    assert waits.left_why == "领到收回的名额"
    assert (waits.voucher.number, waits.voucher.serial) == (2, 1)
    assert sums(campaign) == {"issued": 2, "outstanding": 1, "revoked": 1, "returned": 1}
