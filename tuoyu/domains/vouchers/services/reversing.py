"""冲正：a wrong redemption is undone, and what was done stays written.

Before its settlement by the institution, afterwards by the county. The bill owes again what the
voucher had taken, the voucher is the family's again (or goes back to the envelope when its day is
over), and money that was already ordered is owed back by the institution.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import push_live
from tuoyu.domains.billing.services import give_back
from tuoyu.domains.vouchers.catalogue import MAY_REVERSE
from tuoyu.domains.vouchers.models import Campaign, Redemption, SettlementList, Voucher
from tuoyu.domains.vouchers.services import funding
from tuoyu.domains.vouchers.services.ending import NIGHT, expire_one
from tuoyu.domains.vouchers.services.ledger import Posting, lock, post
from tuoyu.domains.vouchers.services.refilling import refill
from tuoyu.domains.vouchers.services.settling import BOOKS, case_of, deduct_key
from tuoyu.domains.vouchers.states import APPROVE, Post

USE = "voucher:desk:use"


def redemption_of(voucher: Voucher) -> int:
    """这张券现有的核销；refused when there is none (any more)."""
    found = Redemption.all_rows.filter(voucher=voucher, reversed_at=None).first()
    if found is None:
        raise DomainError("nothing", "这张券没有可以冲正的核销，可能已经冲正；请刷新页面查看")
    return found.pk


@transaction.atomic
def reverse(*, redemption_id: int, reason: str, by: Actor, at: datetime) -> Redemption:
    """冲正一笔核销；a second press is the same reversal."""
    found = access(by, redemption_id)
    with rls.as_system("冲正同时动到账单、批次的账和家长的券，各有各的范围"):
        # The campaign first, as everywhere else: nobody waits for another crosswise.
        lock(found.campaign_id)
        done = Redemption.all_rows.select_for_update().get(pk=found.pk)
        if done.reversed_at is not None:
            return done
        _check(done, reason, by)
        voucher = Voucher.all_rows.get(pk=done.voucher_id)
        key = f"reverse:{done.pk}"
        post(
            done.campaign,
            Posting(Post.REVERSE, key, at, by, voucher, amount_fen=done.amount_fen,
                    institution_id=done.institution_id, region_code=done.region_code,
                    reason=reason.strip()),
        )  # fmt: skip
        give_back(key=deduct_key(done), reason=f"核销冲正，{reason.strip()}", by=by, at=at)
        done.reversed_at, done.reversed_by_name = at, by.name
        done.reversed_why = reason.strip()[:200]
        done.save(update_fields=["reversed_at", "reversed_by_name", "reversed_why"])
        _undo_settlement(done, by, at)
        _end_what_is_over(done.campaign, voucher, at)
    push_live([f"child:{done.child_id}", f"institution:{done.institution_id}"], "voucher")
    return done


def access(by: Actor, redemption_id: int) -> Redemption:
    """取一笔核销：the institution's own, or one of the county."""
    rows = Redemption.objects.visible_to(by.scope).select_related("campaign")
    if not by.may(MAY_REVERSE):
        if not by.may(USE):
            raise NotFound
        rows = rows.filter(institution_id=by.institution_id)
    found = rows.filter(pk=redemption_id).first()
    if found is None:
        raise NotFound
    return found


def _check(done: Redemption, reason: str, by: Actor) -> None:
    if not reason.strip():
        raise DomainError("no-reason", "冲正须写明原因，家长会看到；请补写后再提交")
    is_county = by.may(MAY_REVERSE)
    if done.settlement_id is not None and not is_county:
        raise DomainError(
            "settled", "这笔核销已经编入结算单，机构不能再冲正；请把情况报给县级主管部门冲正"
        )
    if done.settlement_id is None and is_county:
        raise DomainError(
            "not-settled", "这笔核销还没有结算，由机构在核销台冲正；结算以后才由县级冲正"
        )


def _undo_settlement(done: Redemption, by: Actor, at: datetime) -> None:
    """Not approved: the list shrinks. Ordered or paid: the institution owes it back."""
    if done.settlement_id is None:
        return
    settled = SettlementList.all_rows.select_for_update().get(pk=done.settlement_id)
    case = case_of(settled)
    if case.state == APPROVE:
        settled.count -= 1
        settled.amount_fen -= done.amount_fen
        settled.save(update_fields=["count", "amount_fen"])
        if settled.count == 0:
            said = "单上的核销已全部冲正"
            cases.move(case_id=case.pk, name="empty", by=BOOKS, at=at, opinion=said)
    elif settled.order_id is not None:
        funding.claim_redemption(done, settled, by=by, at=at)


def _end_what_is_over(campaign: Campaign, voucher: Voucher, at: datetime) -> None:
    """券已过期：it does not wait for the night."""
    if at < voucher.expires_at:
        return
    expire_one(campaign, voucher, at)
    refill(campaign, by=NIGHT, at=at)
