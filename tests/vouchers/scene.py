"""场景：the people of the small world doing what they do with vouchers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.world import NOW, World, month_of_days
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.domains.billing.models import Bill, BillLine
from tuoyu.domains.children.rules import to_bytes
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.vouchers import rules, services
from tuoyu.domains.vouchers.models import Balance, Campaign, Voucher
from tuoyu.domains.vouchers.services import Claimed, Plan
from tuoyu.domains.vouchers.states import Mode

OCTOBER = date(2025, 10, 1)


def key() -> str:
    return uuid.uuid4().hex


@dataclass
class Scene:
    """小世界里的托育券。"""

    world: World
    book: Book

    def actor(self, who: str) -> Actor:
        return actor_for_user(self.world.users[who])

    def prepare(self, **changed: Any) -> Campaign:
        plan: dict[str, Any] = {
            "title": "秋季托育券（虚构）",
            "document": "示例〔2025〕券1号（虚构）",
            "mode": Mode.FIRST,
            "claim_from": clock.at(date(2025, 10, 1)),
            "claim_to": clock.at(date(2025, 11, 1)),
            "per_child": 1,
            "min_months": 0,
            "max_months": 36,
        } | changed
        return services.prepare(
            book=self.book, plan=Plan(**plan), by=self.actor("city-officer"), at=NOW
        )

    def open(self, *, quota: int | None = None, at: datetime = NOW, **changed: Any) -> Campaign:
        """An open campaign; ``quota`` makes a smaller one than the notice's."""
        campaign = self.prepare(**changed)
        if quota is not None:
            self.book = with_quota(self.book, quota)
        return services.start(
            book=self.book, campaign_id=campaign.pk, by=self.actor("city-officer-2"), at=at
        )

    def claim(
        self, campaign: Campaign, child: str = "he", *, who: str = "parent",
        at: datetime = NOW, name: str | None = None,
    ) -> Claimed:  # fmt: skip
        return services.claim(
            campaign_id=campaign.pk,
            child_id=self.world.children[child].pk,
            key=name or key(),
            by=self.actor(who),
            at=at,
        )

    def voucher(self, campaign: Campaign, child: str = "he", **more: Any) -> Voucher:
        found = self.claim(campaign, child, **more).voucher
        assert found is not None
        return found

    def hold(self, voucher: Voucher, *, who: str = "director", at: datetime = NOW) -> Voucher:
        return services.hold(text=qr(voucher, at), key=key(), by=self.actor(who), at=at)

    def bill(self, child: str = "he", *, fen: int = 150_000, month: date = OCTOBER) -> Bill:
        kid = self.world.children[child]
        at = {"child_id": kid.pk, "institution_id": kid.institution_id,
              "region_code": kid.region_code}  # fmt: skip
        bill = Bill.all_rows.create(month=month, issued_at=NOW, issued_by_name="测试", **at)
        BillLine.all_rows.create(
            bill=bill, for_month=month, kind="charge", item_kind="care", label="保育费",
            unit="month", quantity=1, unit_fen=fen, filed_fen=fen, amount_fen=fen, why="测试",
            made_at=NOW, made_by_name="测试", **at,
        )  # fmt: skip
        return bill

    def attend(self, child: str = "he", days: int = 5, month: date = OCTOBER) -> None:
        month_of_days(self.world, child, month, days)

    def redeem(
        self, voucher: Voucher, bill: Bill, *, who: str = "director", at: datetime = NOW,
        name: str | None = None,
    ) -> Any:  # fmt: skip
        return services.redeem(
            book=self.book, voucher_id=voucher.pk, bill_id=bill.pk, key=name or key(),
            by=self.actor(who), at=at,
        )  # fmt: skip


def qr(voucher: Voucher, at: datetime = NOW) -> str:
    return rules.qr_text(voucher.pk, to_bytes(str(voucher.secret)), at)


def code(voucher: Voucher) -> str:
    return rules.spoken_code(to_bytes(str(voucher.secret)), voucher.code_no)


def sums(campaign: Campaign) -> dict[str, int]:
    """余额里的张数。"""
    book = Balance.all_rows.get(campaign=campaign)
    names: Sequence[str] = (
        "issued", "outstanding", "held", "redeemed", "expired", "revoked", "returned",
    )  # fmt: skip
    return {n: getattr(book, n) for n in names if getattr(book, n)}


def with_quota(book: Book, quota: int) -> Book:
    """The same notice with another quantity."""
    from dataclasses import replace

    def fit(row: Any) -> Any:
        return replace(row, value=quota) if row.param == "voucher.quota" else row

    notices = tuple(replace(n, rows=tuple(fit(r) for r in n.rows)) for n in book.notices)
    return replace(book, notices=notices)


LATER = NOW + timedelta(days=1)
