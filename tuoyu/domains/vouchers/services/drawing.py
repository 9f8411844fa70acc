"""摇号：the seed's hash is published before the first ticket, the seed with the result."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.vouchers import rules
from tuoyu.domains.vouchers.models import Applicant, Campaign
from tuoyu.domains.vouchers.services.refilling import refill
from tuoyu.domains.vouchers.states import DRAWN, OPEN, Mode
from tuoyu.domains.vouchers.words import moment_text


@transaction.atomic
def draw(*, campaign_id: int, by: Actor, at: datetime) -> Campaign:
    """摇号并发放：the first of the order get vouchers, the others wait in that order."""
    campaign = Campaign.all_rows.select_for_update().filter(pk=campaign_id).first()
    if campaign is None or campaign.mode != Mode.DRAW:
        raise NotFound
    if campaign.drawn_at is not None:
        raise DomainError("drawn", "本批已经摇号，结果已公布，不能重摇")
    if campaign.state != OPEN:
        raise DomainError("closed", "本批没有开放，不能摇号")
    if at < campaign.claim_to:
        raise DomainError("early", f"报名到 {moment_text(campaign.claim_to)} 截止，截止后才能摇号")
    seed = str(campaign.seed)
    with rls.as_system("摇号对全部报名人一次排定并发放"):
        entries = {a.number: a for a in Applicant.all_rows.filter(campaign=campaign, left_at=None)}
        campaign.roster_hash = rules.roster_hash(entries)
        campaign.revealed_seed, campaign.drawn_at = seed, at
        campaign.save(update_fields=["roster_hash", "revealed_seed", "drawn_at"])
        order = rules.draw_order(seed, campaign.roster_hash, entries)
        for place, ticket in enumerate(order, 1):
            entries[ticket].place = place
        Applicant.all_rows.bulk_update(entries.values(), ["place"], batch_size=500)
        refill(campaign, by=by, at=at, why=DRAWN)
    return campaign


def draw_due(*, by: Actor, at: datetime) -> int:
    """到时自动摇号。"""
    due = Campaign.all_rows.filter(
        mode=Mode.DRAW, state=OPEN, drawn_at=None, claim_to__lte=at
    ).values_list("pk", flat=True)
    for campaign_id in list(due):
        draw(campaign_id=campaign_id, by=by, at=at)
    return len(due)
