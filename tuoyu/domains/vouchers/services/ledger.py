"""记账：one way in. The entry moves the voucher and the sums in the database, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.db import DatabaseError, transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.vouchers.models import Balance, Campaign, Voucher, VoucherEntry
from tuoyu.domains.vouchers.states import Account, Post

CLERK = "定时任务"
SAID = {
    "sold-out": "本批已领完，没有发出；可以登记候补，有名额收回时按顺序自动发放",
    "child-limit": "这个孩子在本批的限领张数已用完，没有再发；不同批次可以分别领取",
    "expired": "托育券已过期，不能再使用；名额已收回，可看是否有新的批次",
    "held-elsewhere": "这张券正由另一家机构锁定，请家长联系那家机构解锁后再核销",
    "bad-amount": "抵扣金额须大于零且不超过面值，请核对账单后重试",
    "no-reason": "须写明原因，请补写后再提交",
    "not-expired": "还没有到期，不能按过期处理",
    "replayed": "这一步已经记过账，没有重复处理；请刷新页面查看结果",
}


@dataclass(frozen=True)
class Posting:
    """待记的一笔。``amount_fen`` counts for fund, redeem and reverse; else it is the face."""

    kind: Post
    key: str
    at: datetime
    by: Actor
    voucher: Voucher | None = None
    units: int = 1
    amount_fen: int = 0
    institution_id: int | None = None
    region_code: str = ""
    reason: str = ""


def lock(campaign_id: int) -> Balance:
    """锁住一批的账：every write of a campaign waits here, in one line."""
    with rls.as_system("批次的账由发放、核销、到期共用，不属于任何一个家庭或机构"):
        found = Balance.all_rows.select_for_update().filter(campaign_id=campaign_id).first()
    if found is None:
        raise NotFound
    return found


def replayed(campaign_id: int, posting: Posting) -> VoucherEntry | None:
    """这一笔是否已经记过；the same key with another content is refused."""
    with rls.as_system("同一幂等键不论谁记过都不能再记"):
        found = VoucherEntry.all_rows.filter(campaign_id=campaign_id, key=posting.key).first()
    if found is None:
        return None
    voucher_id = posting.voucher.pk if posting.voucher else None
    same = (found.kind, found.voucher_id) == (posting.kind, voucher_id)
    if posting.kind in (Post.FUND, Post.REDEEM, Post.REVERSE):
        same = same and found.amount_fen == posting.amount_fen
    if not same:
        raise DomainError("key-reused", "这个编号已用于另一笔，没有记账；请刷新页面后重新办理")
    return found


@transaction.atomic
def post(campaign: Campaign, posting: Posting) -> VoucherEntry:
    """记一笔。Idempotent by key."""
    lock(campaign.pk)
    if (found := replayed(campaign.pk, posting)) is not None:
        return found
    voucher = posting.voucher
    entry = VoucherEntry(
        campaign=campaign,
        voucher=voucher,
        child_id=voucher.child_id if voucher else None,
        institution_id=posting.institution_id,
        region_code=posting.region_code
        or (voucher.region_code if voucher else campaign.region_code),
        kind=posting.kind,
        units=posting.units,
        amount_fen=posting.amount_fen,
        key=posting.key,
        reason=posting.reason[:200],
        at=posting.at,
        by_user_id=posting.by.user_id,
        by_name=posting.by.name,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except DatabaseError as error:
        raise _told(error) from error
    if voucher is not None:
        with rls.as_system("记账以后读回券的新状态，它可能刚归到或离开本机构"):
            voucher.refresh_from_db()
    return entry


def _told(error: DatabaseError) -> Exception:
    """The trigger's refusal, as a sentence."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error) or cause.sqlstate != "TY001":
        return error
    code = (cause.diag.message_primary or "").strip()
    if code.startswith("moved-on:"):
        state = Account(code.removeprefix("moved-on:")).label
        return DomainError("moved-on", f"这张券现为「{state}」，不能这样办理；请刷新页面查看")
    if code in ("no-voucher", "no-balance"):
        return NotFound()
    return DomainError(code, SAID.get(code, "没有记账，请刷新页面后重试"))
