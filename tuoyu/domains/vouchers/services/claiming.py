"""领取、报名与候补。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from tuoyu.core import crypto
from tuoyu.core.access import Actor
from tuoyu.core.clock import at as moment
from tuoyu.core.clock import day_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.rules import to_bytes, to_text
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.vouchers import rules
from tuoyu.domains.vouchers.chance import random_bytes
from tuoyu.domains.vouchers.models import Applicant, Campaign, Voucher, VoucherEntry
from tuoyu.domains.vouchers.selectors.qualify import Qualified, qualify, why_closed
from tuoyu.domains.vouchers.states import Post


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
) -> Claimed:
    """领取：a voucher while there are some, else a place in the waiting list.

    In a draw it is an entry. Idempotent by key. What can be checked beforehand is checked before
    the campaign's line is joined; the rest is one call, so that a thousand at once pass quickly.
    """
    child = access_child(by.scope, child_id)
    campaign = access_campaign(campaign_id)
    if why := why_closed(campaign, at):
        if (earlier := _earlier(campaign, child, key)) is not None:
            return earlier
        raise DomainError("closed", f"{why}，没有领取")
    fit = qualify(campaign, child, at)
    if not fit.ok:
        raise DomainError("not-qualified", fit.why)
    row = _call("voucher_claim", campaign, child.pk, fit, key, by, at)
    outcome, voucher_id, applicant_id = row
    if outcome == "child-limit":
        said = f"{child.name}在本批已领 {campaign.per_child} 张，不能再领"
        raise DomainError("child-limit", said)
    if outcome == "key-reused":
        raise DomainError("key-reused", "这个编号已用于另一笔，没有领取；请刷新页面后重试")
    if voucher_id is not None:
        voucher = Voucher.all_rows.get(pk=voucher_id)
        voucher.campaign = campaign
        return Claimed(voucher)
    applicant = Applicant.all_rows.get(pk=applicant_id)
    applicant.campaign = campaign
    return Claimed(applicant=applicant)


def _earlier(campaign: Campaign, child: Child, key: str) -> Claimed | None:
    """The same tap again, told after the window has closed: the same answer."""
    found = VoucherEntry.all_rows.filter(
        campaign=campaign, key=key, child_id=child.pk, kind=Post.CLAIM
    ).select_related("voucher__campaign")
    entry = found.first()
    return None if entry is None else Claimed(entry.voucher)


def issue(
    campaign: Campaign, child_id: int, fit: Qualified, *, key: str, by: Actor, at: datetime
) -> Voucher:
    """发出一张券：the row and its claim in one breath."""
    (voucher_id,) = _call("voucher_issue", campaign, child_id, fit, key, by, at)
    return Voucher.all_rows.get(pk=voucher_id)


def _call(
    function: str,
    campaign: Campaign,
    child_id: int,
    fit: Qualified,
    key: str,
    by: Actor,
    at: datetime,
) -> tuple[Any, ...]:
    """One of the two functions of ``sql/claim.sql``; a code that exists already is drawn anew."""
    until = day_of(campaign.use_until) if campaign.use_until else None
    ends = moment(rules.last_midnight(day_of(at), campaign.valid_days or 0, until))
    raw, number = random_bytes(32), 0
    sealed = crypto.seal(to_text(raw), "vouchers_voucher.secret")
    while True:
        index = crypto.blind_index(code_text(raw, number))
        given: list[Any] = [campaign.pk, child_id, fit.region_code, at, ends, sealed, number]
        given += [index, key, by.user_id, by.name]
        marks = ", ".join("%s" for _ in given)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {function}({marks})", given)  # noqa: S608
            row = tuple(cursor.fetchone() or ())
        if row[0] not in (None, "code-taken"):
            return row
        number += 1


def code_text(raw: bytes, number: int) -> str:
    """盲索引里的口令码。"""
    return f"voucher-code:{rules.spoken_code(raw, number)}"


def new_code(*, voucher_id: int, by: Actor) -> str:
    """换一个口令码：the old one is void at once."""
    rows = Voucher.objects.visible_to(by.scope).filter(pk=voucher_id)
    voucher = rows.first()
    if voucher is None:
        raise NotFound
    raw, number = to_bytes(str(voucher.secret)), voucher.code_no
    while True:
        number += 1
        index = crypto.blind_index(code_text(raw, number))
        try:
            with transaction.atomic():
                rows.update(code_no=number, code_index=index)
            return rules.spoken_code(raw, number)
        except IntegrityError:
            continue  # another voucher has these eight digits: take the next


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
