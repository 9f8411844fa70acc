"""核销台：scan or type, see what it takes, confirm. Then the list and the settlement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.figures import has_vouchers
from tuoyu.domains.vouchers.selectors import settlements
from tuoyu.domains.vouchers.services.desk import access_held
from tuoyu.domains.vouchers.states import Account
from tuoyu.ui.words import yuan

USE = "voucher:desk:use"
GUESSES = ("wrong-code", "qr-forged")


@page(USE, title="托育券核销", log="锁定托育券", methods=("GET", "POST"))
def desk(request: Request) -> HttpResponse:
    """核销台。A wrong code is answered on the page, so that the attempt stays counted."""
    if request.method == "POST" and has_vouchers(current_book()):
        text, now = request.POST.get("code", "")[:120], clock.now()
        key = f"hold:{request.POST.get('submit_key') or f'{now:%Y%m%d%H%M%S%f}'}"
        try:
            found = services.hold(text=text, key=key, by=request.actor, at=now)
        except DomainError as error:
            if error.code in GUESSES:
                services.note_wrong(by=request.actor, at=now)
            request.audit_note = f"没有锁定：{error.text}"[:200]
            return _desk(request, error.text)
        request.audit_persons = [found.child_id]
        request.audit_note = f"第 {found.number} 号"
        return redirect("institution:voucher", found.pk)
    return _desk(request, "")


def _desk(request: Request, error: str) -> HttpResponse:
    scope, today, here = request.actor.scope, clock.today(), request.actor.institution_id
    done = list(settlements.list_redemptions(scope, month=today)[:200])
    context = {
        "page_title": "托育券核销",
        "exists": has_vouchers(current_book()),
        "error": error,
        "held": settlements.list_held(scope, here),
        "done": [(r, _name(request, r.child_id)) for r in done],
        "count": sum(r.reversed_at is None for r in done),
        "total_fen": sum(r.amount_fen for r in done if r.reversed_at is None),
        "month_no": today.month,
        "settled": settlements.list_settlements(scope, institution_id=here)[:24],
    }
    return render(request, "institution/vouchers.html", context)


def _name(request: Request, child_id: int) -> str:
    """机构内显示姓名；of one who has left only the number remains."""
    try:
        return access_child(request.actor.scope, child_id).name
    except DomainError:
        return "已离托儿童"


@page(USE, title="核销托育券", log="核销托育券", methods=("GET", "POST"))
def voucher(request: Request, voucher_id: int) -> HttpResponse:
    """一张锁定的券：what it takes, by month; confirm once."""
    found = access_held(request.actor, voucher_id)
    child = access_child(request.actor.scope, found.child_id)
    request.audit_persons = [child.pk]
    if request.method == "POST":
        done = services.redeem(
            book=current_book(),
            voucher_id=found.pk,
            bill_id=_number(request.POST.get("bill", "")),
            key=f"redeem:{found.pk}",
            by=request.actor,
            at=clock.now(),
        )
        request.audit_note = f"第 {found.number} 号抵扣 {yuan(done.amount_fen)} 元"
        messages.success(request, f"已核销：{child.name}的保育费少收 {yuan(done.amount_fen)} 元")
        return redirect("institution:vouchers")
    redemption = settlements.find_redemption(request.actor.scope, found.pk)
    context: dict[str, Any] = {
        "page_title": "核销托育券",
        "crumbs": [{"title": "托育券核销", "url": reverse("institution:vouchers")}],
        "voucher": found,
        "child": child,
        "is_held": found.state == Account.HELD,
        "redemption": redemption,
        "may_reverse": redemption is not None and redemption.settlement_id is None,
        "object": f"{child.name} · 第 {found.number} 号"
        + (f" · {yuan(redemption.amount_fen)} 元" if redemption else ""),
    }
    if found.state == Account.HELD:
        rows = services.reckon_all(
            book=current_book(), voucher=found, by=request.actor, at=clock.now()
        )
        context["rows"] = rows
        context["first"] = next((r for r in rows if not r.why_not), None)
    return render(request, "institution/voucher.html", context)


@page(USE, title="解锁托育券", log="解锁托育券", methods=("POST",))
def release(request: Request, voucher_id: int) -> HttpResponse:
    """解锁：not redeemed after all."""
    now = clock.now()
    found = access_held(request.actor, voucher_id)
    key = f"release:{found.pk}:{request.POST.get('submit_key') or f'{now:%Y%m%d%H%M%S%f}'}"
    services.release(voucher_id=found.pk, key=key, by=request.actor, at=now)
    request.audit_persons = [found.child_id]
    messages.success(request, "已解锁，家长可以再用")
    return redirect("institution:vouchers")


@page(USE, title="冲正核销", log="冲正托育券核销", methods=("POST",))
def undo(request: Request, voucher_id: int) -> HttpResponse:
    """冲正：wrongly redeemed; only until it is settled."""
    found = access_held(request.actor, voucher_id)
    done = services.reverse(
        redemption_id=services.redemption_of(found),
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_persons = [done.child_id]
    request.audit_note = f"第 {found.number} 号，{done.reversed_why}"
    messages.success(
        request, f"已冲正，账单恢复应缴 {yuan(done.amount_fen)} 元；家长在手机上看得到原因"
    )
    return redirect("institution:vouchers")


@page(USE, title="托育券结算单")
def settlement(request: Request, settlement_id: int) -> HttpResponse:
    """一张结算单的明细。"""
    found = settlements.access_settlement(request.actor.scope, settlement_id)
    rows = settlements.list_redemptions(request.actor.scope, settlement=found.row)
    context = {
        "page_title": f"{found.row.month.year} 年 {found.row.month.month} 月托育券结算",
        "crumbs": [{"title": "托育券核销", "url": reverse("institution:vouchers")}],
        "found": found,
        "rows": [(r, _name(request, r.child_id)) for r in rows],
        "unpaid_text": f"银行没有付成，待重新拨付。{found.row.unpaid_why}",
        "unpaid_more": "收款账户有误的，请把正确的账户报给财政拨付岗。",
    }
    return render(request, "institution/voucher_settlement.html", context)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 18 else 0
