"""账单的读取：lists with what is paid and left, one bill, a child's year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum

from tuoyu.core import clock
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.billing.models import Bill, BillLine, ItemKind, LineKind, Payment
from tuoyu.domains.billing.rules import is_overdue
from tuoyu.domains.billing.selectors.money import Standing, standings
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.institutions.models import Institution

STATES = {
    "unpaid": ("未缴", "warn"),
    "part": ("部分缴", "info"),
    "paid": ("已缴清", "ok"),
    "back": ("应退", "accent"),
}


def state_of(s: Standing) -> str:
    """缴费状态：derived, never stored."""
    if s.left_fen == 0:
        return "paid"
    if s.left_fen < 0:
        return "back"
    return "part" if s.paid_fen > 0 else "unpaid"


@dataclass(frozen=True)
class BillRow:
    """账单一行。"""

    bill: Bill
    name: str
    standing: Standing
    state: str
    institution: str = ""
    late_days: int = 0

    @property
    def state_title(self) -> str:
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        return STATES[self.state][1]


def access_bill(scope: Scope, bill_id: int) -> Bill:
    """取一张账单；outside the scope it is not found."""
    found = Bill.objects.visible_to(scope).filter(pk=bill_id).first()
    if found is None:
        raise NotFound
    return found


def access_payment(scope: Scope, payment_id: int) -> Payment:
    """取一笔收款记录。"""
    found = Payment.objects.visible_to(scope).select_related("bill").filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def list_bills(
    scope: Scope, institution_id: int, *, month: date | None = None, state: str = ""
) -> list[BillRow]:
    """本机构的账单：of one month, or all of a state; newest month first."""
    rows = Bill.objects.visible_to(scope).filter(institution_id=institution_id)
    if month is not None:
        rows = rows.filter(month=month)
    found = _rows(scope, rows.order_by("-month", "class_group_id", "id")[:4000])
    return [r for r in found if not state or r.state == state]


def list_child_bills(scope: Scope, child_id: int) -> list[BillRow]:
    """一名儿童的账单，newest first."""
    rows = Bill.objects.visible_to(scope).filter(child_id=child_id)
    return _rows(scope, rows.order_by("-month", "-id")[:120])


def _rows(scope: Scope, bills: Iterable[Bill]) -> list[BillRow]:
    listed, today = list(bills), clock.today()
    names = names_of_enrolled(scope, {b.child_id for b in listed})
    found = standings([b.pk for b in listed])
    places = Institution.objects.unscoped(reason="机构信息公开")
    titles = dict(
        places.filter(pk__in={b.institution_id for b in listed}).values_list("pk", "name")
    )
    return [
        BillRow(
            b,
            names.get(b.child_id, "儿童"),
            found[b.pk],
            state_of(found[b.pk]),
            titles.get(b.institution_id, ""),
            late_days(b, found[b.pk], today),
        )
        for b in listed
    ]


def late_days(bill: Bill, standing: Standing, today: date) -> int:
    """逾期几天；0 when it is not."""
    if bill.due_on is None or not is_overdue(bill.due_on, standing.left_fen, today):
        return 0
    return (today - bill.due_on).days


def standing_of_bill(bill: Bill) -> Standing:
    """一张账单的现状。"""
    return standings([bill.pk])[bill.pk]


def list_lines(bill: Bill) -> list[BillLine]:
    """账单行，in order of making."""
    return list(BillLine.all_rows.filter(bill=bill).order_by("id"))


def list_payments(bill: Bill) -> list[Payment]:
    """收款记录，with which of them were reversed."""
    return list(Payment.all_rows.filter(bill=bill).select_related("reverses").order_by("id"))


@dataclass(frozen=True)
class Four:
    """四行：what it costs, what is waived, what the voucher takes, what is left."""

    cost_fen: int
    waived_fen: int
    voucher_fen: int
    left_fen: int
    paid_fen: int
    refund_fen: int


def four_of(s: Standing) -> Four:
    """四行：last month's refund has been taken off the cost already."""
    return Four(
        cost_fen=s.charged_fen + s.correction_fen - s.refund_fen,
        waived_fen=s.waived_fen,
        voucher_fen=s.voucher_fen,
        left_fen=s.left_fen,
        paid_fen=s.paid_fen,
        refund_fen=s.refund_fen,
    )


@dataclass
class Year:
    """一年的缴费：by month, with sums."""

    year: int
    rows: list[BillRow] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    care_refunded_fen: int = 0

    def total(self, name: str) -> int:
        return sum(getattr(r.standing, name) for r in self.rows)

    @property
    def charged_fen(self) -> int:
        return self.total("charged_fen") + self.total("correction_fen")

    @property
    def waived_fen(self) -> int:
        return self.total("waived_fen")

    @property
    def voucher_fen(self) -> int:
        return self.total("voucher_fen")

    @property
    def refund_fen(self) -> int:
        return self.total("refund_fen")

    @property
    def care_paid_fen(self) -> int:
        """保育费实缴：less what was given back for months of this year."""
        return self.total("care_paid_fen") - self.care_refunded_fen

    @property
    def paid_fen(self) -> int:
        return self.total("paid_fen")

    @property
    def left_fen(self) -> int:
        return self.total("left_fen")


def year_of(scope: Scope, child_id: int, year: int) -> Year:
    """年度缴费：the bills of the year's months, and every payment on them."""
    rows = Bill.objects.visible_to(scope).filter(
        child_id=child_id, month__gte=date(year, 1, 1), month__lte=date(year, 12, 1)
    )
    found = _rows(scope, rows.order_by("month", "id"))
    paid = Payment.objects.visible_to(scope).filter(bill__in=[r.bill.pk for r in found])
    back = BillLine.objects.visible_to(scope).filter(
        child_id=child_id,
        for_month__year=year,
        kind=LineKind.REFUND,
        item_kind=ItemKind.CARE,
    )
    refunded = -(back.aggregate(fen=Sum("amount_fen"))["fen"] or 0)
    return Year(year, found, list(paid.order_by("paid_on", "id")), refunded)


@dataclass(frozen=True)
class Totals:
    """合计。"""

    due_fen: int
    paid_fen: int
    left_fen: int
    count: int


def totals(rows: Iterable[BillRow]) -> Totals:
    """合计行。"""
    listed = list(rows)
    return Totals(
        sum(r.standing.due_fen for r in listed),
        sum(r.standing.paid_fen for r in listed),
        sum(r.standing.left_fen for r in listed),
        len(listed),
    )
