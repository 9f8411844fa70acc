"""奖补要用的登记：租约与安防改造，typed once with the paper attached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.core.files.contents import ACCEPT
from tuoyu.domains.grants import services
from tuoyu.domains.grants.rules import read_yuan
from tuoyu.domains.policies.books import current_book
from tuoyu.ends.institution.forms import PlainForm, day_field
from tuoyu.ends.institution.shell import ask, back_to, done

APPLY = "inst:grant:apply"


class YuanField(forms.CharField):
    """金额（元）。"""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_yuan(str(text or ""), str(self.label or "金额"))
        except DomainError as error:
            raise forms.ValidationError(error.text) from error


def _file(label: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text="JPEG、PNG 或 PDF，不超过 5 MB",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": "这个文件是空的，没有内容可存，请重新选择文件后上传"},
    )


class LeaseForm(PlainForm):
    """登记租约。"""

    landlord = forms.CharField(label="出租方", max_length=80)
    monthly_fen = YuanField(label="月租金（元）", max_length=14)
    from_on = day_field("租期自")
    to_on = day_field("租期止（不含）")
    is_state_property = forms.BooleanField(label="出租方为国有房源", required=False)
    upload = _file("租赁合同")


class WorksForm(PlainForm):
    """登记安防改造。"""

    package = forms.ChoiceField(label="安防包")
    invoice_no = forms.CharField(label="发票号码", max_length=40)
    invoice_fen = YuanField(label="发票金额（元）", max_length=14)
    accepted_on = day_field("验收日期", required=False, help_text="尚未验收的留空；验收后再补")
    upload = _file("发票")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = current_book().words.get("package", {})
        self.fields["package"].choices = list(words.items())  # type: ignore[attr-defined]


@page(APPLY, title="登记租约", log="登记租约", methods=("GET", "POST"))
def lease(request: Request) -> HttpResponse:
    """登记租约。"""
    back = back_to(request, reverse("institution:grants"))

    def act(data: dict[str, Any]) -> HttpResponse:
        services.enter_lease(**data, by=request.actor, at=clock.now())
        return done(request, back, "已登记租约；草稿请点「重新测算」")

    form = LeaseForm(request.POST or None, request.FILES or None)
    return ask(request, form, act, title="登记租约", verb="登记", back=back)


@page(APPLY, title="登记安防改造", log="登记安防改造", methods=("GET", "POST"))
def works(request: Request) -> HttpResponse:
    """登记安防改造。"""
    back = back_to(request, reverse("institution:grants"))

    def act(data: dict[str, Any]) -> HttpResponse:
        services.enter_works(**data, by=request.actor, at=clock.now())
        return done(request, back, "已登记改造；草稿请点「重新测算」")

    form = WorksForm(request.POST or None, request.FILES or None)
    return ask(request, form, act, title="登记安防改造", verb="登记", back=back)
