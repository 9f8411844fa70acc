"""领取、报名与候补。"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from tuoyu.core import crypto, rls
from tuoyu.core.access import Actor
from tuoyu.core.clock import at as moment
from tuoyu.core.clock import day_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.rules import to_bytes, to_text
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.vouchers import rules
from tuoyu.domains.vouchers.models import Applicant, Campaign, Voucher, VoucherEntry
from tuoyu.domains.vouchers.selectors.qualify import Qualified, count_claimed, qualify, why_closed
from tuoyu.domains.vouchers.services.ledger import Posting, lock, post
from tuoyu.domains.vouchers.states import Mode, Post


@dataclass(frozen=True)
class Claimed:
    """领取结果：a voucher, or a place in the waiting list (or in the draw)."""

    voucher: Voucher | None = None
    applicant: Applicant | None = None


def access_campaign(campaign_id: int) -> Campaign:
    """取一个批次。"""
    found = Campaign.all_rows.filter(pk=campaign_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def claim(
    *,
    campaign_id: int,
    child_id: int,
    key: str,
    by: Actor,
    at: datetime,
    secret: bytes | None = None,
) -> Claimed:
    """领取：a voucher while there are some, else a place in the waiting list.

    In a draw it is an entry. Idempotent by key. What can be checked beforehand is checked before
    the campaign's line is joined, so that a thousand at once pass through quickly.
    """
    child = access_child(by.scope, child_id)
    campaign = access_campaign(campaign_id)
    if (earlier := _earlier(campaign, child, key)) is not None:
        return earlier
    if why := why_closed(campaign, at):
        raise DomainError("closed", f"{why}，没有领取")
    fit = qualify(campaign, child, at)
    if not fit.ok:
        raise DomainError("not-qualified", fit.why)
    if campaign.mode == Mode.DRAW:
        return Claimed(applicant=_enter(campaign, child, fit, at))
    book = lock(campaign.pk)
    if (earlier := _earlier(campaign, child, key)) is not None:
        return earlier
    if count_claimed(campaign, child.pk) >= (campaign.per_child or 0):
        raise DomainError(
            "child-limit", f"{child.name}在本批已领 {campaign.per_child} 张，不能再领"
        )
    with rls.as_system("前面有人候补时不能越过"):
        queue = _waiting(campaign).exists()
    if book.left <= 0 or queue:
        return Claimed(applicant=_enter(campaign, child, fit, at))
    return Claimed(issue(campaign, child.pk, fit, key=key, by=by, at=at, secret=secret))


def _earlier(campaign: Campaign, child: Child, key: str) -> Claimed | None:
    """The same tap again: the same answer."""
    found = (
        VoucherEntry.all_rows.filter(campaign=campaign, key=key).select_related("voucher").first()
    )
    if found is not None and found.child_id == child.pk and found.kind == Post.CLAIM:
        return Claimed(found.voucher)
    if found is not None:
        raise DomainError("key-reused", "这个编号已用于另一笔，没有领取；请刷新页面后重试")
    waits = Applicant.all_rows.filter(campaign=campaign, child_id=child.pk, left_at=None).first()
    return None if waits is None else Claimed(applicant=waits)


def issue(
    campaign: Campaign,
    child_id: int,
    fit: Qualified,
    *,
    key: str,
    by: Actor,
    at: datetime,
    secret: bytes | None = None,
) -> Voucher:
    """发出一张券：the row and its claim in one breath; the campaign is locked by the caller."""
    raw = secret or secrets.token_bytes(32)
    code_no = _free_code(raw)
    until = day_of(campaign.use_until) if campaign.use_until else None
    ends = rules.last_midnight(day_of(at), campaign.valid_days or 0, until)
    voucher = Voucher.all_rows.create(
        campaign=campaign,
        child_id=child_id,
        region_code=fit.region_code,
        face_fen=campaign.face_fen or 0,
        claimed_at=at,
        expires_at=moment(ends),
        secret=to_text(raw),
        code_no=code_no,
        code_index=crypto.blind_index(code_text(raw, code_no)),
    )
    post(campaign, Posting(Post.CLAIM, key, at, by, voucher))
    return voucher


def code_text(raw: bytes, number: int) -> str:
    """盲索引里的口令码。"""
    return f"voucher-code:{rules.spoken_code(raw, number)}"


def _free_code(raw: bytes, start: int = 0) -> int:
    """The first code number of this secret that no other voucher has."""
    number = start
    with rls.as_system("口令码在全部券里不能重复"):
        while Voucher.all_rows.filter(
            code_index=crypto.blind_index(code_text(raw, number))
        ).exists():
            number += 1
    return number


def new_code(*, voucher_id: int, by: Actor) -> str:
    """换一个口令码：the old one is void at once."""
    voucher = Voucher.objects.visible_to(by.scope).filter(pk=voucher_id).first()
    if voucher is None:
        raise NotFound
    raw = to_bytes(str(voucher.secret))
    number = _free_code(raw, voucher.code_no + 1)
    Voucher.objects.visible_to(by.scope).filter(pk=voucher.pk).update(
        code_no=number, code_index=crypto.blind_index(code_text(raw, number))
    )
    return rules.spoken_code(raw, number)


def _enter(campaign: Campaign, child: Child, fit: Qualified, at: datetime) -> Applicant:
    """报名或候补：the ticket is the order of arrival."""
    lock(campaign.pk)
    with rls.as_system("报名号按全部报名人依次编排"):
        rows = Applicant.all_rows.filter(campaign=campaign)
        last = rows.aggregate(n=models.Max("number"), p=models.Max("place"))
        mine = rows.filter(child_id=child.pk, left_at=None).first()
    if mine is not None:
        return mine
    waits = campaign.mode == Mode.FIRST
    return Applicant.all_rows.create(
        campaign=campaign,
        child_id=child.pk,
        region_code=fit.region_code,
        number=(last["n"] or 0) + 1,
        place=(last["p"] or 0) + 1 if waits else None,
        entered_at=at,
    )


def _waiting(campaign: Campaign) -> models.QuerySet[Applicant]:
    return Applicant.all_rows.filter(campaign=campaign, left_at=None, place__isnull=False)


@transaction.atomic
def withdraw(*, applicant_id: int, by: Actor, at: datetime) -> Applicant:
    """放弃候补：those behind move forward."""
    found = (
        Applicant.objects.visible_to(by.scope)
        .select_for_update()
        .filter(pk=applicant_id, left_at=None)
        .first()
    )
    if found is None:
        raise NotFound
    found.left_at, found.left_why = at, "家长放弃"
    found.save(update_fields=["left_at", "left_why"])
    return found
