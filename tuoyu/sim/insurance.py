"""统一保险的由来：one tender, most counties signed, rosters, premiums on their way, some claims."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds.selectors.payments import find_waiting
from tuoyu.domains.funds.services.orders import Payee
from tuoyu.domains.insurance import services
from tuoyu.domains.insurance.models import CountyContract, Insured, Tender
from tuoyu.domains.policies.books import current_book
from tuoyu.sim.draws import stream
from tuoyu.sim.payments import send_and_book, set_account
from tuoyu.sim.state import Built

PAID_FIRST = 2  # the unit whose premium went the whole way
_COVERS = [
    {"name": "意外伤害", "limit": "每人每年限额按保单约定"},
    {"name": "食品卫生", "limit": "每次事故限额按保单约定"},
    {"name": "人身财产", "limit": "机构责任限额按保单约定"},
]
_STORIES = (
    ("意外伤害", "户外活动跑动时跌倒，前额擦伤，送医清创（虚构）", 28_650),
    ("意外伤害", "午睡起床时手指被柜门夹伤，送医处理（虚构）", 41_200),
    ("食品卫生", "午餐后两名儿童腹泻，送医观察（虚构）", None),
)


def insure(b: Built) -> None:
    """招标、签约、名册、保费与理赔。"""
    book, today = current_book(), b.city.now.date()
    if b.scale.until is not None or "insurance" not in book.rules or book.pack.is_draft:
        return
    city = b.people.city
    start = date(today.year, 1, 1)
    tender = services.award(
        title=f"{today.year} 年托育机构统一商业保险",
        document=f"示例中标〔{today.year}〕3号（虚构）",
        insurer="示例财产保险泉州分公司（虚构）", covers=_COVERS, from_on=start,
        to_on=date(today.year + 1, 1, 1), by=city, at=clock.at(workdays.before(today, 150), 10),
    )  # fmt: skip
    services.sync_roster(tender=tender, on=today - timedelta(days=40))
    services.sync_roster(tender=tender, on=today)
    for n, unit in enumerate(b.city.units):
        if n % 6 == 5:
            continue  # 尚未签约的单位
        _county(b, tender, unit.code, n, city)
    _claims(b, tender)


def _county(b: Built, tender: Tender, unit: str, n: int, city: Actor) -> None:
    today = b.city.now.date()
    officer = b.people.officer(unit)
    signed = workdays.before(today, 100 - n)
    back = 22 if n == PAID_FIRST else 4
    contract: CountyContract = services.sign(
        tender_id=tender.pk, unit_code=unit, policy_no=f"示例保单{unit}", signed_on=signed,
        by=officer, at=clock.at(signed, 15),
    )  # fmt: skip
    if n % 4 == 3:
        return
    try:
        premium = services.compute(
            contract_id=contract.pk,
            on=workdays.before(today, back) if n == PAID_FIRST else today,
            by=officer,
            at=clock.at(workdays.before(today, back), 9),
        )
        if n % 4 >= 1:
            services.review(premium_id=premium.pk, by=officer,
                            at=clock.at(workdays.before(today, back - 1), 9))  # fmt: skip
        if n % 4 >= 2:
            services.approve(premium_id=premium.pk, by=city,
                             at=clock.at(workdays.before(today, back - 2), 9))  # fmt: skip
    except DomainError as error:
        if error.code not in ("nobody", "over-budget"):
            raise
        return
    if n == PAID_FIRST:
        _pay(b, tender)


def _pay(b: Built, tender: Tender) -> None:
    """第一份保费付到保险机构，银行已回单；the later ones wait on the finance desk."""
    rng, today = stream(b.seed, "insurance-bank"), b.city.now.date()
    payee = Payee("insurer", tender.pk, tender.insurer)
    set_account(b, rng, payee, b.city.code, None, clock.at(workdays.before(today, 21), 9))
    if find_waiting(b.people.clerk.scope, "insurance").payable:
        send_and_book(b, "insurance", clock.at(workdays.before(today, 18), 14), rng)


def _claims(b: Built, tender: Tender) -> None:
    rng = stream(b.seed, "claims")
    today = b.city.now.date()
    show = next(i.id for i in b.institutions if i.is_show)
    rows = Insured.all_rows.filter(Q(to_on=None), tender=tender, from_on__lt=date(today.year, 8, 1))
    own = sorted(rows.filter(institution_id=show).values_list("child_id", "institution_id"))
    others = sorted(rows.exclude(institution_id=show).values_list("child_id", "institution_id"))
    chosen = [rng.choice(own), *rng.sample(others, min(len(others), 3))] if own else []
    for n, (child, inst) in enumerate(chosen):
        by = b.people.director(inst)
        happened = workdays.before(today, 12 - 2 * n)
        cover, what, paid = _STORIES[n % len(_STORIES)]
        at = clock.at(happened, 16, 40)
        claim = services.report(child_id=child, happened_on=happened, cover=cover, what=what,
                                by=by, at=at)  # fmt: skip
        if n == 0:
            continue
        services.hand_over(claim_id=claim.pk, insurer_no=f"示例报案{n:03d}", by=by,
                           at=at + timedelta(hours=18))  # fmt: skip
        if n >= 2:
            answer = "" if paid else "与园内饮食无因果关系"
            services.conclude(claim_id=claim.pk, paid_fen=paid, answer=answer, by=by,
                              at=at + timedelta(days=4))  # fmt: skip
