"""核销结算：per institution and month; in a draft city a 测算 that never becomes a payment."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Max, Sum

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.clock import at as moment
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan
from tuoyu.core.periods import add_months
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.vouchers.catalogue import MAY_PAY, SETTLEMENT
from tuoyu.domains.vouchers.models import Balance, Campaign, Redemption, SettlementList
from tuoyu.domains.vouchers.services import funding
from tuoyu.domains.vouchers.states import PAID, PAYABLE

BOOKS = Actor(None, "银行回单", "system", "系统", "system", frozenset({MAY_PAY}), SYSTEM)


@transaction.atomic
def settle(*, month: date, by: Actor, at: datetime) -> list[SettlementList]:
    """结算某月的核销：what is not yet in a list; safe to run again."""
    first, end = month.replace(day=1), add_months(month.replace(day=1), 1)
    if at < moment(end):
        raise DomainError("not-yet", f"{first:%Y-%m} 还没有过完，{end} 起可以结算")
    rows = (
        Redemption.objects.visible_to(by.scope)
        .select_for_update()
        .filter(settlement=None, reversed_at=None, at__gte=moment(first), at__lt=moment(end))
        .order_by("institution_id", "campaign_id", "pk")
    )
    groups: dict[tuple[int, int], list[Redemption]] = {}
    for row in rows:
        groups.setdefault((row.institution_id, row.campaign_id), []).append(row)
    return [_make(first, found, by, at) for found in groups.values()]


def _make(month: date, found: list[Redemption], by: Actor, at: datetime) -> SettlementList:
    one = found[0]
    earlier = SettlementList.all_rows.filter(
        campaign=one.campaign_id, institution_id=one.institution_id, month=month
    ).aggregate(n=Max("number"))
    made = SettlementList.all_rows.create(
        campaign_id=one.campaign_id,
        institution_id=one.institution_id,
        region_code=one.region_code,
        month=month,
        number=(earlier["n"] or 0) + 1,
        count=len(found),
        amount_fen=sum(r.amount_fen for r in found),
        is_simulated=one.campaign.is_simulated,
        made_at=at,
    )
    Redemption.all_rows.filter(pk__in=[r.pk for r in found]).update(settlement=made)
    name = institution_name(one.institution_id)
    cases.open_case(
        type_code=SETTLEMENT.code,
        title=f"{name} {month:%Y-%m} 托育券核销",
        subject_id=made.pk,
        region_code=one.region_code,
        institution_id=one.institution_id,
        by=by,
        at=at,
        detail=f"{made.count} 张，{yuan(made.amount_fen)} 元",
        url=f"/gov/vouchers/settlements/{made.pk}/",
    )
    return made


def institution_name(institution_id: int) -> str:
    """机构名称（公开）。"""
    rows = Institution.objects.unscoped(reason="机构信息公开")
    return str(rows.values_list("name", flat=True).get(pk=institution_id))


@transaction.atomic
def approve(*, settlement_id: int, by: Actor, at: datetime) -> SettlementList:
    """复核结算单：by another than who made it. A payment order follows only in a paying city."""
    found = (
        SettlementList.objects.visible_to(by.scope)
        .select_for_update()
        .filter(pk=settlement_id)
        .first()
    )
    if found is None:
        raise NotFound
    if found.count == 0:
        raise DomainError("empty", "这张结算单上的核销已全部冲正，不用复核")
    step = "simulate" if found.is_simulated else "approve"
    cases.move(case_id=case_of(found).pk, name=step, by=by, at=at, opinion="核对无误")
    if not found.is_simulated:
        propose(settlement_id=found.pk, by=by, at=at)
        found.refresh_from_db()
    return found


@transaction.atomic
def propose(*, settlement_id: int, by: Actor, at: datetime) -> int:
    """生成支付单：refused in a draft city, whoever asks."""
    found = SettlementList.all_rows.select_for_update().get(pk=settlement_id)
    campaign = Campaign.all_rows.select_for_update().get(pk=found.campaign_id)
    if found.is_simulated or campaign.is_simulated:
        raise DomainError("draft", "本市文件还是草案，核销只作测算，不能生成支付单")
    if found.order_id is not None:
        return found.order_id
    part = parts_taken(campaign)
    found.order_id = funding.order(
        campaign,
        found,
        part=part,
        left_fen=_left_after(campaign, found),
        payee_name=institution_name(found.institution_id),
        by=by,
        at=at,
    )
    found.save(update_fields=["order_id"])
    return found.order_id


def parts_taken(campaign: Campaign) -> int:
    """预留已经分出去几次。"""
    with rls.as_system("批次的预留由全部机构的结算单共用"):
        return SettlementList.all_rows.filter(campaign=campaign, order_id__isnull=False).count()


def unordered(campaign: Campaign) -> bool:
    """还有核销没有变成支付单。"""
    with rls.as_system("批次能否了结，看全部机构的核销"):
        rows = Redemption.all_rows.filter(campaign=campaign, reversed_at=None)
        return rows.filter(settlement__order_id=None).exists()


def _left_after(campaign: Campaign, this: SettlementList) -> int:
    with rls.as_system("批次的预留由全部机构的结算单共用"):
        budget = Balance.all_rows.get(campaign=campaign).budget_fen
        ordered = SettlementList.all_rows.filter(campaign=campaign, order_id__isnull=False)
        taken = ordered.aggregate(fen=Sum("amount_fen"), n=Count("pk"))["fen"] or 0
    # Below zero only when a reversed redemption's voucher was used anew before its money came back:
    # then this list draws on what the budget has, or waits for it.
    return max(0, int(budget - taken - this.amount_fen))


@transaction.atomic
def mark_paid(*, settlement_id: int, paid_on: date, by: Actor, at: datetime) -> None:
    """到账：only when the bank has confirmed it."""
    found = SettlementList.all_rows.select_for_update().get(pk=settlement_id)
    if found.paid_on is not None:
        return
    cases.move(case_id=case_of(found).pk, name="pay", by=by, at=at)
    found.paid_on, found.unpaid_why = paid_on, ""
    found.save(update_fields=["paid_on", "unpaid_why"])


@transaction.atomic
def mark_unpaid(*, settlement_id: int, reason: str, by: Actor, at: datetime) -> None:
    """银行未付成或退票：it is to be paid again, and says why it was not."""
    found = SettlementList.all_rows.select_for_update().get(pk=settlement_id)
    case = case_of(found)
    step = {PAYABLE: "fail", PAID: "bounce"}.get(case.state)
    if step is None:
        return
    cases.move(case_id=case.pk, name=step, by=by, at=at, opinion=reason[:500])
    found.paid_on, found.unpaid_why = None, reason[:200]
    found.save(update_fields=["paid_on", "unpaid_why"])


def deduct_key(done: Redemption) -> str:
    """抵扣行的唯一键：a voucher used again after a reversal takes another line."""
    earlier = Redemption.all_rows.filter(voucher_id=done.voucher_id, pk__lt=done.pk).count()
    return turn_key(f"voucher:{done.voucher_id}", earlier)


def turn_key(key: str, turn: int) -> str:
    """第几次核销的键：the first as ever."""
    return f"{key}:{turn + 1}" if turn else key


def case_of(settled: SettlementList) -> Case:
    """结算单的办件。"""
    return Case.objects.visible_to(SYSTEM).get(type=SETTLEMENT.code, subject_id=settled.pk)
