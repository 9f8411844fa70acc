"""组件样册：every component with sample data, for people who build pages (demo mode only).

Each sample page stands beside the screen it is measured against. All names are fictitious.
"""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.ui import icons, samples

PAGES = {
    "": "样册",
    "home": "今天先办 3 件",
    "settle": "青禾托育园（虚构）",
    "form": "新增托位",
    "phone": "首页",
    "kiosk": "青禾托育园（虚构）",
    "screen": "泉州市普惠托育运行",
    "public": "找托育",
    "login": "登录",
    "print": "班级奖补结算明细表",
}


class SampleForm(forms.Form):
    """示例表单。"""

    name = forms.CharField(label="机构名称", help_text="与备案回执一致", max_length=60)
    code = forms.CharField(label="统一社会信用代码", max_length=18)
    kind = forms.ChoiceField(
        label="机构类型",
        choices=[("", "请选择"), ("1", "社区托育点"), ("2", "幼儿园托班"), ("3", "公立医院办托")],
    )
    opened_on = forms.DateField(
        label="开班日期", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    nature = forms.ChoiceField(
        label="性质",
        widget=forms.RadioSelect,
        choices=[("a", "公办"), ("b", "民办普惠"), ("c", "民办")],
    )
    services = forms.MultipleChoiceField(
        label="服务",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("x", "全日托"), ("y", "半日托"), ("z", "临时托"), ("w", "可延时")],
    )
    note = forms.CharField(label="说明", widget=forms.Textarea, required=False)
    proof = forms.FileField(
        label="佐证材料", required=False, help_text="PDF 或照片，每个不超过 10 MB"
    )
    agreed = forms.BooleanField(label="以上内容真实，愿意公示", required=False)


def catalogue(request: HttpRequest, page: str = "") -> HttpResponse:
    """组件样册。"""
    if page == "drawer":
        return render(request, "ui/catalogue/drawer.html", samples.context())
    if page not in PAGES:
        raise Http404
    if not hasattr(request, "access"):
        request.access = _visitor()  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "page_title": PAGES[page],
        "pages": [{"title": t, "url": f"/_ui/{k}/" if k else "/_ui/"} for k, t in PAGES.items()],
        "end_title": "监管端",
        "menu": samples.public_menu() if page == "public" else samples.menu(page),
        "search_url": "/_ui/",
        "todo_url": "/_ui/home/",
        "todo_count": 9,
        "help_url": "/_ui/",
        "icons": sorted(icons.drawn_names()),
        "form": _form(),
        "sample_page": Paginator(range(248), 20).page(3),
        **samples.context(),
    }
    return render(request, f"ui/catalogue/{page or 'index'}.html", context)


def _form() -> SampleForm:
    form = SampleForm({"name": "青禾托育园（虚构）", "code": "9135058200000000X", "kind": ""})
    form.add_error("code", "统一社会信用代码应为 18 位，现为 17 位，请对照执照补全")
    form.errors.pop("nature", None)
    form.errors.pop("kind", None)
    return form


def _visitor() -> SimpleNamespace:
    moment = clock.at(datetime(2025, 10, 15, tzinfo=clock.ZONE).date(), 8, 10)
    return SimpleNamespace(
        person_name="陈晓岚（虚构）",
        role_title="托育监管岗",
        organisation="晋江市卫健局",
        region_name="晋江市",
        city_name="泉州市",
        city_theme="",
        demo=True,
        clock=moment,
        roles=[
            {"title": "托育监管岗", "organisation": "晋江市卫健局", "url": "#", "current": True},
            {"title": "统计岗", "organisation": "晋江市卫健局", "url": "#", "current": False},
        ],
    )
