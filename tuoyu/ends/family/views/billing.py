"""费用：what it costs, what is waived, what the voucher takes, what is left, in four lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.billing.models import BillLine, LineKind
from tuoyu.domains.billing.selectors import bills, prices
from tuoyu.domains.children.selectors import access_child
from tuoyu.ends.family import reads
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show
from tuoyu.ui.words import yuan

VIEW = "family:fee:view"
COST = (LineKind.CHARGE, LineKind.CORRECTION, LineKind.REFUND)


@dataclass(frozen=True)
class FourLine:
    """四行中的一行。``how`` are the sums behind it."""

    title: str
    fen: int
    how: list[str]
    is_less: bool = False
    is_result: bool = False


def four_lines(row: bills.BillRow) -> list[FourLine]:
    """四行，each with 怎么算的。"""
    lines = bills.list_lines(row.bill)
    four = bills.four_of(row.standing)
    cost = FourLine("本月费用", four.cost_fen, _how(lines, *COST))
    waived = FourLine(
        "减免",
        four.waived_fen,
        _how(lines, LineKind.WAIVER) or ["本月没有减免；特殊家庭的身份核验后自动减免"],
        is_less=True,
    )
    voucher = FourLine(
        "托育券抵扣",
        four.voucher_fen,
        _how(lines, LineKind.VOUCHER) or ["本月没有用托育券"],
        is_less=True,
    )
    sums = f"{yuan(four.cost_fen)} − {yuan(four.waived_fen)} − {yuan(four.voucher_fen)}"
    told = [f"{sums} = 应缴 {yuan(row.standing.due_fen)} 元，已缴 {yuan(four.paid_fen)} 元"]
    title = "园里应退您" if four.left_fen < 0 else "还要缴"
    return [cost, waived, voucher, FourLine(title, abs(four.left_fen), told, is_result=True)]


def _how(lines: list[BillLine], *kinds: str) -> list[str]:
    return [f"{li.label} {yuan(li.amount_fen)} 元：{li.why}" for li in lines if li.kind in kinds]


@page(VIEW, title="费用")
def fees(request: Request) -> HttpResponse:
    """费用：the latest bill in four lines, then every month."""
    if not own_children(request):
        return show(request, "family/nobody.html", "费用")
    picked = chosen(request)
    rows = bills.list_child_bills(request.actor.scope, picked.child.pk)
    return show(
        request,
        "family/fees.html",
        "费用",
        picked,
        latest=rows[0] if rows else None,
        four=four_lines(rows[0]) if rows else [],
        rows=rows,
        years=sorted({r.bill.month.year for r in rows}, reverse=True),
        filed=_filed(picked),
        back_url=reverse("family:services"),
    )


def _filed(picked: Chosen) -> list[Any]:
    """本班的备案价，the same table that the public sees."""
    if picked.enrolment is None:
        return []
    kind, form = picked.enrolment.class_group.class_type, picked.enrolment.form
    tariff = prices.tariff_of(picked.enrolment.institution_id, clock.today())
    return [p for p in tariff.prices if p.class_type in (kind, "") and p.form == form]


@page(VIEW, title="账单")
def bill(request: Request, bill_id: int) -> HttpResponse:
    """一张账单：four lines, payments, how refunds are made."""
    scope = request.actor.scope
    found = bills.access_bill(scope, bill_id)
    child = access_child(scope, found.child_id)
    row = next(r for r in bills.list_child_bills(scope, child.pk) if r.bill.pk == bill_id)
    picked = Chosen(child, reads.enrolment_of(scope, child.pk, clock.today()))
    return show(
        request,
        "family/fee_bill.html",
        f"{found.month.month} 月账单",
        picked,
        row=row,
        four=four_lines(row),
        payments=bills.list_payments(found),
        refunds=prices.refund_words(found.institution_id, found.month),
        back_url=f"{reverse('family:fees')}?child={child.pk}",
    )


@page(VIEW, title="年度缴费证明", log="打印年度缴费单", sensitive=True)
def year(request: Request, year: int) -> HttpResponse:
    """年度缴费单（打印）。"""
    if not 2000 <= year <= clock.today().year + 1:
        raise NotFound
    picked = chosen(request)
    request.audit_persons = [picked.child.pk]
    found = bills.year_of(request.actor.scope, picked.child.pk, year)
    context = {
        "page_title": f"{year} 年缴费单",
        "print_title": f"{year} 年托育缴费单",
        "print_region": "、".join(dict.fromkeys(r.institution for r in found.rows)) or "—",
        "print_period": f"{year} 年",
        "print_unit": "元",
        "portrait": True,
        "back_url": f"{reverse('family:fees')}?child={picked.child.pk}",
        "name": picked.child.name,
        "year": found,
    }
    return render(request, "family/fee_year.html", context)
