"""核销台要看的：which fee this voucher may take from, how many days, and 怎么算的."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tuoyu.core.clock import day_of
from tuoyu.core.periods import month_of
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.billing.models import Bill
from tuoyu.domains.billing.selectors.money import Standing, standings
from tuoyu.domains.institutions.models import Institution, Recognition
from tuoyu.domains.policies.engine import Book, Outcome, evaluate_one, explain, resolve
from tuoyu.domains.vouchers.figures import RULE
from tuoyu.domains.vouchers.models import Campaign, Voucher
from tuoyu.domains.vouchers.rules import days_since


@dataclass(frozen=True)
class Fee:
    """一个月可抵的保育费。``days`` is attendance at this institution in that month."""

    bill_id: int
    month: date
    charged_fen: int
    deductible_fen: int
    days: int


@dataclass(frozen=True)
class Reckoned:
    """测算：what the voucher takes of one fee; ``why_not`` in Chinese when it may not."""

    fee: Fee
    amount_fen: int
    sentence: str
    told: dict[str, Any]
    why_not: str = ""

    @property
    def rest_fen(self) -> int:
        """抵后还应缴。"""
        return self.fee.deductible_fen - self.amount_fen


def recognised(institution_id: int, on: date) -> bool:
    """当日是否在普惠认定有效期内。"""
    rows = Recognition.objects.unscoped(reason="机构信息公开")
    return rows.filter(institution_id=institution_id, period__contains=on).exists()


def why_not_here(campaign: Campaign, institution_id: int, on: date) -> str:
    """为什么不能在这家机构用券；empty when it may."""
    inst = Institution.objects.unscoped(reason="机构信息公开").get(pk=institution_id)
    if inst.status != Institution.Status.FILED:
        return "本机构没有备案或已停用，不能核销托育券；请家长到已备案的普惠机构使用"
    if not recognised(institution_id, on):
        return "本机构当日不在普惠认定有效期内，不能核销托育券；请先办理认定或续期"
    if not inst.region_code.startswith(campaign.region_prefix):
        return "本机构不在这一批的适用范围内，不能核销"
    if campaign.kinds and inst.kind not in campaign.kinds:
        return "本机构的类型不在这一批的可用范围内，不能核销；请看批次说明"
    return ""


def open_fees(scope: Scope, child_id: int, institution_id: int, on: date) -> list[Fee]:
    """还有保育费可抵的账单，newest first; a month to come is not among them."""
    bills = list(
        Bill.objects.visible_to(scope)
        .filter(child_id=child_id, institution_id=institution_id, month__lte=on)
        .order_by("-month")[:6]
    )
    found = standings([b.pk for b in bills])
    days = {b.month: _days(child_id, institution_id, b.month) for b in bills}
    return [_fee(b, found[b.pk], days[b.month]) for b in bills]


def _fee(bill: Bill, standing: Standing, days: int) -> Fee:
    charged = standing.care_due_fen + standing.care_voucher_fen
    return Fee(bill.pk, bill.month, charged, standing.deductible_fen, days)


def _days(child_id: int, institution_id: int, month: date) -> int:
    """当月在本机构的到托天数。"""
    return DaySheet.all_rows.filter(
        child_id=child_id,
        institution_id=institution_id,
        day__year=month.year,
        day__month=month.month,
        status=DayStatus.PRESENT,
    ).count()


def reckon(book: Book, voucher: Voucher, fee: Fee, at: datetime) -> Reckoned:
    """怎么算的：min(face, what is left of the fee), by the policy engine, nothing by hand."""
    since = days_since(day_of(voucher.claimed_at), day_of(at))
    given = {
        "eligible": True,
        "serial": voucher.serial,
        "days_since_issue": since,
        "days": fee.days,
        "fee": fee.deductible_fen,
    }
    month, known = month_of(fee.month), day_of(at)
    told = explain(book, RULE, month, known, given)
    outcome = evaluate_one(resolve(book, RULE, month, known), given)
    amount = min(outcome.amount_fen or 0, voucher.face_fen)
    return Reckoned(fee, amount, str(told["why"]), told, _why_not(fee, outcome, told))


def _why_not(fee: Fee, outcome: Outcome, told: dict[str, Any]) -> str:
    name = f"{fee.month.year} 年 {fee.month.month} 月"
    if fee.days == 0:
        return f"{name}没有到托记录，不能用券；请先核对考勤，有漏记的按更正办理"
    if fee.deductible_fen == 0:
        return f"{name}的保育费已缴清或已抵完，没有可抵的金额；请选别的月份"
    if outcome.amount_fen is None:
        return f"{name}的抵扣金额待定，不能核销：{told['why']}"
    if outcome.amount_fen == 0:
        return f"不能核销：{told['why']}"
    return ""
