"""拨付：a batch prepared by one, released by another, totals entered twice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.core.money import MoneyError, parse_fen
from tuoyu.core.periods import month_start
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.selectors import payments
from tuoyu.ends.government.export import download, stamp, workbook
from tuoyu.ends.government.paging import SIZES, page_of
from tuoyu.ends.government.views.settlement_words import month_title
from tuoyu.ui.words import yuan

VIEW, RULE = "gov:settlement:view", "class_subsidy"


class TotalsForm(forms.Form):
    """控制总数：entered by hand, never filled in."""

    count = forms.IntegerField(label="笔数（收款机构数）", min_value=1)
    total = forms.CharField(label="合计（元）", max_length=20, help_text="如 1,234.00")

    def clean_total(self) -> int:
        """金额 → 分。"""
        text = self.cleaned_data["total"].replace(",", "").replace("，", "").removesuffix("元")
        try:
            return parse_fen(f"{text.strip()}元")
        except MoneyError as error:
            raise forms.ValidationError("请填数字金额，最多两位小数，如 1,234.00") from error


class PrepareForm(TotalsForm):
    """编制：截至某月。"""

    month = forms.CharField(label="截至月份", max_length=7, help_text="如 2025-06")
    field_order = ["month", "count", "total"]


def _read(form: TotalsForm) -> dict[str, Any]:
    if form.is_valid():
        return form.cleaned_data
    said = "；".join(f"{form.fields[n].label}：{e[0]}" for n, e in form.errors.items())
    raise DomainError("form", f"没有办理，请改正：{said}")


@page(VIEW, title="拨付")
def listing(request: Request) -> HttpResponse:
    """拨付批名单；for the clerk also what waits."""
    scope, actor = request.actor.scope, request.actor
    month = payments.latest_payable_month(scope)
    payable = payments.find_payable(scope, RULE, month) if month else None
    names = unit_names()
    listed = page_of(request, payments.list_batches(scope))
    context = {
        "page_title": "拨付",
        "listed": listed,
        "sizes": SIZES,
        "month": month,
        "month_title": month_title(month) if month else "",
        "waiting": [
            (p, names.get(p.region_code, ""))
            for p in (payments.payees(payable.statements) if payable else [])
        ],
        "held": payable.held if payable else [],
        "statements": len(payable.statements) if payable else 0,
        "form": PrepareForm(initial={"month": f"{month:%Y-%m}"}) if month else None,
        "may_prepare": actor.may("subsidy:payment:prepare"),
    }
    return render(request, "government/payments.html", context)


@page("subsidy:payment:prepare", title="编制拨付批", log="编制拨付批", methods=("POST",))
def prepare(request: Request) -> HttpResponse:
    """编制。"""
    given = _read(PrepareForm(request.POST))
    try:
        month = month_start(given["month"])
    except ValueError as error:
        raise DomainError("date", "截至月份应如 2025-06，请改正后再编制") from error
    batch = services.prepare(
        rule_id=RULE,
        month=month,
        declared_count=given["count"],
        declared_total_fen=given["total"],
        region_code=request.actor.region_code,
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{batch.number} {batch.declared_count} 笔"
    messages.success(request, f"已编制批次 {batch.number}，待另一位拨付岗核对后拨付")
    return redirect("government:payment", batch.pk)


@page(VIEW, title="拨付批")
def detail(request: Request, batch_id: int) -> HttpResponse:
    """一批。"""
    batch = payments.access_batch(request.actor.scope, batch_id)
    payees = payments.list_payees(batch)
    names = unit_names()
    done = batch.released_at is not None
    may_release = not done and request.actor.may("subsidy:payment:release")
    open_books = done or batch.prepared_by == request.actor.user_id
    context = {
        "page_title": f"拨付批 {batch.number}",
        "crumbs": [{"title": "拨付", "url": reverse("government:payments")}],
        "batch": batch,
        "rule": current_book().rule(batch.rule).name,
        "rows": [(p, names.get(p.region_code, p.region_code)) for p in payees],
        "show_totals": open_books,
        "facts": _facts(batch, open_books, len(payees), sum(p.people for p in payees)),
        "may_release": may_release and batch.prepared_by != request.actor.user_id,
        "may_withdraw": not done and request.actor.may("subsidy:payment:prepare"),
        "form": TotalsForm(),
    }
    return render(request, "government/payment.html", context)


def _facts(batch: Any, open_books: bool, payees: int, people: int) -> list[dict[str, str]]:
    hidden = "由拨付岗核对后填写"
    return [
        {
            "name": "申报合计（元）",
            "text": yuan(batch.declared_total_fen) if open_books else "—",
            "note": "" if open_books else hidden,
        },
        {
            "name": "申报笔数",
            "text": str(batch.declared_count) if open_books else "—",
            "note": "家机构" if open_books else hidden,
        },
        {"name": "涉及机构", "text": str(payees), "note": "家"},
        {"name": "应付人数", "text": f"{people:,}", "note": "人"},
    ]


@page("subsidy:payment:release", title="拨付", log="拨付", methods=("POST",))
def release(request: Request, batch_id: int) -> HttpResponse:
    """拨付：the totals are entered again."""
    given = _read(TotalsForm(request.POST))
    batch = services.release(
        batch_id=batch_id,
        count=given["count"],
        total_fen=given["total"],
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{batch.number} {batch.declared_count} 笔 {yuan(given['total'])} 元"
    messages.success(request, f"批次 {batch.number} 已拨付")
    return redirect("government:payment", batch.pk)


@page("subsidy:payment:prepare", title="撤回拨付批", log="撤回拨付批", methods=("POST",))
def withdraw(request: Request, batch_id: int) -> HttpResponse:
    """撤回未拨付的批次。"""
    services.withdraw(batch_id=batch_id, by=request.actor)
    messages.success(request, "已撤回，所含结算单重新待拨付")
    return redirect("government:payments")


HEAD = ["机构名称", "单位", "结算单（张）", "应付人数", "金额（元）", "金额（分）"]


@page(VIEW, title="导出拨付清单", log="导出拨付清单", sensitive=True)
def export(request: Request, batch_id: int) -> HttpResponse:
    """导出一批的收款清单。"""
    batch = payments.access_batch(request.actor.scope, batch_id)
    payees, names = payments.list_payees(batch), unit_names()
    rows: list[list[str | int | None]] = [
        [p.name, names.get(p.region_code), p.statements, p.people, yuan(p.net_fen), p.net_fen]
        for p in payees
    ]
    total = sum(p.net_fen for p in payees)
    rows.append(["合计", "", None, sum(p.people for p in payees), yuan(total), total])
    request.audit_note = f"{batch.number} {len(payees)} 家"
    note = stamp(request.actor.name, request.actor.organisation)
    return download(
        f"拨付清单{batch.number}",
        request.actor.region_name,
        workbook(f"拨付清单 {batch.number}", HEAD, rows, note),
    )
