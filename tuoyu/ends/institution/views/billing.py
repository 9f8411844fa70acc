"""收费：the month's draft and its difference, issuing, the bills, payments, receipts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import MoneyError, parse_fen
from tuoyu.domains.billing import rules, services
from tuoyu.domains.billing.models import ItemKind, LineKind, Method
from tuoyu.domains.billing.selectors import bills, planning
from tuoyu.domains.billing.selectors.overdue import list_reminders
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.institutions.selectors import list_classes
from tuoyu.ends.institution.forms import PlainForm, ReasonForm, day_field, text_field
from tuoyu.ends.institution.shell import ask, done, month_of, neighbours, number, own
from tuoyu.ui.words import yuan

VIEW, ISSUE, PAY = "inst:fee:view", "inst:fee:issue", "inst:fee:pay"


def month_title(month: date) -> str:
    """2025 年 10 月。"""
    return f"{month.year} 年 {month.month} 月"


def tabs(current: str) -> list[dict[str, Any]]:
    """收费的页签。"""
    return [
        {"title": title, "url": reverse(f"institution:{route}"), "current": route == current}
        for title, route in (
            ("出账", "fees"),
            ("账单与收款", "fee_bills"),
            ("晚接", "fee_late"),
            ("价格与退费办法", "fee_filings"),
        )
    ]


def fen_of(text: str) -> int:
    """读金额（元）。"""
    plain = text.replace(",", "").replace("，", "").replace("¥", "").removesuffix("元").strip()
    try:
        return parse_fen(f"{plain}元")
    except MoneyError as error:
        raise forms.ValidationError("金额写法不对，应如 1500 或 1500.50") from error


def day_of(text: str | None) -> date | None:
    """读日期；empty means the proposed one."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DomainError("date", "缴费截止日应如 2025-10-25，请改正后再发出") from error


class MoneyField(forms.CharField):
    """金额（元），to fen."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return fen_of(text) if text else None


class PaymentForm(PlainForm):
    """登记收款。"""

    amount = MoneyField(label="金额（元）", max_length=14)
    method = forms.ChoiceField(label="方式", choices=Method.choices)
    paid_on = day_field("日期")
    note = forms.CharField(label="说明", max_length=80, required=False)


class CorrectionForm(PlainForm):
    """更正账单。"""

    item_kind = forms.ChoiceField(label="项目")
    way = forms.ChoiceField(
        label="方向", choices=[("down", "减少"), ("up", "增加")], widget=forms.RadioSelect
    )
    amount = MoneyField(label="金额（元）", max_length=14)
    reason = text_field("更正原因", 200, help_text="家长能看到；原来的行保留，另记一行")

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item_kind"].choices = kinds  # type: ignore[attr-defined]


@page(VIEW, title="收费")
def fees(request: Request) -> HttpResponse:
    """出账：草稿、与上月的差异、发出。"""
    inst, today = own(request), clock.today()
    month = month_of(request.GET.get("month"))
    room = number(request.GET.get("room"))
    classes = list_classes(inst)
    if room is not None and room not in {c.id for c in classes}:
        raise NotFound
    draft = planning.draft_month(request.actor.scope, inst, month, today)
    rows = [r for r in draft.rows if room is None or r.class_group_id == room]
    ready = [r for r in rows if r.is_ready]
    held = [r for r in rows if r.problems and r.bill_id is None]
    rows = [*held, *(r for r in rows if r not in held and r.bill_id is None),
            *(r for r in rows if r.bill_id is not None)]  # fmt: skip
    early = "" if month <= today else f"{month:%m-%d} 起可以发出；上月退费要等上月结束才算得全"
    context = {
        "page_title": "收费",
        "tabs": tabs("fees"),
        "month": neighbours(month),
        "title": month_title(month),
        "classes": classes,
        "room": room,
        "rows": rows,
        "ready": ready,
        "held": held,
        "digest": draft.digest,
        "cap": draft.cap,
        "facts": _draft_facts(rows, ready, held),
        "early": early,
        "due": rules.proposed_due(today),
        "today": today,
        "may_issue": request.actor.may(ISSUE) and bool(ready) and not early,
    }
    return render(request, "institution/fees.html", context)


def _draft_facts(rows: list[Any], ready: list[Any], held: list[Any]) -> list[dict[str, str]]:
    """概要条。"""
    issued = [r for r in rows if r.bill_id is not None]
    return [
        {"name": "待发出", "text": str(len(ready)), "note": "人"},
        {"name": "合计（元）", "text": yuan(sum(r.total_fen for r in ready)), "note": ""},
        {"name": "须先处理", "text": str(len(held)), "note": "人"},
        {"name": "已发出", "text": str(len(issued)), "note": "人"},
    ]


@page(ISSUE, title="发出账单", log="发出账单", methods=("POST",))
def issue(request: Request) -> HttpResponse:
    """发出所选账单。"""
    month = month_of(request.POST.get("month"))
    chosen = [n for n in map(number, request.POST.getlist("child")) if n is not None]
    made = services.issue_month(
        institution_id=own(request).pk,
        month=month,
        child_ids=chosen,
        digest=request.POST.get("digest", ""),
        due_on=day_of(request.POST.get("due")),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_persons = chosen
    request.audit_note = f"{month:%Y-%m} {made.count} 张 {yuan(made.total_fen)} 元"
    url = f"{reverse('institution:fees')}?month={month:%Y-%m}"
    return done(
        request, url, f"已发出 {made.count} 张账单，合计 {yuan(made.total_fen)} 元；家长端已可查看"
    )


@page(VIEW, title="账单与收款")
def listing(request: Request) -> HttpResponse:
    """账单：of one month, or all of a state."""
    inst = own(request)
    state = request.GET.get("state", "")
    if state and state not in bills.STATES:
        raise NotFound
    asked = request.GET.get("month", "")
    month = month_of(asked) if asked else None
    rows = bills.list_bills(request.actor.scope, inst.pk, month=month)
    shown = [r for r in rows if not state or r.state == state]
    listed = Paginator(shown, 50).get_page(request.GET.get("page"))
    counts = {code: sum(r.state == code for r in rows) for code in bills.STATES}
    context = {
        "page_title": "账单与收款",
        "tabs": tabs("fee_bills"),
        "page": listed,
        "rows": list(listed),
        "totals": bills.totals(shown),
        "asked": asked,
        "items": [
            _segment(asked, "", "全部", len(rows), state),
            *(_segment(asked, c, t, counts[c], state) for c, (t, _) in bills.STATES.items()),
        ],
    }
    return render(request, "institution/fee_bills.html", context)


def _segment(month: str, code: str, title: str, count: int, state: str) -> dict[str, Any]:
    query = "&".join(f"{k}={v}" for k, v in (("month", month), ("state", code)) if v)
    return {"title": title, "url": f"?{query}", "count": count, "current": state == code}


@page(VIEW, title="账单", log="查看账单", sensitive=True)
def bill(request: Request, bill_id: int) -> HttpResponse:
    """一张账单：lines with their arithmetic, payments, what is left."""
    found = bills.access_bill(request.actor.scope, bill_id)
    request.audit_persons = [found.child_id]
    standing = bills.standing_of_bill(found)
    state, late = bills.state_of(standing), bills.late_days(found, standing, clock.today())
    payments = bills.list_payments(found)
    undone = {p.reverses_id for p in payments if p.reverses_id}
    name = names_of_enrolled(request.actor.scope, [found.child_id]).get(found.child_id, "儿童")
    context = {
        "page_title": f"{name} {month_title(found.month)}",
        "crumbs": [{"title": "账单与收款", "url": reverse("institution:fee_bills")}],
        "bill": found,
        "name": name,
        "standing": standing,
        "state": bills.STATES[state],
        "lines": bills.list_lines(found),
        "payments": [(p, p.pk in undone) for p in payments],
        "facts": [
            {"name": "应缴（元）", "text": yuan(standing.due_fen), "note": ""},
            {"name": "已缴", "text": yuan(standing.paid_fen), "note": ""},
            {
                "name": "应退" if standing.left_fen < 0 else "未缴",
                "text": yuan(abs(standing.left_fen)),
                "note": "",
            },
        ],
        "may_pay": request.actor.may(PAY),
        "late": late,
        "reminders": list_reminders(found),
        "may_remind": late and request.actor.may(ISSUE),
    }
    return render(request, "institution/fee_bill.html", context)


@page(ISSUE, title="提醒缴费", log="提醒家长缴费", methods=("POST",))
def remind(request: Request, bill_id: int) -> HttpResponse:
    """提醒家长缴费：beside what the platform sends by itself."""
    made = services.remind(bill_id=bill_id, by=request.actor, at=clock.now())
    request.audit_persons = [made.child_id]
    request.audit_note = f"第 {made.number} 次，未缴 {yuan(made.left_fen)} 元"
    back = reverse("institution:fee_bill", args=[bill_id])
    return done(request, back, f"已提醒家长，未缴 {yuan(made.left_fen)} 元")


@page(PAY, title="登记收款", log="登记收款", methods=("GET", "POST"))
def pay(request: Request, bill_id: int) -> HttpResponse:
    """登记收款或退款；the amount left is filled in."""
    found = bills.access_bill(request.actor.scope, bill_id)
    request.audit_persons = [found.child_id]
    left = bills.standing_of_bill(found).left_fen
    back = reverse("institution:fee_bill", args=[bill_id])
    verb = "登记退款" if left < 0 else "登记收款"
    first = {"paid_on": clock.today(), "amount": f"{abs(left) // 100}.{abs(left) % 100:02d}"}
    form = PaymentForm(request.POST if request.method == "POST" else None, initial=first)

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.record_payment(
            bill_id=bill_id,
            amount_fen=-data["amount"] if left < 0 else data["amount"],
            method=data["method"],
            paid_on=data["paid_on"],
            note=data["note"],
            by=request.actor,
            at=clock.now(),
        )
        request.audit_note = f"{made.receipt_no} {yuan(made.amount_fen)} 元"
        return done(
            request, back, f"已{verb} {yuan(abs(made.amount_fen))} 元，收据号 {made.receipt_no}"
        )

    facts = [{"name": "应退" if left < 0 else "未缴", "text": f"{yuan(abs(left))} 元"}]
    return ask(request, form, act, title=verb, verb=verb, back=back, facts=facts)


@page(PAY, title="更正账单", log="更正账单", methods=("GET", "POST"))
def correct(request: Request, bill_id: int) -> HttpResponse:
    """更正账单：a second line."""
    found = bills.access_bill(request.actor.scope, bill_id)
    request.audit_persons = [found.child_id]
    back = reverse("institution:fee_bill", args=[bill_id])
    charged = [li.item_kind for li in bills.list_lines(found) if li.kind == LineKind.CHARGE]
    kinds = [(k, ItemKind(k).label) for k in dict.fromkeys(charged)]
    form = CorrectionForm(request.POST if request.method == "POST" else None, kinds=kinds)

    def act(data: dict[str, Any]) -> HttpResponse:
        sign = -1 if data["way"] == "down" else 1
        made = services.correct_bill(
            bill_id=bill_id,
            item_kind=data["item_kind"],
            amount_fen=sign * data["amount"],
            reason=data["reason"],
            by=request.actor,
            at=clock.now(),
        )
        request.audit_note = f"{made.label} {yuan(made.amount_fen)} 元"
        return done(request, back, "已另记一行更正，原来的行保留")

    return ask(request, form, act, title="更正账单", verb="记一行更正", back=back)


@page(PAY, title="冲正收款", log="冲正收款", methods=("GET", "POST"))
def reverse_payment(request: Request, payment_id: int) -> HttpResponse:
    """冲正一笔收款。"""
    paid = bills.access_payment(request.actor.scope, payment_id)
    request.audit_persons = [paid.child_id]
    back = reverse("institution:fee_bill", args=[paid.bill_id])
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        label="冲正原因",
        hint="原记录保留，另记一笔相反的",
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.reverse_payment(
            payment_id=payment_id, reason=data["reason"], by=request.actor, at=clock.now()
        )
        request.audit_note = f"{paid.receipt_no} → {made.receipt_no}"
        return done(request, back, f"已冲正 {paid.receipt_no}")

    facts = [
        {"name": "收据号", "text": paid.receipt_no},
        {"name": "金额", "text": f"{yuan(paid.amount_fen)} 元"},
    ]
    return ask(
        request, form, act, title="冲正收款", verb="冲正", back=back, facts=facts, danger=True
    )


@page(VIEW, title="收据", log="打印收据", sensitive=True)
def receipt(request: Request, payment_id: int) -> HttpResponse:
    """收据（打印）：not an invoice."""
    paid = bills.access_payment(request.actor.scope, payment_id)
    request.audit_persons = [paid.child_id]
    inst = own(request)
    if paid.institution_id != inst.pk:
        raise NotFound
    name = names_of_enrolled(request.actor.scope, [paid.child_id]).get(paid.child_id, "儿童")
    context = {
        "page_title": "收据",
        "print_title": "托育服务收费收据",
        "print_no": paid.receipt_no,
        "print_region": inst.name,
        "print_period": month_title(paid.bill.month),
        "print_unit": "元",
        "portrait": True,
        "back_url": reverse("institution:fee_bill", args=[paid.bill_id]),
        "signs": ["收款人", "交款人"],
        "paid": paid,
        "method": Method(paid.method).label,
        "name": name,
        "inst": inst,
        "lines": bills.list_lines(paid.bill),
        "standing": bills.standing_of_bill(paid.bill),
    }
    return render(request, "institution/fee_receipt.html", context)
