"""收款账户与应收回：a new account takes two persons; money back names its bank reference."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.funds import services
from tuoyu.domains.funds.models import PayeeAccount
from tuoyu.domains.funds.models.payments import AccountState
from tuoyu.domains.funds.selectors import payments
from tuoyu.ends.government.paging import SIZES, page_of
from tuoyu.ends.government.views.payment_words import RepaidForm, programme_name, read, tabs
from tuoyu.ui.words import yuan

VIEW, PREPARE, RELEASE = "funds:payment:view", "funds:batch:prepare", "funds:batch:release"


class AccountForm(forms.Form):
    """登记收款账户。"""

    payee = forms.CharField(
        label="收款方",
        max_length=80,
        help_text="机构全称；付款单里已有的个人、院校、保险机构填其名称",
    )
    holder = forms.CharField(label="户名", max_length=80)
    bank = forms.CharField(label="开户行", max_length=80)
    bank_code = forms.CharField(label="支付系统行号", max_length=12, help_text="12 位数字")
    account = forms.CharField(label="账号", max_length=40, help_text="8 到 34 位数字")
    reason = forms.CharField(label="依据", max_length=120, help_text="如 账户证明、变更申请的编号")


@page(VIEW, title="收款账户")
def accounts(request: Request) -> HttpResponse:
    """收款账户：numbers masked."""
    listed = page_of(request, payments.list_accounts(request.actor.scope))
    user = request.actor.user_id
    context = {
        "page_title": "收款账户",
        "tabs": tabs("payment_accounts"),
        "listed": listed,
        "sizes": SIZES,
        "rows": [(a, _may_confirm(a, user, request.actor.may(RELEASE))) for a in listed],
        "form": AccountForm() if request.actor.may(PREPARE) else None,
    }
    return render(request, "government/payment_accounts.html", context)


def _may_confirm(account: PayeeAccount, user: int | None, may: bool) -> bool:
    return may and account.state == AccountState.PROPOSED and account.proposed_by != user


@page(PREPARE, title="登记收款账户", log="登记收款账户", methods=("POST",))
def propose(request: Request) -> HttpResponse:
    """登记或更正，待复核。"""
    given = read(AccountForm(request.POST))
    owner = payments.find_payee(request.actor.scope, given["payee"].strip())
    made = services.propose_account(
        payee=services.Payee(owner.kind, owner.id, owner.name),
        holder=given["holder"],
        bank=given["bank"],
        bank_code=given["bank_code"],
        account=given["account"],
        region_code=owner.region_code,
        institution_id=owner.institution_id,
        reason=given["reason"],
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{owner.name} 尾号 {made.tail}"
    messages.success(request, f"已登记{owner.name}的收款账户，待另一位拨付岗复核后启用")
    return redirect("government:payment_accounts")


@page(RELEASE, title="复核收款账户", log="复核收款账户", methods=("POST",))
def confirm(request: Request, account_id: int) -> HttpResponse:
    """复核通过。"""
    found = services.confirm_account(account_id=account_id, by=request.actor, at=clock.now())
    request.audit_note = f"{found.holder} 尾号 {found.tail}"
    messages.success(request, f"{found.holder}（尾号 {found.tail}）已启用")
    return redirect("government:payment_accounts")


@page(RELEASE, title="退回收款账户", log="退回收款账户", methods=("POST",))
def refuse(request: Request, account_id: int) -> HttpResponse:
    """退回。"""
    found = services.refuse_account(account_id=account_id, by=request.actor, at=clock.now())
    request.audit_note = f"{found.holder} 尾号 {found.tail}"
    messages.success(request, f"{found.holder}（尾号 {found.tail}）已退回")
    return redirect("government:payment_accounts")


@page(VIEW, title="应收回")
def receivables(request: Request) -> HttpResponse:
    """应收回名单。"""
    listed = page_of(request, payments.list_receivables(request.actor.scope))
    context = {
        "page_title": "应收回",
        "tabs": tabs("payment_receivables"),
        "listed": listed,
        "sizes": SIZES,
        "rows": [(r, programme_name(r.programme)) for r in listed],
    }
    return render(request, "government/payment_receivables.html", context)


@page(VIEW, title="一笔应收回")
def receivable(request: Request, receivable_id: int) -> HttpResponse:
    """一笔应收回及其收回记录。"""
    found = payments.access_receivable(request.actor.scope, receivable_id)
    may = found.left_fen > 0 and found.is_claimed and request.actor.may(PREPARE)
    context = {
        "page_title": found.payee_name,
        "crumbs": [{"title": t["title"], "url": t["url"]} for t in tabs("")[2:3]],
        "receivable": found,
        "programme": programme_name(found.programme),
        "recoveries": list(found.recoveries.select_related("order").order_by("pk")),
        "facts": [
            {"name": "应收回（元）", "text": yuan(found.amount_fen), "note": ""},
            {"name": "已收回（元）", "text": yuan(found.amount_fen - found.left_fen), "note": ""},
            {"name": "尚未收回（元）", "text": yuan(found.left_fen), "note": ""},
        ],
        "form": RepaidForm() if may else None,
    }
    return render(request, "government/payment_receivable.html", context)


@page(PREPARE, title="登记退回", log="登记退回", methods=("POST",))
def repaid(request: Request, receivable_id: int) -> HttpResponse:
    """登记退回到账。"""
    given = read(RepaidForm(request.POST))
    made = services.repaid(
        receivable_id=receivable_id,
        amount_fen=given["amount"],
        bank_ref=given["bank_ref"],
        on=given["on"],
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"流水号 {made.bank_ref} {yuan(made.amount_fen)} 元"
    messages.success(request, f"已登记退回 {yuan(made.amount_fen)} 元")
    return redirect("government:payment_receivable", receivable_id)
