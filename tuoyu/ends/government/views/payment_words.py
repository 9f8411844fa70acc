"""拨付页面上的表单、字与数。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from tuoyu.core.errors import DomainError
from tuoyu.core.money import MoneyError, parse_fen
from tuoyu.domains.funds import rules
from tuoyu.domains.funds.models import Batch, Entry, Order
from tuoyu.domains.funds.selectors.chains import Side
from tuoyu.domains.policies.books import current_book
from tuoyu.ui.words import yuan


def parse_money(words: str) -> int:
    """表单里的金额 → 分。"""
    plain = words.replace(",", "").replace("，", "").strip().removesuffix("元").strip()
    try:
        return parse_fen(f"{plain}元")
    except MoneyError as error:
        raise forms.ValidationError("请填数字金额，最多两位小数，如 1,234.00") from error


class TotalsForm(forms.Form):
    """控制总数：entered by hand, never filled in."""

    count = forms.IntegerField(label="笔数", min_value=1)
    total = forms.CharField(label="合计（元）", max_length=20, help_text="如 1,234.00")

    def clean_total(self) -> int:
        """金额 → 分。"""
        return parse_money(self.cleaned_data["total"])


class PrepareForm(TotalsForm):
    """编制：项目与单位随查询条件。"""

    programme = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    unit = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """上传回单。"""

    file = forms.FileField(
        label="回单文件",
        help_text="银行的 pain.002 报文、Excel 或 CSV，不超过 5 MB",
        widget=forms.FileInput(attrs={"accept": ".xml,.xlsx,.csv"}),
    )


class RepaidForm(forms.Form):
    """登记退回。"""

    amount = forms.CharField(label="退回金额（元）", max_length=20, help_text="如 160.00")
    bank_ref = forms.CharField(label="银行流水号", max_length=35)
    on = forms.DateField(
        label="到账日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_amount(self) -> int:
        """金额 → 分。"""
        return parse_money(self.cleaned_data["amount"])


def read(form: forms.Form) -> dict[str, Any]:
    """表单所填；what is wrong is told field by field."""
    if form.is_valid():
        return form.cleaned_data
    said = "；".join(f"{form.fields[n].label or n}：{e[0]}" for n, e in form.errors.items())
    raise DomainError("form", f"没有办理，请改正：{said}")


def programme_name(code: str) -> str:
    """项目名称。"""
    book = current_book()
    found = book.rules.get(code) or book.funds.use(code)
    return found.name if found is not None else code or "全部项目"


def source_name(code: str) -> str:
    """资金来源名称。"""
    found = current_book().funds.source(code)
    return found.name if found is not None else code


TABS = [
    ("payments", "付款单"),
    ("payment_batches", "拨付批"),
    ("payment_receivables", "应收回"),
    ("payment_accounts", "收款账户"),
]


def tabs(current: str) -> list[dict[str, Any]]:
    """拨付的页签。"""
    return [
        {"title": title, "url": reverse(f"government:{name}"), "current": name == current}
        for name, title in TABS
    ]


def batch_state(batch: Batch) -> tuple[str, str]:
    """一批的状态与色调。"""
    if batch.withdrawn_at is not None:
        return "已撤回", ""
    if batch.released_at is None:
        return "待送银行", "warn"
    answered = getattr(batch, "answered", 0)
    if answered < batch.declared_count:
        return "已送银行", "accent"
    bad = getattr(batch, "bad", 0)
    return (f"已对账，{bad} 笔未成", "danger") if bad else ("已对账", "ok")


def batch_facts(batch: Batch, sides: Sequence[Side], open_books: bool) -> list[dict[str, str]]:
    """一批的概要条；before release the totals are the preparer's own."""
    hidden = "由拨付岗核对后填写"
    matched = sum(s.verdict == "相符" for s in sides)
    return [
        {
            "name": "申报合计（元）",
            "text": yuan(batch.declared_total_fen) if open_books else "—",
            "note": "" if open_books else hidden,
        },
        {
            "name": "申报笔数",
            "text": str(batch.declared_count) if open_books else "—",
            "note": "笔" if open_books else hidden,
        },
        {"name": "银行已答", "text": str(matched), "note": f"/ {len(sides)} 笔"},
        {
            "name": "银行已付（元）",
            "text": yuan(sum(s.bank_fen or 0 for s in sides if s.said.startswith("已付"))),
            "note": "",
        },
    ]


def order_facts(order: Order) -> list[dict[str, str]]:
    """一张付款单的概要条。"""
    return [
        {"name": "应付（元）", "text": yuan(order.amount_fen), "note": ""},
        {
            "name": "抵扣（元）",
            "text": yuan(order.offset_fen),
            "note": "应收回的部分" if order.offset_fen else "",
        },
        {"name": "经银行付（元）", "text": yuan(order.net_fen), "note": ""},
        {
            "name": "付讫",
            "text": _day(order.settled_on),
            "note": "银行确认" if order.settled_on else "尚未确认",
        },
    ]


def _day(on: date | None) -> str:
    return f"{on:%Y-%m-%d}" if on else "—"


def entry_rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """分录：one row a transfer and source."""
    return [
        {
            "at": e.transfer.at,
            "what": rules.KIND_NAMES.get(e.transfer.kind, e.transfer.kind),
            "way": f"{e.credit.get_kind_display()} → {e.debit.get_kind_display()}",
            "source": source_name(e.credit.line.source),
            "fen": e.amount_fen,
            "who": e.transfer.by_name,
            "memo": e.transfer.memo,
        }
        for e in entries
    ]
