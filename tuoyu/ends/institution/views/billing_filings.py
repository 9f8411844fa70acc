"""价格与退费办法：what is in force, what waits at the county, a new filing, waivers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.contents import ACCEPT
from tuoyu.core.files.download import attachment
from tuoyu.core.periods import add_months
from tuoyu.domains.billing import services
from tuoyu.domains.billing.catalogue import COUNTY, FIX
from tuoyu.domains.billing.models import ItemKind, RefundBasis, Unit
from tuoyu.domains.billing.selectors import filings, prices
from tuoyu.domains.billing.selectors.caps import Caps
from tuoyu.domains.billing.selectors.planning import is_inclusive
from tuoyu.domains.billing.services import NewItem, NewRefund
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.institutions.models import ClassType, Institution
from tuoyu.ends.institution.forms import PlainForm, day_field, text_field
from tuoyu.ends.institution.shell import done, own
from tuoyu.ends.institution.views.billing import MoneyField, tabs

VIEW, FILE, ISSUE = "inst:fee:view", "inst:fee:file", "inst:fee:issue"
EMPTY = [("", "—")]
ITEM_ROWS, REFUND_ROWS = 8, 3
BOUNDS = [
    ("", "—"),
    *((f"d{n}", f"到托不超过 {n} 天") for n in (0, 3, 4, 5, 10)),
    ("p500", "到托不超过工作日的一半"),
]


class FilingForm(PlainForm):
    """备案的执行日期与依据。"""

    from_on = day_field("执行日期")
    evidence = text_field("定价依据与材料", 200, help_text="如成本测算表、与县级卫健部门的协商纪要")
    file = forms.FileField(
        label="材料附件",
        required=False,
        help_text="图片或 PDF，县级受理时查看；补正时不选即沿用原件",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )


class RowForm(PlainForm):
    """表格里的一行。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "ty-input"


class ItemForm(RowForm):
    """一项价格。A row without a price is left out."""

    kind = forms.ChoiceField(label="项目", choices=[*EMPTY, *ItemKind.choices], required=False)
    class_type = forms.ChoiceField(
        label="班型", choices=[("", "各班型"), *ClassType.choices], required=False
    )
    form = forms.ChoiceField(label="服务形式", choices=ServiceForm.choices, required=False)
    unit = forms.ChoiceField(label="计费单位", choices=Unit.choices, required=False)
    price = MoneyField(label="单价（元）", max_length=12, required=False)
    is_elective = forms.BooleanField(label="家长自选", required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("kind")) != (data.get("price") is not None) and not self.errors:
            raise forms.ValidationError("项目与单价须同时填写；不要的一行请都留空")
        return data


class RefundForm(RowForm):
    """一档退费办法。"""

    kind = forms.ChoiceField(label="项目", choices=[*EMPTY, *ItemKind.choices], required=False)
    basis = forms.ChoiceField(label="算法", choices=RefundBasis.choices, required=False)
    bound = forms.ChoiceField(label="界限", choices=BOUNDS, required=False)
    percent = forms.IntegerField(label="退还（%）", min_value=0, max_value=100, required=False)
    leave_only = forms.BooleanField(label="只计已请假", required=False)


@page(VIEW, title="价格与退费办法")
def listing(request: Request) -> HttpResponse:
    """现行价格、退费办法、减免标准与备案。"""
    inst, today = own(request), clock.today()
    rules = prices.waiver_rules(inst.pk, today)
    context = {
        "page_title": "价格与退费办法",
        "tabs": tabs("fee_filings"),
        "prices": prices.tariff_of(inst.pk, today).prices,
        "refunds": prices.refund_words(inst.pk, today),
        "waivers": [(SpecialStatus.Kind(k).label, r) for k, r in rules.items()],
        "filings": filings.list_filings(request.actor.scope, inst.pk),
        "cap": _cap(inst),
        "may_file": request.actor.may(FILE),
        "choices": _choices(request, inst),
        "may_choose": request.actor.may(ISSUE) and prices.tariff_of(inst.pk, today).electives(),
    }
    return render(request, "institution/fee_filings.html", context)


def _choices(request: Request, inst: Institution) -> list[tuple[str, Any]]:
    """谁在用自选项目。"""
    rows = prices.list_choices(request.actor.scope, inst.pk)
    names = names_of_enrolled(request.actor.scope, [c.child_id for c in rows])
    return [(names.get(c.child_id, "儿童"), c) for c in rows]


def _cap(inst: Institution) -> Any:
    today = clock.today()
    return Caps(today, today).of(inclusive=is_inclusive(inst.pk, today), unit_code=inst.unit_code)


@page(FILE, title="申报收费备案", log="申报收费备案", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """申报：filled in with what is in force, so that only the changes are typed."""
    return _desk(request, None)


@page(VIEW, title="收费备案", log="补正收费备案", methods=("GET", "POST"))
def filing(request: Request, filing_id: int) -> HttpResponse:
    """一份备案：its prices and course; sent back it may be amended here."""
    found, case = services.access_filing(request.actor, filing_id)
    if case.state == FIX and request.actor.may(FILE):
        return _desk(request, filing_id)
    if request.method == "POST":
        raise DomainError("moved-on", f"该件现为「{case.state_of.title}」，不能再补正；请刷新页面")
    context = {
        "page_title": "收费备案",
        "crumbs": [{"title": "价格与退费办法", "url": reverse("institution:fee_filings")}],
        "filing": found,
        "case": case,
        "items": [_price(i) for i in found.items.order_by("id")],
        "steps": filings.list_steps(case),
        "may_withdraw": case.state == COUNTY and request.actor.may(FILE),
    }
    return render(request, "institution/fee_filing.html", context)


def _price(item: Any) -> Any:
    return prices.Price(
        item.kind, item.class_type, item.form, item.unit, item.price_fen, item.from_on, item.hours,
        item.is_elective,
    )  # fmt: skip


@page(VIEW, title="收费备案材料", log="下载收费备案材料", sensitive=True)
def evidence(request: Request, filing_id: int) -> HttpResponse:
    """下载定价材料。"""
    return attachment(*services.open_evidence(request.actor, filing_id))


@page(FILE, title="撤回收费备案", log="撤回收费备案", methods=("POST",))
def withdraw(request: Request, filing_id: int) -> HttpResponse:
    """撤回：before the county has decided."""
    _, case = services.access_filing(request.actor, filing_id)
    name = "drop" if case.state == FIX else "withdraw"
    services.move_filing(filing_id=filing_id, name=name, by=request.actor, at=clock.now())
    return done(request, reverse("institution:fee_filings"), "已撤回这份备案")


def _desk(request: Request, filing_id: int | None) -> HttpResponse:
    """填报或补正。"""
    inst = own(request)
    posted = request.POST if request.method == "POST" else None
    files = request.FILES if request.method == "POST" else None
    head = FilingForm(posted, files, initial=_head_of(request, filing_id))
    items = _rows(ItemForm, "item", posted, _items_of(request, inst, filing_id), ITEM_ROWS)
    refunds = _rows(RefundForm, "refund", posted, [], REFUND_ROWS)
    valid = [f.is_valid() for f in (head, *items, *refunds)]
    if posted is not None and all(valid):
        try:
            return _send(request, inst, filing_id, head.cleaned_data, items, refunds)
        except NotFound:
            raise
        except DomainError as error:
            head.add_error(None, error.text)
    context = {
        "page_title": "补正收费备案" if filing_id else "申报收费备案",
        "crumbs": [{"title": "价格与退费办法", "url": reverse("institution:fee_filings")}],
        "head": head,
        "items": items,
        "refunds": refunds,
        "cap": _cap(inst),
        "filing_id": filing_id,
        "returned": _returned(request, filing_id),
    }
    response = render(request, "institution/fee_form.html", context)
    response.status_code = 422 if posted is not None else 200
    return response


def _rows(
    kind: type[PlainForm], name: str, posted: Any, given: list[dict[str, Any]], count: int
) -> list[Any]:
    """若干行小表；the given ones first, then empty ones."""
    total = max(count, len(given) + 2)
    blanks = [given[n] if n < len(given) else {} for n in range(total)]
    return [
        kind(posted, prefix=f"{name}-{n}", initial=first, auto_id="f-%s")
        for n, first in enumerate(blanks)
    ]


def _head_of(request: Request, filing_id: int | None) -> dict[str, Any]:
    if filing_id is None:
        return {"from_on": add_months(clock.today().replace(day=1), 1)}
    found, _ = services.access_filing(request.actor, filing_id)
    return {"from_on": found.from_on, "evidence": found.evidence}


def _items_of(request: Request, inst: Institution, filing_id: int | None) -> list[dict[str, Any]]:
    rows: Any = prices.tariff_of(inst.pk, clock.today()).prices
    if filing_id is not None:
        found, _ = services.access_filing(request.actor, filing_id)
        rows = [_price(i) for i in found.items.order_by("id")]
    return [
        {
            "kind": p.kind,
            "class_type": p.class_type,
            "form": p.form,
            "unit": p.unit,
            "price": f"{p.price_fen // 100}.{p.price_fen % 100:02d}",
            "is_elective": p.is_elective,
        }
        for p in rows
    ]


def _returned(request: Request, filing_id: int | None) -> str:
    """退回的意见。"""
    if filing_id is None:
        return ""
    _, case = services.access_filing(request.actor, filing_id)
    last = case.steps.filter(move="return").order_by("-at", "-id").first()
    return last.opinion if last else ""


def _send(
    request: Request,
    inst: Institution,
    filing_id: int | None,
    head: dict[str, Any],
    items: list[Any],
    refunds: list[Any],
) -> HttpResponse:
    told: dict[str, Any] = {
        "from_on": head["from_on"],
        "evidence": head["evidence"],
        "upload": head["file"],
        "items": _changed(inst, items, is_new=filing_id is None),
        "refunds": [_refund(f.cleaned_data) for f in refunds if f.cleaned_data.get("kind")],
        "by": request.actor,
        "at": clock.now(),
    }
    if filing_id is None:
        made = services.file_fees(institution_id=inst.pk, **told)
    else:
        made = services.amend_filing(filing_id=filing_id, **told)
    request.audit_note = f"{len(told['items'])} 项，自 {made.from_on} 起"
    text = "已提交县级受理；受理之前仍按原备案价收费"
    return done(request, reverse("institution:fee_filings"), text)


def _changed(inst: Institution, items: list[Any], *, is_new: bool) -> list[NewItem]:
    """要变的项目：a row that repeats what is in force is not filed again."""
    tariff = prices.tariff_of(inst.pk, clock.today()).prices if is_new else ()
    now = {(p.kind, p.class_type, p.form, p.unit, p.price_fen, p.is_elective) for p in tariff}
    wanted = [_item(f.cleaned_data) for f in items if f.cleaned_data.get("kind")]
    return [
        i
        for i in wanted
        if (i.kind, i.class_type, i.form, i.unit, i.price_fen, i.is_elective) not in now
    ]


def _item(data: dict[str, Any]) -> NewItem:
    return NewItem(
        kind=data["kind"],
        unit=data["unit"],
        price_fen=data["price"],
        class_type=data["class_type"],
        form=data["form"],
        is_elective=data["is_elective"],
    )


def _refund(data: dict[str, Any]) -> NewRefund:
    bound = data.get("bound") or ""
    return NewRefund(
        kind=data["kind"],
        basis=data["basis"],
        percent=data["percent"] if data["percent"] is not None else 100,
        up_to_days=int(bound[1:]) if bound.startswith("d") else None,
        up_to_permille=int(bound[1:]) if bound.startswith("p") else None,
        leave_only=data["leave_only"],
    )
