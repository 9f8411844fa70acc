"""托育券的消息：what has happened to a child's vouchers, told to its family in one line each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tuoyu.core.clock import day_of
from tuoyu.core.money import yuan
from tuoyu.core.scope import Scope
from tuoyu.domains.vouchers.models import Applicant, Voucher, VoucherEntry
from tuoyu.domains.vouchers.selectors.waiting import rank_at_the_end
from tuoyu.domains.vouchers.states import DRAWN, Account, Post
from tuoyu.domains.vouchers.words import day_text

TOLD = (Post.REDEEM, Post.REVERSE, Post.REVOKE, Post.EXPIRE)


@dataclass(frozen=True)
class News:
    """一条消息；``voucher_id`` is the page it leads to."""

    at: datetime
    child_id: int
    text: str
    note: str
    voucher_id: int | None = None
    good: bool = False


def news_of(scope: Scope, child_ids: Iterable[int], since: datetime) -> list[News]:
    """这些孩子近来的托育券消息，新的在前。"""
    ids = list(child_ids)
    left = (
        Applicant.objects.visible_to(scope)
        .filter(child_id__in=ids, left_at__gte=since)
        .select_related("campaign", "voucher")
    )
    entries = (
        VoucherEntry.objects.visible_to(scope)
        .filter(child_id__in=ids, kind__in=TOLD, at__gte=since)
        .select_related("campaign")
    )
    found = [*(_of_line(a) for a in left), *(_of_entry(e) for e in entries)]
    return sorted((n for n in found if n is not None), key=lambda n: n.at, reverse=True)


def _of_line(one: Applicant) -> News | None:
    title, at = one.campaign.title, one.left_at
    if at is None:
        return None
    if one.voucher is None:
        if one.left_why == "家长放弃":
            return None
        return News(at, one.child_id, f"{title}的候补已结束", one.left_why)
    ends = f"{day_text(one.voucher.expires_at)}零点到期，到园出示即可"
    if one.left_why == DRAWN:
        text = f"摇号中签，领到了{title}"
    else:
        text = f"候补到了：有名额收回，{title}已自动发给您"
        ends = f"{rank_at_the_end(one)}；{ends}"
    return News(at, one.child_id, text, ends, one.voucher_id, good=True)


def _of_entry(e: VoucherEntry) -> News | None:
    title, fen = e.campaign.title, yuan(e.amount_fen)
    said = {
        Post.REDEEM: (f"{title}抵了 {fen} 元保育费", ""),
        Post.REVERSE: (f"{title}的核销已冲正，账单恢复应缴 {fen} 元", f"原因：{e.reason}"),
        Post.REVOKE: (f"{title}已作废", f"原因：{e.reason}"),
        Post.EXPIRE: (f"{title}到期没有使用，名额已收回", e.reason),
    }
    text, note = said[Post(e.kind)]
    return News(e.at, e.child_id or 0, text, note, e.voucher_id, good=e.kind == Post.REDEEM)


def waiting_to_use(scope: Scope, now: datetime) -> list[Voucher]:
    """候补（或摇号）发给、还没有用的券：the family did nothing, so it is told until it is used."""
    rows = Voucher.objects.visible_to(scope).filter(
        state=Account.OUTSTANDING, applicant__isnull=False, expires_at__gt=now
    )
    return list(rows.select_related("campaign").order_by("expires_at", "pk"))


def days_left(voucher: Voucher, now: datetime) -> int:
    """还有几天，today counted."""
    return (day_of(voucher.expires_at) - day_of(now)).days
