"""托育券：a summer draw that has ended and an autumn campaign that runs, by the city's own people.

Only in a city whose pack has the rule. Families claim, desks redeem, the night takes back what was
not used and gives it to the waiting list: all through the services, on the days it would happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.billing.models import Bill
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.chance import lent
from tuoyu.domains.vouchers.figures import RULE
from tuoyu.domains.vouchers.models import Campaign, Voucher
from tuoyu.domains.vouchers.selectors.mine import shown_code
from tuoyu.domains.vouchers.services import Plan
from tuoyu.domains.vouchers.services.ending import NIGHT
from tuoyu.domains.vouchers.states import Account, Mode
from tuoyu.sim import voucher_frauds
from tuoyu.sim.children import Kid
from tuoyu.sim.draws import stream
from tuoyu.sim.state import Built

DRAWN_ON, RUNS_FROM, RUNS_TO = date(2025, 7, 7), date(2025, 10, 9), date(2025, 11, 1)
ENTER, CLAIM, REDEEM = 90, 60, 16


@dataclass(frozen=True)
class Owing:
    """还欠着保育费的账单，for which a voucher can be used."""

    bill_id: int
    child_id: int
    institution_id: int


def give_vouchers(b: Built) -> None:
    """托育券的演示数据。"""
    if b.scale.until is not None or RULE not in current_book().rules:
        return
    rng = stream(b.seed, "vouchers")
    today = b.city.now.date()
    with lent(lambda n: rng.getrandbits(8 * n).to_bytes(n, "big")), transaction.atomic():
        owing = {m: _owing(m) for m in (date(2025, 9, 1), today.replace(day=1))}
        kids = [k for k in b.kids if k.stay_on(DRAWN_ON - timedelta(days=4)) and k.stay_on(today)]
        _special(b)
        _summer(b, _chosen(kids, owing[date(2025, 9, 1)], ENTER), owing[date(2025, 9, 1)])
        now = [k for k in b.kids if k.stay_on(today)]
        _autumn(b, _chosen(now, owing[today.replace(day=1)], CLAIM), owing[today.replace(day=1)])


def _chosen(kids: Sequence[Kid], owing: Sequence[Owing], count: int) -> list[Kid]:
    """Those who still owe a fee first, and the show family among them."""
    first = {o.child_id for o in owing}
    ours = [k for k in kids if k.role == "younger"]
    ready = [k for k in kids if k.id in first and k not in ours]
    rest = [k for k in kids if k.id not in first and k not in ours]
    return [*ours, *ready[: count // 2], *rest][:count]


def _owing(month: date) -> list[Owing]:
    bills = list(Bill.all_rows.filter(month=month).order_by("institution_id", "child_id"))
    found = standings([bill.pk for bill in bills])
    return [
        Owing(bill.pk, bill.child_id, bill.institution_id)
        for bill in bills
        if found[bill.pk].deductible_fen > 0
    ]


def _summer(b: Built, kids: list[Kid], owing: list[Owing]) -> None:
    """夏季：entries, a draw, some used in September, the rest taken back one night."""
    start = DRAWN_ON - timedelta(days=5)
    campaign = _open(b, "夏季托育券", Mode.DRAW, clock.at(start, 9), clock.at(DRAWN_ON, 9), "夏券")
    for n, kid in enumerate(kids):
        _claim(b, campaign, kid, clock.at(start, 9) + timedelta(minutes=37 * (n + 1)))
    drawn = clock.at(DRAWN_ON, 9, 5)
    services.draw_due(by=NIGHT, at=drawn)
    used = clock.at(date(2025, 9, 24), 16)
    _redeem_some(b, campaign, owing, used)
    ends = Voucher.all_rows.filter(campaign=campaign).earliest("expires_at").expires_at
    services.expire_due(ends + timedelta(minutes=10))
    _settle(b, date(2025, 9, 1))


def _special(b: Built) -> None:
    """入夏补发：for the institutions in which something is planted (see ``voucher_frauds``)."""
    found = voucher_frauds.planned(b)
    if not found:
        return
    opened = clock.at(voucher_frauds.CLAIMED_ON, 9)
    campaign = _open(b, "入夏托育券", Mode.FIRST, opened, opened + timedelta(hours=9), "入夏券")
    wanted = {child for _, fraud in found for child in fraud.child_ids}
    for n, kid in enumerate(k for k in b.kids if k.id in wanted):
        _claim(b, campaign, kid, opened + timedelta(minutes=2 + 4 * n))
    mine = {v.child_id: v for v in Voucher.all_rows.filter(campaign=campaign)}
    for deed, fraud in found:
        here = fraud.institution_ids[0]

        def redeem(child: int, bill: int, at: datetime, here: int = here) -> None:
            if child in mine:
                _redeem(b, mine[child], Owing(bill, child, here), at)

        voucher_frauds.use_planted(b, deed, fraud, redeem, b.people.director(here))
    ends = max(v.expires_at for v in mine.values())
    services.expire_due(ends + timedelta(minutes=10))


def _autumn(b: Built, kids: list[Kid], owing: list[Owing]) -> None:
    """秋季：running; some used, one revoked, one on the desk of the show institution."""
    opened = clock.at(RUNS_FROM, 9)
    campaign = _open(b, "秋季托育券", Mode.FIRST, opened, clock.at(RUNS_TO), "秋券")
    for n, kid in enumerate(kids):
        _claim(b, campaign, kid, opened + timedelta(minutes=3 + 41 * n))
    at = b.city.now - timedelta(minutes=8)
    _redeem_some(b, campaign, owing, clock.at(workdays.before(b.city.now.date(), 1), 16, 20))
    left = Voucher.all_rows.filter(campaign=campaign, state=Account.OUTSTANDING)
    gone = left.order_by("-number").first()
    if gone is not None:
        by = b.people.city
        services.revoke(voucher_id=gone.pk, reason="孩子已转到外地入托（虚构）", by=by, at=at)
    _hold_one(b, owing, left.exclude(child_id__in=[k.id for k in kids if k.role]), at)


def _hold_one(b: Built, owing: list[Owing], left: QuerySet[Voucher], at: datetime) -> None:
    """核销台上正有一张：at the show institution."""
    show = next(i for i in b.institutions if i.is_show)
    here = {o.child_id for o in owing if o.institution_id == show.id}
    waiting = left.filter(child_id__in=here).order_by("number").first()
    if waiting is not None:
        by = b.people.director(show.id)
        services.hold(text=shown_code(waiting), key=f"demo:hold:{waiting.pk}", by=by, at=at)


def _open(b: Built, title: str, mode: Mode, start: datetime, end: datetime, mark: str) -> Campaign:
    """编制与开放，by two people."""
    made = clock.at(workdays.before(start.date(), 3), 10)
    plan = Plan(
        title=f"{b.city.now.year} 年{title}（虚构）",
        document=f"示例〔{b.city.now.year}〕{mark}1号（虚构）",
        mode=mode,
        claim_from=start,
        claim_to=end,
        per_child=1,
        min_months=0,
        max_months=36,
    )
    book = current_book()
    maker = b.people.city
    campaign = services.prepare(book=book, plan=plan, by=maker, at=made)
    opener = b.people.second
    at = clock.at(workdays.before(start.date(), 1), 15)
    return services.start(book=book, campaign_id=campaign.pk, by=opener, at=at)


def _claim(b: Built, campaign: Campaign, kid: Kid, at: datetime) -> None:
    if at >= min(campaign.claim_to, b.city.now):
        return
    person = b.families[kid.family].first
    role = ROLES["parent"]
    parent = Actor(
        person.user_id, person.name, role.code, role.title, role.end, role.permissions,
        Scope(kind="family", child_ids=frozenset([kid.id])),
    )  # fmt: skip
    try:
        services.claim(
            campaign_id=campaign.pk, child_id=kid.id, key=f"demo:{kid.id}", by=parent, at=at
        )
    except DomainError as error:
        if error.code != "not-qualified":  # too old on that day, or not yet in care
            raise


def _redeem_some(b: Built, campaign: Campaign, owing: list[Owing], at: datetime) -> None:
    """到园核销：where there is a fee, a day attended and a recognised institution."""
    mine = {
        v.child_id: v for v in Voucher.all_rows.filter(campaign=campaign, state=Account.OUTSTANDING)
    }
    young = {k.id for k in b.kids if k.role == "younger"}
    ready = [o for o in owing if o.child_id in mine and o.child_id not in young]
    for n, one in enumerate(ready[1 : REDEEM + 1]):  # the first one is left for the desk
        _redeem(b, mine[one.child_id], one, at + timedelta(minutes=7 * n))


def _redeem(b: Built, voucher: Voucher, one: Owing, at: datetime) -> None:
    by = b.people.director(one.institution_id)
    try:
        with transaction.atomic():
            services.hold(text=shown_code(voucher), key=f"demo:hold:{voucher.pk}", by=by, at=at)
            services.redeem(
                book=current_book(), voucher_id=voucher.pk, bill_id=one.bill_id,
                key=f"redeem:{voucher.pk}", by=by, at=at + timedelta(minutes=1),
            )  # fmt: skip
    except DomainError as error:
        if error.code not in ("not-here", "refused", "not-our-child"):
            raise


def _settle(b: Built, month: date) -> None:
    """结算与复核：one list is left for the officer."""
    at = clock.at(workdays.before(b.city.now.date(), 2), 10)
    maker = b.people.city
    made = services.settle(month=month, by=maker, at=at)
    other = b.people.second
    for settled in made[1:]:
        services.approve(settlement_id=settled.pk, by=other, at=at + timedelta(hours=5))
