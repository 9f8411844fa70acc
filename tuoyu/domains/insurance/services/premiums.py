"""年度保费：the amount by the engine; county and city review it; the insurer is paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import move, open_case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan_grouped
from tuoyu.core.periods import add_months, month_of
from tuoyu.domains.funds.services import Payee, commit, free, propose_order, reserve
from tuoyu.domains.insurance.models import CountyContract, Insured, Premium, PremiumLine
from tuoyu.domains.insurance.selectors import access_contract, access_premium, case_of
from tuoyu.domains.insurance.services.tenders import PLATFORM
from tuoyu.domains.insurance.states import BILL, REVIEW
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import (
    PAID,
    Outcome,
    Resolved,
    digest,
    evaluate_one,
    may_settle,
    receipt,
    resolve,
)
from tuoyu.domains.policies.engine.explain import sentence

RULE = "insurance"


@transaction.atomic
def compute(*, contract_id: int, on: date, by: Actor, at: datetime) -> Premium:
    """按名册算保费并送县级核对。One premium a contract; a term not set yet leaves it 待定."""
    contract = access_contract(by.scope, contract_id)
    if not by.may(REVIEW):
        raise NotFound
    if Premium.all_rows.filter(contract=contract).exists():
        raise DomainError("computed", "这份合同的保费已经算过，没有重复计算；请看保费页")
    book = current_book()
    # Of the year, not of a month: whether the month is over is of no matter here.
    may, why_not = may_settle(book, RULE, month_of(on), add_months(on.replace(day=1), 1))
    if not may:
        raise DomainError("may-not-settle", f"不能算保费：{why_not}")
    counts = _counts(contract, on)
    if not counts:
        raise DomainError("nobody", "该县区名册上没有参保儿童，请先更新名册")
    resolved = resolve(book, RULE, month_of(on), at.date())
    lines = {inst: _amount(resolved, n) for inst, n in counts.items()}
    whole = evaluate_one(resolved, _given(sum(counts.values())))
    made = Premium.all_rows.create(
        contract=contract, unit_code=contract.unit_code, region_code=contract.region_code,
        year=on.year, counted_on=on, insured=sum(counts.values()), amount_fen=sum(lines.values()),
        why=sentence(resolved, whole)[:300],
        receipt=receipt(
            pack=book.pack.id, pack_sha256=book.sha256, rule=RULE, month=month_of(on),
            known=at.date(), input_sha256=digest({str(k): v for k, v in counts.items()}),
        ),
    )  # fmt: skip
    PremiumLine.all_rows.bulk_create(
        PremiumLine(premium=made, institution_id=inst, region_code=contract.region_code,
                    insured=counts[inst], amount_fen=fen)
        for inst, fen in sorted(lines.items())
    )  # fmt: skip
    unit = book.city.unit(contract.unit_code)
    open_case(
        type_code=BILL, title=f"{unit.name if unit else ''} {made.year} 年统一保险保费",
        subject_id=made.pk, region_code=contract.region_code, by=PLATFORM, at=at,
        detail=f"{made.insured} 人 · {yuan_grouped(made.amount_fen)} 元",
        url=f"/gov/insurance/premiums/{made.pk}/",
    )  # fmt: skip
    return made


def _counts(contract: CountyContract, on: date) -> dict[int, int]:
    rows = Insured.all_rows.filter(
        Q(to_on=None) | Q(to_on__gt=on), tender=contract.tender, unit_code=contract.unit_code,
        from_on__lte=on,
    )  # fmt: skip
    return dict(rows.values_list("institution_id").annotate(n=Count("child_id", distinct=True)))


def _given(insured: int) -> Mapping[str, int | bool]:
    return {"insured": insured, "contract_signed": True}


def _amount(resolved: Resolved, insured: int) -> int:
    outcome: Outcome = evaluate_one(resolved, _given(insured))
    if outcome.state != PAID or outcome.amount_fen is None:
        raise DomainError(
            "undetermined", f"保费待定：{sentence(resolved, outcome)}；须由市级发文定标准后再算"
        )
    return outcome.amount_fen


def review(*, premium_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """县级核对：the money is reserved."""
    premium = access_premium(by.scope, premium_id)
    with transaction.atomic():
        case = move(case_id=case_of(by.scope, premium).pk, name="review", by=by, at=at,
                    opinion=opinion)  # fmt: skip
        reserve(
            programme=RULE, unit_code=premium.unit_code, year=premium.year,
            amount_fen=premium.amount_fen, key=_key(premium), subject=case.title, by=by, at=at,
        )  # fmt: skip
    return case


def approve(*, premium_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """市级审核：committed, and an order to the insurer waits to be batched."""
    premium = access_premium(by.scope, premium_id)
    with transaction.atomic():
        case = move(case_id=case_of(by.scope, premium).pk, name="approve", by=by, at=at,
                    opinion=opinion)  # fmt: skip
        tender = premium.contract.tender
        commit(key=_key(premium), amount_fen=premium.amount_fen, by=by, at=at)
        order = propose_order(
            key=_key(premium), amount_fen=premium.amount_fen,
            payee=Payee("insurer", tender.pk, tender.insurer), programme=RULE,
            unit_code=premium.unit_code, region_code=premium.region_code, institution_id=None,
            purpose=case.title, source_type=BILL, source_id=premium.pk, by=by, at=at,
        )  # fmt: skip
        Premium.all_rows.filter(pk=premium.pk).update(order_id=order.pk)
    return case


def send_back(*, premium_id: int, by: Actor, at: datetime, opinion: str) -> Case:
    """退回县级：what was reserved is given back."""
    premium = access_premium(by.scope, premium_id)
    with transaction.atomic():
        case = move(case_id=case_of(by.scope, premium).pk, name="return", by=by, at=at,
                    opinion=opinion)  # fmt: skip
        free(key=_key(premium), by=by, at=at, reason="退回县级")
    return case


def settled(premium_id: int, on: date, at: datetime) -> None:
    """银行到账。"""
    premium = Premium.all_rows.filter(pk=premium_id).first()
    if premium is None:
        return
    case = Case.all_rows.get(type=BILL, subject_id=premium.pk)
    move(case_id=case.pk, name="paid", by=PLATFORM, at=at)
    Premium.all_rows.filter(pk=premium.pk).update(paid_on=on)


def _key(premium: Premium) -> str:
    return f"{BILL}:{premium.pk}"
