"""家长的券：what one may claim, what one has, what is next to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuoyu.core.clock import day_of
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.rules import to_bytes
from tuoyu.domains.vouchers import rules
from tuoyu.domains.vouchers.models import Balance, Campaign, Redemption, Voucher
from tuoyu.domains.vouchers.selectors.qualify import count_claimed, qualify, why_closed
from tuoyu.domains.vouchers.states import OPEN, Account


@dataclass(frozen=True)
class Offer:
    """可领的一批：``why_not`` says what is in the way."""

    campaign: Campaign
    left: int
    why_not: str
    is_waiting: bool


@dataclass(frozen=True)
class Mine:
    """我的一张券。``days_left`` counts today; None when it is used or gone."""

    voucher: Voucher
    days_left: int | None
    tone: str
    redemption: Redemption | None
    undone: tuple[Redemption, ...] = ()


_TONES = {
    Account.OUTSTANDING: "accent",
    Account.HELD: "info",
    Account.REDEEMED: "ok",
    Account.EXPIRED: "",
    Account.REVOKED: "warn",
}


def list_offers(child: Child, at: datetime, waiting: set[int]) -> list[Offer]:
    """这个孩子看得到的批次，open ones of the region."""
    rows = Campaign.all_rows.filter(state=OPEN, claim_to__gt=at).order_by("claim_from", "pk")
    books = {b.campaign_id: b for b in Balance.all_rows.filter(campaign__in=rows)}
    out = []
    for campaign in rows:
        if not child.region_code.startswith(campaign.region_prefix):
            continue
        why = why_closed(campaign, at) or qualify(campaign, child, at).why
        claimed = count_claimed(campaign, child.pk)
        if not why and claimed >= (campaign.per_child or 0):
            why = f"已领 {claimed} 张，每孩限领 {campaign.per_child} 张"
        left = max(0, books[campaign.pk].left)
        out.append(Offer(campaign, left, why, campaign.pk in waiting))
    return out


def list_vouchers(scope: Scope, child_id: int, at: datetime) -> list[Mine]:
    """这个孩子的券，those still to be used first."""
    rows = list(
        Voucher.objects.visible_to(scope)
        .filter(child_id=child_id)
        .exclude(state=Account.NEW)
        .select_related("campaign")
        .prefetch_related("redemptions")
        .order_by("expires_at", "pk")
    )
    live = (Account.OUTSTANDING, Account.HELD)
    return [_mine(v, at) for v in sorted(rows, key=lambda v: v.state not in live)]


def _mine(voucher: Voucher, at: datetime) -> Mine:
    live = voucher.state in (Account.OUTSTANDING, Account.HELD)
    left = (day_of(voucher.expires_at) - day_of(at)).days if live else None
    past = sorted(voucher.redemptions.all(), key=lambda r: r.pk)
    redemption = next((r for r in past if r.reversed_at is None), None)
    undone = tuple(r for r in past if r.reversed_at is not None)
    return Mine(voucher, left, _TONES.get(Account(voucher.state), ""), redemption, undone)


def access_voucher(scope: Scope, voucher_id: int) -> Voucher:
    """取一张券；outside the scope it is not found."""
    found = (
        Voucher.objects.visible_to(scope)
        .select_related("campaign")
        .prefetch_related("redemptions")
        .filter(pk=voucher_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def one(scope: Scope, voucher_id: int, at: datetime) -> Mine:
    """一张券，with its days left."""
    return _mine(access_voucher(scope, voucher_id), at)


def shown_code(voucher: Voucher) -> str:
    """口令码，分两组。"""
    raw = to_bytes(str(voucher.secret))
    return rules.grouped(rules.spoken_code(raw, voucher.code_no))


def shown_qr(voucher: Voucher, at: datetime) -> str:
    """此刻的券码文字。"""
    return rules.qr_text(voucher.pk, to_bytes(str(voucher.secret)), at)
