"""给其他资金业务的读数：what was really charged, paid, waived in a child's month.

None means that no bill was issued: unknown, never zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from tuoyu.domains.billing.models import Bill, BillLine, ItemKind, LineKind, Payment


@dataclass(frozen=True)
class Standing:
    """一张账单的现状（分）。``care_*`` are of its care fee."""

    bill_id: int
    charged_fen: int
    waived_fen: int
    voucher_fen: int
    refund_fen: int
    correction_fen: int
    paid_fen: int
    care_charged_fen: int
    care_waived_fen: int
    care_voucher_fen: int
    care_corrected_fen: int

    @property
    def due_fen(self) -> int:
        """应缴：charges less everything that lowers them."""
        return (
            self.charged_fen
            - self.waived_fen
            - self.voucher_fen
            - self.refund_fen
            + self.correction_fen
        )

    @property
    def left_fen(self) -> int:
        """未缴；negative is to be given back."""
        return self.due_fen - self.paid_fen

    @property
    def care_due_fen(self) -> int:
        """保育费应缴：after waiver, correction and voucher."""
        return max(
            0,
            self.care_charged_fen
            + self.care_corrected_fen
            - self.care_waived_fen
            - self.care_voucher_fen,
        )

    @property
    def care_paid_fen(self) -> int:
        """保育费实缴：money received counts for the care fee first."""
        return max(0, min(self.care_due_fen, self.paid_fen))

    @property
    def deductible_fen(self) -> int:
        """券还能抵多少：what is left of the care fee and not yet paid."""
        return max(0, min(self.care_due_fen, self.left_fen))


def standings(bill_ids: Iterable[int]) -> dict[int, Standing]:
    """许多账单的现状，in two queries."""
    ids = list(bill_ids)
    sums: dict[int, dict[str, int]] = {i: defaultdict(int) for i in ids}
    lines = BillLine.all_rows.filter(bill_id__in=ids).order_by()
    for bill, kind, item, fen in lines.values_list("bill_id", "kind", "item_kind").annotate(
        fen=Sum("amount_fen")
    ):
        sums[bill][kind] += fen
        if item == ItemKind.CARE:
            sums[bill][f"care_{kind}"] += fen
    paid = Payment.all_rows.filter(bill_id__in=ids).order_by().values_list("bill_id")
    for bill, fen in paid.annotate(fen=Sum("amount_fen")):
        sums[bill]["paid"] = fen
    return {i: _standing(i, s) for i, s in sums.items()}


def _standing(bill_id: int, s: dict[str, int]) -> Standing:
    return Standing(
        bill_id=bill_id,
        charged_fen=s[LineKind.CHARGE],
        waived_fen=-s[LineKind.WAIVER],
        voucher_fen=-s[LineKind.VOUCHER],
        refund_fen=-s[LineKind.REFUND],
        correction_fen=s[LineKind.CORRECTION],
        paid_fen=s["paid"],
        care_charged_fen=s["care_charge"],
        care_waived_fen=-s["care_waiver"],
        care_voucher_fen=-s["care_voucher"],
        care_corrected_fen=s["care_correction"],
    )


def find_bill(child_id: int, institution_id: int, month: date) -> Bill | None:
    """某儿童某月在某机构的账单。"""
    return Bill.all_rows.filter(
        child_id=child_id, institution_id=institution_id, month=month.replace(day=1)
    ).first()


def standing_of(child_id: int, institution_id: int, month: date) -> Standing | None:
    """某儿童某月的账单现状。"""
    bill = find_bill(child_id, institution_id, month)
    return None if bill is None else standings([bill.pk])[bill.pk]


def charged_care_fee(child_id: int, institution_id: int, month: date) -> int | None:
    """已出账的保育费（分）：less waivers, before any voucher; None when no bill."""
    found = standing_of(child_id, institution_id, month)
    return None if found is None else found.care_due_fen + found.care_voucher_fen


def paid_care_fee(child_id: int, institution_id: int, month: date) -> int | None:
    """家庭实缴保育费（分）：what was charged and received, less what was refunded for that month.

    Without waivers and vouchers, which the family did not pay. None when no bill.
    """
    found = standing_of(child_id, institution_id, month)
    if found is None:
        return None
    back = BillLine.all_rows.filter(
        child_id=child_id,
        institution_id=institution_id,
        for_month=month.replace(day=1),
        kind=LineKind.REFUND,
        item_kind=ItemKind.CARE,
    ).aggregate(fen=Sum("amount_fen"))["fen"]
    return max(0, found.care_paid_fen + (back or 0))


def waived(child_id: int, institution_id: int, month: date) -> int | None:
    """已减免保育费（分）；None when no bill."""
    found = standing_of(child_id, institution_id, month)
    return None if found is None else found.care_waived_fen


def waived_many(institution_id: int, month: date) -> dict[int, int]:
    """一个机构当月每名儿童的减免（分）：children with a bill; zero where nothing was waived."""
    rows = Bill.all_rows.filter(institution_id=institution_id, month=month.replace(day=1))
    sums = (
        rows.order_by()
        .values_list("child_id")
        .annotate(fen=Sum("lines__amount_fen", filter=Q(lines__kind=LineKind.WAIVER), default=0))
    )
    return {child: -fen for child, fen in sums}
