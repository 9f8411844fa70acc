"""到期、解锁、作废：the place and the money return to the envelope in the same step."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.clock import ZONE
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.vouchers.models import Campaign, Voucher
from tuoyu.domains.vouchers.services import funding
from tuoyu.domains.vouchers.services.ledger import CLERK, Posting, lock, post
from tuoyu.domains.vouchers.services.refilling import refill
from tuoyu.domains.vouchers.services.settling import parts_taken, unordered
from tuoyu.domains.vouchers.states import CLOSED, Account, Post

NIGHT = Actor(None, CLERK, "system", "系统", "system", frozenset(), SYSTEM)


def expire_due(at: datetime) -> int:
    """到期回收：every voucher whose day has ended; then the waiting list. Safe to run again."""
    due = Voucher.all_rows.filter(
        Q(state=Account.OUTSTANDING, expires_at__lte=at) | Q(state=Account.HELD, held_until__lte=at)
    )
    campaigns = set(due.order_by().values_list("campaign_id", flat=True).distinct())
    campaigns |= set(
        Campaign.all_rows.filter(
            state=CLOSED, is_simulated=False, ended_at=None, balance__outstanding=0
        ).values_list("pk", flat=True)
    )
    done = 0
    for campaign_id in sorted(campaigns):
        done += _expire_campaign(campaign_id, at)
    return done


@transaction.atomic
def _expire_campaign(campaign_id: int, at: datetime) -> int:
    campaign = Campaign.all_rows.get(pk=campaign_id)
    lock(campaign_id)
    rows = Voucher.all_rows.filter(campaign_id=campaign_id).order_by("pk")
    for voucher in rows.filter(state=Account.HELD, held_until__lte=at):
        key = f"release:{voucher.pk}:{voucher.held_until:%Y%m%d%H%M%S}"
        post(campaign, Posting(Post.RELEASE, key, at, NIGHT, voucher, reason="锁定超时"))
    done = 0
    for voucher in rows.filter(state=Account.OUTSTANDING, expires_at__lte=at):
        expire_one(campaign, voucher, at)
        done += 1
    refill(campaign, by=NIGHT, at=at)
    finish(campaign_id=campaign_id, by=NIGHT, at=at)
    return done


def expire_one(campaign: Campaign, voucher: Voucher, at: datetime) -> None:
    """一张券到期：the place and the money return with it."""
    key, day = f"expire:{voucher.pk}", f"{voucher.expires_at.astimezone(ZONE):%Y-%m-%d}"
    post(campaign, Posting(Post.EXPIRE, key, at, NIGHT, voucher, reason=f"{day} 零点到期"))
    _return(campaign, voucher, NIGHT, at)


def _return(campaign: Campaign, voucher: Voucher, by: Actor, at: datetime) -> None:
    post(campaign, Posting(Post.RETURN, f"return:{voucher.pk}", at, by, voucher))


@transaction.atomic
def revoke(*, voucher_id: int, reason: str, by: Actor, at: datetime) -> Voucher:
    """作废：with its reason; the place goes to the next in the waiting list."""
    if not reason.strip():
        raise DomainError("no-reason", "作废须写明原因，请补写后再提交")
    voucher = (
        Voucher.objects.visible_to(by.scope)
        .select_related("campaign")
        .filter(pk=voucher_id)
        .first()
    )
    if voucher is None:
        raise NotFound
    campaign = voucher.campaign
    with rls.as_system("作废以后名额归还本批，再按候补顺序发给别的家庭"):
        lock(campaign.pk)
        voucher.refresh_from_db()
        key = f"revoke:{voucher.pk}"
        post(campaign, Posting(Post.REVOKE, key, at, by, voucher, reason=reason.strip()))
        _return(campaign, voucher, by, at)
        refill(campaign, by=by, at=at)
    return voucher


@transaction.atomic
def finish(*, campaign_id: int, by: Actor, at: datetime) -> bool:
    """批次了结：closed, nothing to be used or settled: what is left goes back to the budget."""
    campaign = Campaign.all_rows.select_for_update().get(pk=campaign_id)
    book = lock(campaign_id)
    if campaign.state != CLOSED or campaign.is_simulated or campaign.ended_at is not None:
        return False
    if book.outstanding or book.held or unordered(campaign):
        return False
    funding.release_envelope(campaign, parts_taken(campaign), by=by, at=at)
    campaign.ended_at = at
    campaign.save(update_fields=["ended_at"])
    return True
