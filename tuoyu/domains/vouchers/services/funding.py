"""托育券与资金账：a paying city reserves the whole envelope before the first voucher.

The envelope is one reservation of domain funds; each approved settlement list takes its part out
of it and becomes a payment order; what nobody used goes back. A draft city touches no money.
"""

from __future__ import annotations

from datetime import date, datetime

from tuoyu.core.access import Actor
from tuoyu.core.clock import day_of
from tuoyu.core.errors import DomainError
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.vouchers.figures import RULE
from tuoyu.domains.vouchers.models import Campaign, Redemption, SettlementList

SOURCE = "voucher-settlement"


def check_may_pay(book: Book, month: str, today: date) -> None:
    """能否支付：a draft never; an open interpretation not before it is signed."""
    rule = book.rule(RULE)
    if book.pack.is_draft:
        raise DomainError(
            "draft", f"《{book.pack.document.title}》是{book.pack.status_name}，不能支付"
        )
    asked = [
        i.id
        for i in book.interpretations.values()
        if (i.id in rule.interpretations or RULE in i.blocks) and not i.signed_by_day(today)
    ]
    if asked:
        raise DomainError("unsigned", f"解释项 {'、'.join(asked)} 尚未签字，请签署后再开放或支付")


def envelope_key(campaign: Campaign, part: int) -> str:
    """批次预留的幂等键：each settlement takes its part and leaves a smaller envelope."""
    return f"voucher-campaign:{campaign.pk}:{part}"


def reserve_campaign(campaign: Campaign, amount_fen: int, *, by: Actor, at: datetime) -> None:
    """预留全批预算。"""
    from tuoyu.domains.funds.services import reserve

    reserve(
        programme=RULE,
        unit_code=campaign.region_code,
        year=day_of(campaign.claim_from).year,
        amount_fen=amount_fen,
        key=envelope_key(campaign, 0),
        subject=campaign.title,
        by=by,
        at=at,
    )


def order(
    campaign: Campaign,
    settled: SettlementList,
    *,
    part: int,
    left_fen: int,
    payee_name: str,
    by: Actor,
    at: datetime,
) -> int:
    """结算单变成支付单：taken out of the envelope in the same transaction."""
    from tuoyu.domains.funds.services import Payee, commit, free, propose_order, reserve

    if campaign.is_simulated:
        raise DomainError("draft", "本市文件还是草案，核销只作测算，不能生成支付单")
    key = f"{SOURCE}:{settled.pk}"
    year, unit = day_of(campaign.claim_from).year, campaign.region_code
    free(key=envelope_key(campaign, part), by=by, at=at)
    shares = [(key, settled.amount_fen), (envelope_key(campaign, part + 1), left_fen)]
    for share, fen in shares:
        if fen:
            reserve(
                programme=RULE,
                unit_code=unit,
                year=year,
                amount_fen=fen,
                key=share,
                subject=campaign.title,
                by=by,
                at=at,
            )
    commit(key=key, amount_fen=settled.amount_fen, by=by, at=at)
    made = propose_order(
        key=key,
        amount_fen=settled.amount_fen,
        payee=Payee("institution", settled.institution_id, payee_name),
        programme=RULE,
        unit_code=unit,
        region_code=settled.region_code,
        institution_id=settled.institution_id,
        purpose=f"{campaign.title} {settled.month:%Y-%m} 核销",
        source_type=SOURCE,
        source_id=settled.pk,
        by=by,
        at=at,
    )
    return int(made.pk)


def claim_redemption(done: Redemption, settled: SettlementList, *, by: Actor, at: datetime) -> None:
    """已生成支付单的核销冲正：owed back, set off against the institution's next orders."""
    from tuoyu.domains.funds.services import claim_back

    claim_back(
        key=f"voucher-reversal:{done.pk}",
        amount_fen=done.amount_fen,
        against=[f"{SOURCE}:{settled.pk}"],
        purpose=f"{done.campaign.title} {settled.month:%Y-%m} 核销冲正",
        source_type="voucher-reversal",
        source_id=done.pk,
        by=by,
        at=at,
    )


def release_envelope(campaign: Campaign, part: int, *, by: Actor, at: datetime) -> None:
    """批次结束：what is left goes back to the budget."""
    from tuoyu.domains.funds.services import free

    free(key=envelope_key(campaign, part), by=by, at=at)
