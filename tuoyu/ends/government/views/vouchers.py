"""托育券：campaigns prepared by one and opened by another, live figures, drill-down, settlement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.clock import ZONE
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.periods import month_start
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.institutions.selectors import list_names
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.figures import figures_of, has_vouchers
from tuoyu.domains.vouchers.selectors import campaigns, mine, settlements
from tuoyu.domains.vouchers.selectors.proof import prove
from tuoyu.domains.vouchers.services import Plan
from tuoyu.domains.vouchers.states import DRAFT, OPEN, Account, Mode
from tuoyu.ends.government.paging import SIZES, page_of
from tuoyu.ends.government.views import vouchers_words as words
from tuoyu.ui.words import yuan

VIEW, PREPARE, RUN = "voucher:campaign:view", "voucher:campaign:prepare", "voucher:campaign:open"


class PlanForm(forms.Form):
    """批次方案：face, quota and days are not asked: they come from the pack and its notices."""

    title = forms.CharField(label="批次名称", max_length=60)
    document = forms.CharField(
        label="依据文号", max_length=80, required=False, help_text="发放通知的文号；没有就不能开放"
    )
    mode = forms.ChoiceField(label="发放方式", choices=Mode.choices)
    claim_from = forms.DateTimeField(
        label="领取开始", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    claim_to = forms.DateTimeField(
        label="领取截止（不含）", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    per_child = forms.IntegerField(label="每孩限领（张）", min_value=1, required=False)
    min_months = forms.IntegerField(label="月龄满", min_value=0, max_value=35, required=False)
    max_months = forms.IntegerField(
        label="月龄到（未满）", min_value=1, max_value=36, required=False
    )
    kinds = forms.MultipleChoiceField(
        label="可用机构类型",
        choices=Kind.choices,
        required=False,
        help_text="不选即全部普惠认定机构",
        widget=forms.CheckboxSelectMultiple,
    )


@page(VIEW, title="托育券")
def listing(request: Request) -> HttpResponse:
    """批次一览。"""
    book = current_book()
    rows = campaigns.list_campaigns(drafts=True) if has_vouchers(book) else []
    context = {
        "page_title": "托育券",
        "exists": has_vouchers(book),
        "is_draft": book.pack.is_draft,
        "rows": rows,
        "facts": words.total_facts(rows),
        "may_prepare": has_vouchers(book) and request.actor.may(PREPARE),
    }
    return render(request, "government/vouchers.html", context)


@page(PREPARE, title="编制托育券批次", log="编制托育券批次", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """编制：the figures are shown with their sources, not asked."""
    book, today = current_book(), clock.today()
    if not has_vouchers(book):
        raise NotFound
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        given["mode"] = Mode(given["mode"])
        for name in ("claim_from", "claim_to"):
            given[name] = _local(given[name])
        plan = Plan(**given)
        made = services.prepare(book=book, plan=plan, by=request.actor, at=clock.now())
        request.audit_note = made.title
        messages.success(request, "已编制，待另一位主管复核开放")
        return redirect("government:voucher", made.pk)
    context = {
        "page_title": "编制托育券批次",
        "crumbs": [{"title": "托育券", "url": reverse("government:vouchers")}],
        "form": form,
        "figures": figures_of(book, today, today).values(),
    }
    return render(request, "government/voucher_new.html", context)


def _local(at: datetime) -> datetime:
    return at.replace(tzinfo=ZONE) if at.tzinfo is None else at.astimezone(ZONE)


@page(VIEW, title="托育券批次")
def detail(request: Request, campaign_id: int) -> HttpResponse:
    """一批：terms with sources, the six accounts, by unit and institution, the last entries."""
    scope, actor = request.actor.scope, request.actor
    row = campaigns.find_row(campaign_id, drafts=True)
    campaign = row.campaign
    names = unit_names()
    context = {
        "page_title": campaign.title,
        "crumbs": [{"title": "托育券", "url": reverse("government:vouchers")}],
        "row": row,
        "campaign": campaign,
        "case": services.case_of(campaign),
        "terms": words.terms(campaign),
        "accounts": words.accounts(row),
        "money": words.money(row.book),
        "faults": prove(campaign),
        "units": [(names.get(p.code, p.code), p) for p in campaigns.by_unit(scope, campaign)],
        "institutions": words.named(list_names(scope), campaigns.by_institution(scope, campaign)),
        "entries": campaigns.latest_entries(scope, campaign),
        "waiting": campaigns.count_waiting(scope, campaign),
        "may_open": campaign.state == DRAFT and actor.may(RUN),
        "may_close": campaign.state == OPEN and actor.may(RUN),
        "may_draw": words.may_draw(campaign, clock.now()) and actor.may(RUN),
        "object": f"{campaign.title} · {campaign.quota or '待定'} 张 · "
        f"{yuan(campaign.face_fen) if campaign.face_fen else '待定'} 元/张",
    }
    return render(request, "government/voucher.html", context)


@page(RUN, title="开放托育券批次", log="开放托育券批次", methods=("POST",))
def start(request: Request, campaign_id: int) -> HttpResponse:
    """复核开放。"""
    done = services.start(
        book=current_book(), campaign_id=campaign_id, by=request.actor, at=clock.now()
    )
    request.audit_note = done.title
    messages.success(request, f"已开放：{done.title}")
    return redirect("government:voucher", done.pk)


@page(RUN, title="停发托育券批次", log="停发托育券批次", methods=("POST",))
def close(request: Request, campaign_id: int) -> HttpResponse:
    """停发。"""
    done = services.close(
        campaign_id=campaign_id,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = done.title
    messages.success(request, "已停发；已领的券到期前仍可使用")
    return redirect("government:voucher", done.pk)


@page(RUN, title="摇号", log="托育券摇号", methods=("POST",))
def draw(request: Request, campaign_id: int) -> HttpResponse:
    """摇号：the seed and the order are public at once."""
    done = services.draw(campaign_id=campaign_id, by=request.actor, at=clock.now())
    request.audit_note = done.title
    messages.success(request, "已摇号并发放，种子与结果已公布")
    return redirect("government:voucher", done.pk)


@page(VIEW, title="托育券明细", log="查看托育券明细", sensitive=True)
def units(request: Request, campaign_id: int) -> HttpResponse:
    """逐张：behind every figure."""
    row = campaigns.find_row(campaign_id, drafts=True)
    asked = {k: request.GET.get(k, "")[:20] for k in ("state", "unit", "institution")}
    inst = int(asked["institution"]) if asked["institution"].isdecimal() else 0
    found = campaigns.list_vouchers(
        request.actor.scope,
        row.campaign,
        state=asked["state"],
        unit=asked["unit"],
        institution=inst,
    )
    listed = page_of(request, found)
    request.audit_note = f"{row.campaign.title} {listed.paginator.count} 张"[:200]
    context = {
        "page_title": f"{row.campaign.title}：逐张",
        "crumbs": words.crumbs(row.campaign),
        "campaign": row.campaign,
        "listed": listed,
        "sizes": SIZES,
        "rows": words.named_vouchers(request.actor.scope, list(listed)),
        "states": [(a.value, a.label, a.value == asked["state"]) for a in Account if a != "new"],
        "asked": asked,
        "may_revoke": request.actor.may("voucher:voucher:revoke"),
    }
    return render(request, "government/voucher_units.html", context)


@page("voucher:voucher:revoke", title="作废托育券", log="作废托育券", methods=("POST",))
def revoke(request: Request, voucher_id: int) -> HttpResponse:
    """作废。"""
    done = services.revoke(
        voucher_id=voucher_id,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_persons = [done.child_id]
    request.audit_note = f"{done.campaign.title} 第 {done.number} 号"
    messages.success(request, f"第 {done.number} 号已作废，名额已收回")
    return redirect("government:voucher_units", done.campaign_id)


@page("voucher:redemption:reverse", title="冲正核销", log="冲正托育券核销", methods=("POST",))
def undo(request: Request, voucher_id: int) -> HttpResponse:
    """冲正：after the settlement, by the county."""
    found = mine.access_voucher(request.actor.scope, voucher_id)
    done = services.reverse(
        redemption_id=services.redemption_of(found),
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_persons = [done.child_id]
    request.audit_note = f"{found.campaign.title} 第 {found.number} 号，{done.reversed_why}"
    messages.success(request, f"第 {found.number} 号的核销已冲正，账单恢复应缴，家长看得到原因")
    return redirect("government:voucher_settlement", done.settlement_id)


@page(VIEW, title="托育券结算")
def settled(request: Request) -> HttpResponse:
    """结算单一览。"""
    scope, today = request.actor.scope, clock.today()
    names = list_names(scope)
    rows = [(s, names.get(s.row.institution_id, "")) for s in settlements.list_settlements(scope)]
    context = {
        "page_title": "托育券结算",
        "crumbs": [{"title": "托育券", "url": reverse("government:vouchers")}],
        "rows": rows,
        "is_draft": current_book().pack.is_draft,
        "months": [f"{m:%Y-%m}" for m in
                   settlements.unsettled_months(scope, today.replace(day=1))],
        "may_make": request.actor.may("voucher:settlement:make"),
    }  # fmt: skip
    return render(request, "government/voucher_settlements.html", context)


@page("voucher:settlement:make", title="结算托育券", log="结算托育券", methods=("POST",))
def settle(request: Request) -> HttpResponse:
    """结算一个月。"""
    try:
        month = month_start(request.POST.get("month", ""))
    except ValueError as error:
        raise DomainError("date", "月份应如 2025-09，请改正后再结算") from error
    made = services.settle(month=month, by=request.actor, at=clock.now())
    request.audit_note = f"{month:%Y-%m} {len(made)} 张"
    said = f"已生成 {len(made)} 张结算单，待另一位主管复核" if made else "没有新的核销要结算"
    messages.success(request, said)
    return redirect("government:voucher_settlements")


@page(VIEW, title="托育券结算单")
def settlement(request: Request, settlement_id: int) -> HttpResponse:
    """一张结算单：each line with 怎么算的."""
    scope = request.actor.scope
    found = settlements.access_settlement(scope, settlement_id)
    rows = list(settlements.list_redemptions(scope, settlement=found.row))
    name = list_names(scope).get(found.row.institution_id, "")
    may = found.case.state == "approve" and request.actor.may("voucher:settlement:approve")
    context = {
        "page_title": f"{name} {found.row.month.year} 年 {found.row.month.month} 月",
        "crumbs": [{"title": "托育券结算", "url": reverse("government:voucher_settlements")}],
        "found": found,
        "rows": words.named_redemptions(scope, rows),
        "may_approve": may,
        "may_reverse": request.actor.may("voucher:redemption:reverse"),
        "unpaid_text": f"银行没有付成，待重新拨付。{found.row.unpaid_why}",
        "unpaid_more": "由拨付编制岗更正收款账户后，在“拨付”页重新付款。",
        "object": f"{name} · {found.row.count} 张 · {yuan(found.row.amount_fen)} 元",
    }
    return render(request, "government/voucher_settlement.html", context)


@page("voucher:settlement:approve", title="复核托育券结算", log="复核托育券结算", methods=("POST",))
def approve(request: Request, settlement_id: int) -> HttpResponse:
    """复核。"""
    done = services.approve(settlement_id=settlement_id, by=request.actor, at=clock.now())
    request.audit_note = f"{done.month:%Y-%m} {done.count} 张 {yuan(done.amount_fen)} 元"
    said = "已复核；草案城市只测算，不生成支付单" if done.is_simulated else "已复核，支付单待拨付"
    messages.success(request, said)
    return redirect("government:voucher_settlement", done.pk)
