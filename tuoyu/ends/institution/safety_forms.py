"""安全的表单。"""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms

from tuoyu.core.errors import DomainError
from tuoyu.core.files import contents, images
from tuoyu.domains.safety.models import DocumentKind, DrillKind, Equipment, Every, Hazard
from tuoyu.ends.institution.forms import PlainForm, day_field, text_field


def photo_field(label: str = "照片", *, required: bool = False) -> forms.FileField:
    """拍照框：the phone opens its camera."""
    box = forms.ClearableFileInput(attrs={"accept": images.ACCEPT, "capture": "environment"})
    return forms.FileField(label=label, required=required, widget=box)


class PointForm(PlainForm):
    """巡查点。"""

    name = forms.CharField(label="名称", max_length=40)
    place = forms.CharField(label="位置", max_length=60, required=False)
    items = text_field("检查项", 800, 6, help_text="每行一项，最多 20 项")
    every = forms.ChoiceField(label="频次", choices=Every.choices)
    times = forms.CharField(
        label="每日截止时刻",
        max_length=60,
        required=False,
        help_text="如：07:40、17:40；每周每月的不填",
    )
    needs_photo = forms.BooleanField(label="须拍现场照片", required=False)

    def given(self) -> dict[str, Any]:
        """所填。"""
        data = self.cleaned_data
        return {
            "place": data["place"],
            "items": [line.strip()[:60] for line in data["items"].splitlines() if line.strip()],
            "every": data["every"],
            "due_times": read_times(data["times"]) if data["every"] == Every.DAY else [],
            "needs_photo": data["needs_photo"],
        }


def read_times(text: str) -> list[time]:
    """「07:40、17:40」。"""
    out = []
    for mark in "，, ;；":
        text = text.replace(mark, "、")
    for part in filter(None, (p.strip().replace("：", ":") for p in text.split("、"))):
        try:
            out.append(time.fromisoformat(part.zfill(5)))
        except ValueError as error:
            raise DomainError(
                "time", f"时刻应写成 07:40 的样子，现为 {part[:8]}，请改正"
            ) from error
    return out


class HazardForm(PlainForm):
    """隐患。"""

    place = forms.CharField(label="位置", max_length=60)
    what = text_field("看到了什么", 200)
    grade = forms.ChoiceField(label="等级", choices=Hazard.Grade.choices)
    due_on = day_field("整改期限")
    photo = photo_field()


class FixForm(PlainForm):
    """整改。"""

    opinion = text_field("怎么整改的", 200)
    photo = photo_field("整改后照片")


class RecheckForm(PlainForm):
    """复查。"""

    is_good = forms.ChoiceField(
        label="复查结果", choices=[("yes", "合格，销号"), ("no", "不合格，退回整改")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    opinion = text_field("意见", 200, required=False, help_text="不合格须写明还差什么")


class DrillPlanForm(PlainForm):
    """排演练。"""

    kind = forms.ChoiceField(label="科目", choices=DrillKind.choices)
    planned_on = day_field("计划日")


class DrillForm(PlainForm):
    """登记演练。"""

    on = day_field("演练日期")
    at = forms.TimeField(label="开始时刻", widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    minutes = forms.IntegerField(label="用时（分）", min_value=0, max_value=240)
    seconds = forms.IntegerField(label="用时（秒）", min_value=0, max_value=59)
    children_present = forms.IntegerField(label="在园儿童", min_value=0, max_value=500)
    children_counted = forms.IntegerField(
        label="集合点清点到", min_value=0, max_value=500, help_text="与在园人数对不上须写明"
    )
    staff_counted = forms.IntegerField(label="参加人员", min_value=0, max_value=200)
    account = text_field("过程与问题", 400, 4, required=False)


class EquipmentForm(PlainForm):
    """设备。"""

    kind = forms.ChoiceField(label="种类", choices=Equipment.Kind.choices)
    name = forms.CharField(label="名称与编号", max_length=60)
    place = forms.CharField(label="位置", max_length=60)
    check_months = forms.IntegerField(label="几个月查一次", min_value=1, max_value=24)
    expires_on = day_field("有效期至", required=False, help_text="没有有效期的不填")


class CheckForm(PlainForm):
    """设备检查。"""

    is_sound = forms.ChoiceField(
        label="情况", choices=[("yes", "正常"), ("no", "不正常")], widget=forms.RadioSelect
    )
    note = text_field("说明", 200, required=False, help_text="不正常须写明看到了什么")


class LicenceForm(PlainForm):
    """证照。"""

    kind = forms.ChoiceField(label="种类", choices=DocumentKind.choices)
    name = forms.CharField(label="名称", max_length=60)
    number = forms.CharField(label="编号", max_length=60, required=False)
    issued_on = day_field("发证日", required=False)
    expires_on = day_field("有效期至", required=False, help_text="长期有效的不填")
    upload = forms.FileField(
        label="扫描件", required=False, help_text="照片或 PDF，5 MB 以内",
        widget=forms.ClearableFileInput(attrs={"accept": contents.ACCEPT}),
    )  # fmt: skip
