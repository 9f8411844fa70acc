"""随机历史：whatever happens in whatever order, the sums hold after every step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.vouchers.scene import Scene, key
from tests.world import NOW
from tuoyu.core.errors import DomainError
from tuoyu.domains.billing.models import Bill, BillLine
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Balance, Campaign, Redemption, Voucher, VoucherEntry
from tuoyu.domains.vouchers.selectors.proof import prove

KIDS = ["miao", "nuo", "he", "sui", "xiao", "zhi"]


@dataclass
class Stage:
    """布景：made once; every history begins from it at a savepoint and is rolled back to it."""

    scene: Scene
    campaign: Campaign
    bills: dict[str, Bill]
    names: dict[int, str]


def set_stage(scene: Scene) -> Stage:
    campaign = scene.open(quota=3, per_child=2)
    bills = {}
    for kid in KIDS:
        scene.attend(kid, 3)
        bills[kid] = scene.bill(kid, fen=40_000)
    return Stage(scene, campaign, bills, {scene.world.children[k].pk: k for k in KIDS})


class History(RuleBasedStateMachine):
    """一批三张券，六个孩子，时间只往前走。"""

    stage: Stage

    @initialize()
    def begin(self) -> None:
        self.point = transaction.atomic()
        self.point.__enter__()
        self.scene, self.campaign = self.stage.scene, self.stage.campaign
        self.bills, self.names = self.stage.bills, self.stage.names
        self.now = NOW
        self.keys: list[str] = []

    def pick(self, index: int) -> Voucher | None:
        rows = list(Voucher.all_rows.order_by("pk"))
        return rows[index % len(rows)] if rows else None

    def attempt(self, work: Any) -> None:
        try:
            with transaction.atomic():
                work()
        except DomainError:
            pass

    @rule(kid=st.sampled_from(KIDS), again=st.booleans())
    def claim(self, kid: str, again: bool) -> None:
        name = self.keys[-1] if again and self.keys else uuid.uuid4().hex
        self.keys.append(name)
        system = self.scene.actor("city-officer")
        self.attempt(
            lambda: services.claim(
                campaign_id=self.campaign.pk, child_id=self.scene.world.children[kid].pk,
                key=name, by=system, at=self.now,
            )
        )  # fmt: skip

    @rule(index=st.integers(0, 9))
    def hold(self, index: int) -> None:
        if voucher := self.pick(index):
            self.attempt(lambda: self.scene.hold(voucher, at=self.now))

    @rule(index=st.integers(0, 9))
    def release(self, index: int) -> None:
        if voucher := self.pick(index):
            by = self.scene.actor("director")
            self.attempt(
                lambda: services.release(voucher_id=voucher.pk, key=key(), by=by, at=self.now)
            )

    @rule(index=st.integers(0, 9))
    def redeem(self, index: int) -> None:
        if voucher := self.pick(index):
            bill = self.bills[self.names[voucher.child_id]]
            self.attempt(lambda: self.scene.redeem(voucher, bill, at=self.now))

    @rule(index=st.integers(0, 9))
    def reverse(self, index: int) -> None:
        """冲正一笔核销，whether it stands or was reversed before."""
        rows = list(Redemption.all_rows.order_by("pk"))
        if rows:
            by = self.scene.actor("director")
            self.attempt(
                lambda: services.reverse(
                    redemption_id=rows[index % len(rows)].pk, reason="扫错", by=by, at=self.now
                )
            )

    @rule(index=st.integers(0, 9))
    def revoke(self, index: int) -> None:
        if voucher := self.pick(index):
            by = self.scene.actor("city-officer")
            self.attempt(
                lambda: services.revoke(
                    voucher_id=voucher.pk, reason="核查不符", by=by, at=self.now
                )
            )

    @rule(hours=st.sampled_from([0, 1, 24, 24 * 30, 24 * 77]))
    def night(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.attempt(lambda: services.expire_due(self.now))

    @invariant()
    def sums_hold(self) -> None:
        if not hasattr(self, "campaign"):
            return
        book = Balance.all_rows.get(campaign=self.campaign)
        told = book.outstanding + book.held + book.redeemed + book.expired + book.revoked
        assert book.issued == told
        assert book.issued - book.returned <= book.quota
        assert prove(self.campaign) == []
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert not VoucherEntry.all_rows.filter(source="new", kind="redeem").exists()
        live = Redemption.all_rows.filter(reversed_at=None)
        assert live.count() == book.redeemed
        lines = BillLine.all_rows.filter(kind="voucher").aggregate(fen=Sum("amount_fen", default=0))
        assert -lines["fen"] == book.redeemed_fen, "the bills lack what the vouchers took"

    def teardown(self) -> None:
        if hasattr(self, "point"):
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_sums_hold_over_any_history(scene: Scene) -> None:
    History.stage = set_stage(scene)
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=8,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
