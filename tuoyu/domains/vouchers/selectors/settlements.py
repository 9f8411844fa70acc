"""核销结算的读取。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.vouchers.models import Redemption, SettlementList, Voucher
from tuoyu.domains.vouchers.states import SETTLEMENT_CASE, Account


@dataclass(frozen=True)
class Settled:
    """一张结算单与它的办件。"""

    row: SettlementList
    case: Case


def list_settlements(scope: Scope, *, institution_id: int | None = None) -> list[Settled]:
    """结算单，newest month first."""
    rows = SettlementList.objects.visible_to(scope).select_related("campaign")
    if institution_id is not None:
        rows = rows.filter(institution_id=institution_id)
    found = list(rows.order_by("-month", "institution_id", "number")[:200])
    cases = _cases(scope, [r.pk for r in found])
    return [Settled(r, cases[r.pk]) for r in found if r.pk in cases]


def access_settlement(scope: Scope, settlement_id: int) -> Settled:
    """取一张结算单。"""
    row = (
        SettlementList.objects.visible_to(scope)
        .select_related("campaign")
        .filter(pk=settlement_id)
        .first()
    )
    if row is None:
        raise NotFound
    return Settled(row, _cases(scope, [row.pk])[row.pk])


def _cases(scope: Scope, ids: list[int]) -> dict[int, Case]:
    rows = Case.objects.visible_to(scope).filter(type=SETTLEMENT_CASE, subject_id__in=ids)
    return {c.subject_id or 0: c for c in rows}


def list_redemptions(
    scope: Scope, *, settlement: SettlementList | None = None, month: date | None = None
) -> QuerySet[Redemption]:
    """核销明细：of one settlement, or of one month."""
    rows = Redemption.objects.visible_to(scope).select_related("voucher", "campaign")
    if settlement is not None:
        rows = rows.filter(settlement=settlement)
    if month is not None:
        rows = rows.filter(at__year=month.year, at__month=month.month)
    return rows.order_by("-at", "pk")


def find_redemption(scope: Scope, voucher_id: int) -> Redemption | None:
    """一张券现有的核销；None before it and after its reversal."""
    return list_redemptions(scope).filter(voucher_id=voucher_id, reversed_at=None).first()


def access_redemption(scope: Scope, voucher_id: int) -> Redemption:
    """取一笔核销。"""
    found = list_redemptions(scope).filter(voucher_id=voucher_id, reversed_at=None).first()
    if found is None:
        raise NotFound
    return found


def list_held(scope: Scope, institution_id: int) -> list[Voucher]:
    """本机构正锁定的券。"""
    rows = Voucher.objects.visible_to(scope).filter(
        institution_id=institution_id, state=Account.HELD
    )
    return list(rows.select_related("campaign").order_by("held_until"))


def unsettled_months(scope: Scope, before: date) -> list[date]:
    """还有核销没结算的月份（本月除外）。"""
    rows = Redemption.objects.visible_to(scope).filter(
        settlement=None, reversed_at=None, at__date__lt=before
    )
    return [d.date().replace(day=1) if hasattr(d, "date") else d for d in
            rows.order_by().datetimes("at", "month")]  # fmt: skip
