"""托育券的违规与近似：planned with the other checks, done through the services in September.

A special campaign ends on a Saturday midnight late in the month, so that "the last two days" lie in
the month that the checks look at. What is disguised the rules are expected to miss, and a rightful
rush they are expected to take for a planted one: the figures shown are honest for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.domains.attendance.models import DaySheet, DayStatus, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.billing import services as billing
from tuoyu.domains.billing.models import Bill, Payment
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.vouchers.figures import RULE
from tuoyu.sim.draws import stream, uuid_of
from tuoyu.sim.frauds import Fraud
from tuoyu.sim.state import Built

if TYPE_CHECKING:
    from tuoyu.sim.checks import Planner
    from tuoyu.sim.children import Kid

CLAIMED_ON = date(2025, 6, 30)  # 90 days later, on 28 September, the campaign's vouchers end
LAST_DAY, DAY_BEFORE = date(2025, 9, 26), date(2025, 9, 25)
LEAST, MOST, FEW = 11, 13, 2


@dataclass(frozen=True)
class Deed:
    """一处布置：``late`` redeem in the last two days, the others before; ``kept`` is how many days
    of attendance are left standing afterwards (None: all).
    """

    rule: str
    told: tuple[str, str, str]
    near: bool
    many: int
    late: int = 0
    kept: int | None = None


DEEDS = (
    Deed("redemption_rush",
         ("rush", "末日集中核销", "先冲正收款，到期前一日把全园的券一次核销"),
         near=False, many=MOST, late=MOST),
    Deed("redemption_rush",
         ("rush_disguised", "分散到几天的集中核销", "同上，一半提前几天办"),
         near=False, many=MOST, late=6),
    Deed("redemption_rush",
         ("near_reminded", "到期前提醒家长", "园方提醒以后，家长在到期前一日自己来用"),
         near=True, many=LEAST, late=LEAST),
    Deed("redemption_rush",
         ("near_some_late", "有早有晚", "一部分家长到期前才想起来"),
         near=True, many=LEAST, late=5),
    Deed("voucher_idle",
         ("voucher_idle", "用券以后考勤全部更正为缺勤", "核销时有到托，核销后整月改为缺勤"),
         near=False, many=FEW, kept=0),
    Deed("voucher_idle",
         ("voucher_idle_disguised", "用券以后只留一天到托", "同上，留下一天"),
         near=False, many=FEW, kept=1),
    Deed("voucher_idle",
         ("near_corrected_days", "用券以后更正几天", "误点的几天据实更正，其余到托不变"),
         near=True, many=FEW, kept=9),
)  # fmt: skip


def plan_vouchers(p: Planner) -> None:
    """选定机构与儿童；only in a city whose pack has the voucher, and with its months simulated."""
    if RULE not in current_book().rules or p.month != LAST_DAY.replace(day=1):
        return
    for deed in DEEDS:
        inst = p.take(lambda i: len(_able(p, i.id)) >= deed.many and _recognised(i))  # noqa: B023
        if inst is None:
            continue
        chosen = p.rng.sample(_able(p, inst.id), deed.many)
        p.tell(deed.rule, deed.told, [inst.id], near=deed.near, kids=chosen)


def _able(p: Planner, inst: int) -> list[Kid]:
    return [k for k in p.kids.get(inst, []) if k.stays[0].start <= CLAIMED_ON and _young(k)]


def _young(kid: Kid) -> bool:
    return (CLAIMED_ON - kid.born).days < 34 * 30


def _recognised(inst: object) -> bool:
    spans: list[tuple[date, date]] = getattr(inst, "recognised", [])
    return any(a <= CLAIMED_ON and b > LAST_DAY + timedelta(days=30) for a, b in spans)


def planned(b: Built) -> list[tuple[Deed, Fraud]]:
    """真相文件里的布置。"""
    told = {f.kind: f for f in (*b.plot.frauds, *b.plot.near)}
    return [(d, told[d.told[0]]) for d in DEEDS if d.told[0] in told]


def use_planted(
    b: Built,
    deed: Deed,
    fraud: Fraud,
    redeem: Callable[[int, int, datetime], None],
    director: Actor,
) -> None:
    """核销：``redeem`` takes child, bill and moment."""
    month = LAST_DAY.replace(day=1)
    bills = {
        bill.child_id: bill
        for bill in Bill.all_rows.filter(
            month=month, institution_id=fraud.institution_ids[0], child_id__in=fraud.child_ids
        )
    }
    for n, child in enumerate(fraud.child_ids):
        bill = bills.get(child)
        if bill is None:
            continue
        day = LAST_DAY if n < deed.late else workdays.before(DAY_BEFORE, 1 + n % 3)
        at = clock.at(day, 14) + timedelta(minutes=9 * n)
        _unpay(bill, director, at - timedelta(hours=1))
        redeem(child, bill.pk, at)
        if deed.kept is not None:
            _correct(b, child, fraud.institution_ids[0], deed.kept)


def _unpay(bill: Bill, director: Actor, at: datetime) -> None:
    """退还已收的钱，改用托育券。"""
    mine = Payment.all_rows.filter(bill=bill)
    undone = set(mine.exclude(reverses=None).values_list("reverses_id", flat=True))
    for paid in mine.filter(reverses=None, amount_fen__gt=0).exclude(pk__in=undone):
        billing.reverse_payment(
            payment_id=paid.pk, reason="退还家长，改用托育券", by=director, at=at
        )


def _correct(b: Built, child: int, inst: int, kept: int) -> None:
    """核销以后更正考勤：all present days after the first ``kept``."""
    month = LAST_DAY.replace(day=1)
    rows = DaySheet.all_rows.filter(
        child_id=child, institution_id=inst, status=DayStatus.PRESENT,
        day__gte=month, day__lt=b.city.now.date().replace(day=1),
    )  # fmt: skip
    days = list(rows.order_by("day").values_list("day", flat=True))[kept:]
    at = clock.at(workdays.before(b.city.now.date(), 6), 17, 40)
    rng = stream(b.seed, f"voucher-idle:{child}")
    events = [
        NewEvent(
            child, EventKind.CORRECT, at, Method.DESK,
            id=uuid_of(rng, int(at.timestamp() * 1000)), day=day,
            user_id=b.cast.director[inst], reason="核对签到表后更正", set_status=DayStatus.ABSENT,
        )
        for day in days
    ]  # fmt: skip
    if events:
        record(institution_id=inst, events=events, at=at)
