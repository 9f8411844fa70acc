"""收费：filed items, refund tables and waivers; bills of the last months, payments, filings.

The show institution goes through the services as its director would; for the others the same
arithmetic is written in bulk (see ``billing_rows``).
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum

from tuoyu.core import clock, workdays
from tuoyu.core.periods import add_months
from tuoyu.domains.billing import services
from tuoyu.domains.billing.models import (
    Bill,
    BillLine,
    FeeItem,
    LineKind,
    Method,
    RefundRule,
    WaiverRule,
)
from tuoyu.domains.billing.selectors.caps import Caps
from tuoyu.domains.billing.selectors.planning import draft_month
from tuoyu.domains.billing.selectors.prices import tariff_of
from tuoyu.domains.billing.selectors.watching import monthly_care
from tuoyu.domains.billing.services import NewItem
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.books import current_book
from tuoyu.sim.billing_rows import write_bills
from tuoyu.sim.draws import stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.state import Built
from tuoyu.sim.tables import copy_rows, set_sequences

FILED = date(2025, 1, 1)
WAIVERS = {"third_child": 20_000, "bereaved": 40_000, "disabled": 50_000}
LEFT_ABOVE = 2  # institutions whose price stays above the cap, for the officer to find


def bill_families(b: Built) -> None:
    """收费的演示数据。"""
    if b.scale.until is not None:
        return
    rng = stream(b.seed, "billing")
    this = b.city.now.date().replace(day=1)
    with transaction.atomic():
        _keep_to_cap(b, this)
        _file(b, rng)
        show = next(i for i in b.institutions if i.is_show)
        _choose(b, show, rng)
        others = [i.id for i in b.institutions if not i.is_show and i.status == "filed"]
        for ago in (2, 1, 0):
            month = add_months(this, -ago)
            at = _issued_at(month)
            _issue_show(b, show, month, at, leave_one=ago == 0)
            if ago < 2:
                write_bills(others, month, at, b.city.now.date())
        _pay(b, rng, this)
        for back in (18, 12, 6):  # what the worker does in the mornings
            services.remind_due(clock.at(workdays.before(b.city.now.date(), back), 9, 30))
        _put_right(b, show, this)
        _ask_county(b, show)


def _issued_at(month: date) -> datetime:
    """每月第一个工作日上午。"""
    return clock.at(workdays.days_of(month)[0], 10, 20)


def _keep_to_cap(b: Built, month: date) -> None:
    """限额已定的城市：普惠机构的收费降到限额以内；the first few are left as they are."""
    cap = Caps(month, b.city.now.date()).of(inclusive=True)
    if cap.fen is None:
        return
    bound = [i for i in b.institutions if i.recognised and not i.is_show]
    kept = {i.id for i in bound if not i.is_public} - {i.id for i in _first_above(b, cap.fen)}
    kept |= {i.id for i in b.institutions if i.is_show} | {i.id for i in bound if i.is_public}
    with connection.cursor() as cursor:
        for table in ("institutions_feestandard", "enrolment_enrolment"):
            cursor.execute(
                f"UPDATE {table} SET monthly_fen = %s"  # noqa: S608
                " WHERE institution_id = ANY (%s) AND monthly_fen > %s",
                [cap.fen, sorted(kept), cap.fen],
            )


def _first_above(b: Built, cap_fen: int) -> list[Inst]:
    """留作监测对象的机构。"""
    found = []
    for inst in b.institutions:
        if inst.is_show or inst.is_public or not inst.recognised or inst.status != "filed":
            continue
        fees = monthly_care(tariff_of(inst.id, b.city.now.date()))
        if any(fen > cap_fen for fen in fees.values()):
            found.append(inst)
    return found[:LEFT_ABOVE]


def _file(b: Built, rng: random.Random) -> None:
    """备案的伙食费、退费办法与减免标准。"""
    items, refunds, waivers = [], [], []
    waives = "special_family" in current_book().rules
    for inst in b.institutions:
        at = {"institution_id": inst.id, "region_code": inst.unit.code, "from_on": FILED}
        said = {**at, "accepted_on": FILED}
        meal = rng.randrange(15, 26) * 100
        items.append(FeeItem(kind="meal", unit="day", price_fen=meal, **said))
        refunds.append(RefundRule(kind="meal", basis="absent_day", percent=100, **said))
        if inst.is_show:
            items += [
                FeeItem(kind="extended", unit="month", price_fen=20_000, is_elective=True, **said),
                FeeItem(kind="care", unit="hour", form="hourly", price_fen=2_500, **said),
                FeeItem(kind="care", unit="day", form="temporary", price_fen=10_000, **said),
            ]
            refunds += [
                RefundRule(kind="care", basis="attended", percent=80, up_to_days=4, **said),
                RefundRule(kind="care", basis="attended", percent=50, up_to_permille=500, **said),
            ]
        if waives and inst.recognised:
            waivers += [
                WaiverRule(
                    status_kind=kind, monthly_fen=fen, document="园务会决定（虚构）",
                    made_at=clock.at(FILED, 9), made_by_name="园长（虚构）", **at,
                )
                for kind, fen in WAIVERS.items()
            ]  # fmt: skip
    FeeItem.all_rows.bulk_create(items)
    RefundRule.all_rows.bulk_create(refunds)
    WaiverRule.all_rows.bulk_create(waivers)


def _choose(b: Built, show: Inst, rng: random.Random) -> None:
    """示范园有几名儿童选用延时服务。"""
    this = b.city.now.date().replace(day=1)
    start = add_months(this, -1)
    here = sorted(
        k.id
        for k in b.kids
        for s in k.stays
        if s.inst.id == show.id and s.start <= start and s.end > b.city.now.date() and not k.role
    )
    actor = b.people.director(show.id)
    for child in rng.sample(here, min(4, len(here))):
        services.choose_item(
            institution_id=show.id, child_id=child, kind="extended", from_on=start, by=actor,
            at=clock.at(start, 9),
        )  # fmt: skip


def _issue_show(b: Built, show: Inst, month: date, at: datetime, *, leave_one: bool) -> None:
    """示范园：draft, look, issue; this month one class is still to be done."""
    actor = b.people.director(show.id)
    inst = Institution.all_rows.get(pk=show.id)
    draft = draft_month(actor.scope, inst, month, at.date())
    last = max(r.id for r in show.rooms)
    ids = [r.child_id for r in draft.ready if not (leave_one and r.class_group_id == last)]
    if ids:
        services.issue_month(
            institution_id=show.id, month=month, child_ids=ids, digest=draft.digest, by=actor, at=at
        )


def _pay(b: Built, rng: random.Random, this: date) -> None:
    """收款：last months nearly all paid; this month many, some in part."""
    due = BillLine.all_rows.order_by("bill_id").values_list(
        "bill_id", "child_id", "institution_id", "region_code", "bill__month"
    )
    rows: list[tuple[object, ...]] = []
    numbers: dict[tuple[int, date], int] = {}
    today = b.city.now.date()
    first = {m: workdays.days_of(m)[0] for m in (add_months(this, -n) for n in range(3))}
    for bill, child, inst, region, month, fen in due.annotate(fen=Sum("amount_fen")):
        share = _share(rng, month, this)
        day = first[month] + timedelta(days=rng.randrange(1, 6))
        amount = fen * share // 1000 // 100 * 100 if share < 1000 else fen
        method = rng.choice(Method.values)
        if amount <= 0 or day > today:
            continue
        number = numbers[inst, day] = numbers.get((inst, day), 0) + 1
        receipt = f"{inst}-{day:%Y%m%d}-{number:04d}"
        rows.append(
            (len(rows) + 1, bill, child, inst, region, amount, method, day, receipt, "", None,
             clock.at(day, 17, 5), b.cast.director[inst], b.cast.names[b.cast.director[inst]])
        )  # fmt: skip
    columns = ("id", "bill_id", "child_id", "institution_id", "region_code", "amount_fen",
               "method", "paid_on", "receipt_no", "note", "reverses_id", "made_at", "made_by",
               "made_by_name")  # fmt: skip
    copy_rows("billing_payment", columns, rows)
    set_sequences(["billing_payment"])


def _share(rng: random.Random, month: date, this: date) -> int:
    """缴了几成（千分之）。"""
    drawn = rng.random()
    if month < add_months(this, -1):
        return 1000
    if month < this:
        return 1000 if drawn < 0.93 else 500 if drawn < 0.97 else 0
    return 1000 if drawn < 0.62 else 500 if drawn < 0.74 else 0


def _put_right(b: Built, show: Inst, this: date) -> None:
    """示范园的一笔更正：after payment, the difference is to be given back."""
    actor = b.people.director(show.id)
    found = Bill.all_rows.filter(
        institution_id=show.id, month=add_months(this, -1),
        lines__kind=LineKind.CHARGE, lines__item_kind="meal", lines__amount_fen__gte=4_000,
    )  # fmt: skip
    bill = found.order_by("id").first()  # by the hour there is no meal to put right
    if bill is None:
        return
    at = clock.at(workdays.before(b.city.now.date(), 2), 11, 10)
    services.correct_bill(
        bill_id=bill.pk, item_kind="meal", amount_fen=-4_000,
        reason="家长提前请假两天，伙食费多计", by=actor, at=at,
    )  # fmt: skip


def _ask_county(b: Built, show: Inst) -> None:
    """收费备案的几种状态：waiting, refused by the county, accepted."""
    today = b.city.now.date()
    mine = [i for i in b.institutions if i.unit.code == show.unit.code and i.status == "filed"]
    mine = [i for i in mine if i.id != show.id][:2]
    start = add_months(today.replace(day=1), 1)
    for inst, back, step in [(show, 1, ""), *zip(mine, (3, 5), ("refuse", "accept"), strict=False)]:
        at = clock.at(workdays.before(today, back), 9, 40)
        by = b.people.director(inst.id)
        filing = services.file_fees(
            institution_id=inst.id, from_on=start, evidence="成本测算表与家长会纪要（虚构）",
            items=_wish(inst, at, above=step != "accept"), by=by, at=at,
        )  # fmt: skip
        officer = b.people.officer(inst.unit.code)
        decided = workdays.add(at, 1)
        if step == "accept":
            services.accept_filing(filing_id=filing.pk, by=officer, at=decided)
        elif step:
            services.move_filing(
                filing_id=filing.pk, name=step, by=officer, at=decided,
                opinion="涨幅没有成本依据，请与家长协商后另行申报",
            )  # fmt: skip


def _wish(inst: Inst, at: datetime, *, above: bool) -> list[NewItem]:
    """申报的价格：above the cap (or far above the price in force), or the same price kept."""
    fees = monthly_care(tariff_of(inst.id, at.date()))
    kind, now = next(iter(fees.items()))
    cap = Caps(at.date(), at.date()).of(inclusive=bool(inst.recognised))
    asked = (cap.fen or now) + 30_000 if above else min(now, cap.fen or now)
    return [
        NewItem(kind="care", unit="month", price_fen=asked, class_type=kind),
        NewItem(kind="material", unit="month", price_fen=5_000, is_elective=True),
    ]
