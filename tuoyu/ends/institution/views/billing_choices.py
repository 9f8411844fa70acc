"""减免标准与自选项目：what the institution waives, and what a family has chosen."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.periods import add_months
from tuoyu.domains.billing import services
from tuoyu.domains.billing.selectors import prices
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.enrolment.selectors import list_enrolled
from tuoyu.ends.institution.forms import PlainForm, day_field
from tuoyu.ends.institution.shell import ask, done, own
from tuoyu.ends.institution.views.billing import ISSUE, MoneyField

FILE = "inst:fee:file"


class WaiverForm(PlainForm):
    """减免标准。"""

    status_kind = forms.ChoiceField(label="家庭类型", choices=SpecialStatus.Kind.choices)
    monthly = MoneyField(label="每月减免（元）", max_length=12, help_text="填 0 为停止减免")
    from_on = forms.ChoiceField(label="起始月份")
    document = forms.CharField(label="依据", max_length=120, help_text="如园务会决定的名称与日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = clock.today().replace(day=1)
        months = [add_months(first, n) for n in range(4)]
        self.fields["from_on"].choices = [  # type: ignore[attr-defined]
            (m.isoformat(), f"{m:%Y-%m}") for m in months
        ]


class ChoiceForm(PlainForm):
    """登记自选项目。"""

    child = forms.TypedChoiceField(label="儿童", coerce=int)
    kind = forms.ChoiceField(label="自选项目")
    from_on = day_field("起")

    def __init__(self, *args: Any, children: Any, kinds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["child"].choices = children  # type: ignore[attr-defined]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


@page(FILE, title="登记减免标准", log="登记减免标准", methods=("GET", "POST"))
def waiver(request: Request) -> HttpResponse:
    """特殊家庭减免标准。"""
    inst, back = own(request), reverse("institution:fee_filings")
    form = WaiverForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> HttpResponse:
        made = services.set_waiver(
            institution_id=inst.pk,
            status_kind=data["status_kind"],
            monthly_fen=data["monthly"],
            from_on=date.fromisoformat(data["from_on"]),
            document=data["document"],
            by=request.actor,
            at=clock.now(),
        )
        request.audit_note = f"{made.status_kind} {made.monthly_fen} 分"
        return done(request, back, "已登记；自起始月份的账单起，对已核验身份的家庭自动减免")

    return ask(request, form, act, title="登记减免标准", verb="登记", back=back)


@page(ISSUE, title="登记自选项目", log="登记自选项目", methods=("GET", "POST"))
def choose(request: Request) -> HttpResponse:
    """登记自选项目：the next bill has it."""
    inst, today, back = own(request), clock.today(), reverse("institution:fee_filings")
    rows = list_enrolled(request.actor.scope, today).filter(institution=inst)
    rows = rows.order_by("class_group_id", "child__name")
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        children=[(e.child_id, f"{e.class_group.name} {e.child.name}") for e in rows],
        kinds=[
            (p.kind, f"{p.title} {p.words}") for p in prices.tariff_of(inst.pk, today).electives()
        ],
        initial={"from_on": today.replace(day=1)},
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        request.audit_persons = [data["child"]]
        made = services.choose_item(
            institution_id=inst.pk,
            child_id=data["child"],
            kind=data["kind"],
            from_on=data["from_on"],
            by=request.actor,
            at=clock.now(),
        )
        return done(request, back, f"已登记 {made.get_kind_display()}，此后的账单按备案价计")

    return ask(request, form, act, title="登记自选项目", verb="登记", back=back)


@page(ISSUE, title="停用自选项目", log="停用自选项目", methods=("POST",))
def unchoose(request: Request, choice_id: int) -> HttpResponse:
    """停用自选项目：from next month's first day; this month stays as it is."""
    first = add_months(clock.today().replace(day=1), 1)
    ended = services.end_choice(choice_id=choice_id, to_on=first, by=request.actor)
    request.audit_persons = [ended.child_id]
    text = f"{ended.get_kind_display()} {first:%m-%d} 起不再收取"
    return done(request, reverse("institution:fee_filings"), text)
