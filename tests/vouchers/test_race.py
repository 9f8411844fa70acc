"""并发：real connections, all at once. The last 500 are exactly 500; two desks, one voucher."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from tests.vouchers.scene import NOW, Scene, key, qr, sums
from tests.world import START
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Applicant, Balance, Campaign, Redemption, VoucherEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
CROWD, LAST, LINES = 1_000, 500, 16


def together(works: Sequence[Callable[[], str]], lines: int) -> Counter[str]:
    """Each line is a thread with its own connection; all start at one barrier."""
    said: Counter[str] = Counter()
    start, guard = threading.Barrier(lines), threading.Lock()

    def line(mine: Sequence[Callable[[], str]]) -> None:
        found: Counter[str] = Counter()
        try:
            start.wait()
            for work in mine:
                try:
                    found[work()] += 1
                except DomainError as error:
                    found[error.code] += 1
        finally:
            connection.close()
            with guard:
                said.update(found)

    threads = [threading.Thread(target=line, args=(works[n::lines],)) for n in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def crowd(scene: Scene, count: int) -> list[int]:
    """许多在托的孩子。"""
    group = scene.world.classes["a1.toddler"]
    rows = Child.all_rows.bulk_create(
        Child(
            name=f"示例{n}",
            sex="f",
            born_on=date(2024, 3, 1),
            institution_id=group.institution_id,
            region_code=group.region_code,
        )
        for n in range(count)
    )
    Enrolment.all_rows.bulk_create(
        Enrolment(
            child=child,
            institution_id=group.institution_id,
            region_code=group.region_code,
            class_group=group,
            period=(START, None),
            monthly_fen=100_000,
        )
        for child in rows
    )
    return [child.pk for child in rows]


def parent_of(child_id: int, like: Actor) -> Actor:
    return replace(like, scope=Scope(kind="family", child_ids=frozenset([child_id])))


def test_a_thousand_at_once_for_the_last_five_hundred(scene: Scene) -> None:
    campaign: Campaign = scene.open()
    assert Balance.all_rows.get(campaign=campaign).quota == LAST
    like, children = scene.actor("parent"), crowd(scene, CROWD)

    def one(child_id: int) -> Callable[[], str]:
        def go() -> str:
            got = services.claim(
                campaign_id=campaign.pk, child_id=child_id, key=f"tap:{child_id}",
                by=parent_of(child_id, like), at=NOW,
            )  # fmt: skip
            return "voucher" if got.voucher else "waits"

        return go

    began = time.process_time()  # of this process: neighbours on the machine do not count
    said = together([one(c) for c in children], LINES)
    took = time.process_time() - began
    assert said == {"voucher": LAST, "waits": CROWD - LAST}
    assert sums(campaign) == {"issued": LAST, "outstanding": LAST}
    entries = VoucherEntry.all_rows.filter(campaign=campaign, kind="claim")
    assert entries.values("child_id").distinct().count() == LAST
    numbers = sorted(campaign.vouchers.values_list("number", flat=True))
    assert numbers == list(range(1, LAST + 1))
    places = sorted(Applicant.all_rows.filter(campaign=campaign).values_list("place", flat=True))
    assert places == list(range(1, CROWD - LAST + 1))
    assert took < 10, f"{took:.1f} s"


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
