"""办公室的表单：shifts, leave, papers, reports, export."""

from __future__ import annotations

from typing import Any

from django import forms

from tuoyu.domains.reports import rules
from tuoyu.domains.reports.models import Report
from tuoyu.domains.workforce.models import BackgroundCheck, CertificateKind, StaffLeave
from tuoyu.domains.workforce.rules import clock_text
from tuoyu.ends.institution.forms import Choices, PlainForm, day_field, text_field


def half_hour_choices(first: int, last: int) -> list[tuple[int, str]]:
    """半小时的时刻。"""
    return [(m, clock_text(m)) for m in range(first, last + 1, 30)]


class ShiftForm(PlainForm):
    """排一个班。"""

    staff = forms.TypedChoiceField(label="人员", coerce=int)
    class_group = forms.TypedChoiceField(label="班级", coerce=int)
    day = day_field("日期")
    from_minute = forms.TypedChoiceField(label="上班", coerce=int)
    to_minute = forms.TypedChoiceField(label="下班", coerce=int)

    def __init__(
        self, *args: Any, staff: Choices, groups: Choices, hours: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = staff  # type: ignore[attr-defined]
        self.fields["class_group"].choices = groups  # type: ignore[attr-defined]
        for name in ("from_minute", "to_minute"):
            self.fields[name].choices = hours  # type: ignore[attr-defined]


class StaffLeaveForm(PlainForm):
    """员工请假。"""

    staff = forms.TypedChoiceField(label="谁请假", coerce=int)
    kind = forms.ChoiceField(label="假别", choices=StaffLeave.Kind.choices)
    first = day_field("第一天")
    last = day_field("最后一天（含）")
    reason = text_field("事由", 120, required=False, help_text="可不填；只有批假的人看得到")

    def __init__(self, *args: Any, staff: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = staff  # type: ignore[attr-defined]


class RefuseForm(PlainForm):
    """不准假的理由。"""

    note = text_field("为什么不准", 120, help_text="请假人看得到")


class CertificateForm(PlainForm):
    """登记证书。"""

    kind = forms.ChoiceField(label="种类", choices=CertificateKind.choices)
    number = forms.CharField(label="证书编号", max_length=40)
    issued_on = day_field("发证日期")
    expires_on = day_field(
        "到期日期", required=False, help_text="到期当天起不再算有效；长期有效留空，健康合格证必填"
    )


class CheckForm(PlainForm):
    """登记从业查询。"""

    checked_on = day_field("查询日期")
    agency = forms.CharField(label="查询机关", max_length=60)
    result = forms.ChoiceField(
        label="结果", choices=BackgroundCheck.Result.choices, widget=forms.RadioSelect,
        help_text="加密保存，平时不显示；要看须写原因并留痕",
    )  # fmt: skip


class ReportForm(PlainForm):
    """手填项：only what no record can tell; what is there may be saved before the rest."""

    use_required_attribute = False

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in rules.manual_of(report.kind):
            held = report.answers.get(item.code, {}).get("value")
            self.fields[item.code] = _field(item)
            self.initial.setdefault(item.code, _shown(item, held))


def _field(item: rules.Item) -> forms.Field:
    label = f"{item.title}（{item.unit}）" if item.unit else item.title
    more: dict[str, Any] = {"label": label, "help_text": item.hint}
    if item.kind == rules.CHOICE:
        picks = [("yes", "是"), ("no", "否")]
        return forms.ChoiceField(choices=picks, widget=forms.RadioSelect, **more)
    if item.kind == rules.TEXT:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **more)
    mode = "decimal" if item.kind == rules.MONEY else "numeric"
    return forms.CharField(max_length=16, widget=forms.TextInput(attrs={"inputmode": mode}), **more)


def _shown(item: rules.Item, held: Any) -> Any:
    if item.kind == rules.MONEY and isinstance(held, int):
        return f"{held // 100}.{held % 100:02d}"
    return held


class ExportForm(PlainForm):
    """导出的用途。"""

    reason = text_field("用途", 120, help_text="写入操作日志")
    with_sealed = forms.BooleanField(
        label="含证件号、电话与健康内容",
        required=False,
        help_text="不勾选则这些内容以“已遮盖”代替；勾选前请想好存放在哪里、谁能看到",
    )
