"""机构端的表单：labels and help in plain words; what may be done is judged by the services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from tuoyu.core.excel.columns import Column
from tuoyu.core.files.contents import ACCEPT
from tuoyu.domains.attendance.models import DayStatus
from tuoyu.domains.children.models import Guardianship, SpecialStatus

Choices = Sequence[tuple[Any, str]]


class PlainForm(forms.Form):
    """表单的共同写法。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "f-%s")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            shown = field.label or name
            field.error_messages["required"] = f"「{shown}」必填，请补填"
            field.error_messages["invalid"] = f"「{shown}」写法不对，请改正"
            field.error_messages["invalid_choice"] = f"「{shown}」请从所列各项中选"
            if isinstance(field, forms.CharField) and field.max_length:
                for check in field.validators:
                    if getattr(check, "code", "") == "max_length":
                        check.message = f"「{shown}」最多 {field.max_length} 字，请精简"  # type: ignore[attr-defined]


def day_field(label: str, **more: Any) -> forms.DateField:
    """日期框。"""
    box = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=box, **more)


def time_field(label: str, **more: Any) -> forms.TimeField:
    """时刻框。"""
    box = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=box, required=False, **more)


def text_field(label: str, longest: int = 120, rows: int = 2, **more: Any) -> forms.CharField:
    """多行文字。"""
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, widget=box, **more)


class CorrectForm(PlainForm):
    """考勤更正。"""

    status = forms.TypedChoiceField(
        label="改为", choices=DayStatus.choices, coerce=int, widget=forms.RadioSelect
    )
    in_at = time_field("入园时间", help_text="改为到托时填；不填则沿用原记录")
    out_at = time_field("离园时间", help_text="改为到托时填；不填则沿用原记录")
    reason = text_field("更正原因", help_text="家长和监管部门都能看到；原记录保留")


class ReasonForm(PlainForm):
    """只问理由。"""

    reason = text_field("理由", 200)

    def __init__(self, *args: Any, label: str = "理由", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, hint
        self.fields["reason"].error_messages["required"] = f"「{label}」必填，请补填"


class AnswerForm(PlainForm):
    """答复异议。"""

    accept = forms.ChoiceField(
        label="处理",
        choices=[("yes", "采纳，按家长所说更正"), ("no", "不采纳，说明理由")],
        widget=forms.RadioSelect,
    )
    answer = text_field("答复", 200, 3, help_text="家长会看到这段话")


class LeaveCareForm(PlainForm):
    """离托。"""

    on = day_field("离托日", help_text="从这一天起不再在托")


class MoveForm(PlainForm):
    """转班。"""

    class_group = forms.TypedChoiceField(label="转到班级", coerce=int)
    on = day_field("转班日", help_text="从这一天起在新班")
    yuan = forms.CharField(label="月保育费（元）", max_length=12)

    def __init__(self, *args: Any, groups: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["class_group"].choices = groups  # type: ignore[attr-defined]


class GuardianForm(PlainForm):
    """登记监护人或接送人。"""

    name = forms.CharField(label="姓名", max_length=40)
    relation = forms.ChoiceField(label="与儿童关系", choices=Guardianship.Relation.choices)
    phone = forms.CharField(
        label="手机", max_length=20, required=False, help_text="同一手机与姓名视为同一人"
    )
    role = forms.ChoiceField(
        label="身份",
        choices=[
            ("guardian", "监护人，可接送"),
            ("picker", "只是接送人"),
            ("blocked", "禁止接走"),
        ],
        widget=forms.RadioSelect,
        initial="picker",
    )
    reason = text_field(
        "禁止依据", 200, required=False, help_text="选「禁止接走」时必填，如法院文书号"
    )


class StatusForm(PlainForm):
    """登记特殊家庭身份。"""

    kind = forms.ChoiceField(label="类别", choices=SpecialStatus.Kind.choices)
    evidence = forms.CharField(
        label="佐证材料", max_length=120, help_text="写明证件名称与编号；县级核验后才计入补助"
    )
    from_on = day_field("自")
    to_on = day_field("止（不含）", required=False)
    file = forms.FileField(
        label="佐证材料的照片或 PDF",
        required=False,
        help_text="JPEG、PNG 或 PDF，不超过 5 MB；照片里的拍摄地点等信息会自动去掉",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": "这个文件是空的，没有内容可存，请重新选择文件后上传"},
    )


class ReleaseForm(PlainForm):
    """园长放行。"""

    child = forms.TypedChoiceField(label="儿童", coerce=int)
    bearer = forms.CharField(label="接走人姓名", max_length=40)
    document = forms.CharField(
        label="核对的证件", max_length=80, help_text="证件种类与末四位，如“身份证 1234”"
    )
    reason = text_field("放行理由", 200, help_text="如“已与妈妈电话核实，末位 5678”")
    leaves = forms.BooleanField(label="同时登记离园", required=False, initial=True)

    def __init__(self, *args: Any, children: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["child"].choices = [("", "请选择"), *children]  # type: ignore[attr-defined]


def roster_form(columns: Iterable[Column], classes: Choices, today: date, data: Any) -> PlainForm:
    """登记入托的表单：the same columns as the roster, so that both ways judge alike."""
    fields: dict[str, forms.Field] = {}
    for column in columns:
        more: dict[str, Any] = {
            "label": column.title,
            "required": column.required,
            "help_text": "" if column.key == "class_name" else column.note,
        }
        if column.key == "class_name":
            fields[column.key] = forms.ChoiceField(choices=[("", "请选择"), *classes], **more)
        elif column.choices:
            options = [(label, label) for label in column.choices]
            blank = "不填" if not column.required else "请选择"
            fields[column.key] = forms.ChoiceField(choices=[("", blank), *options], **more)
        elif column.kind == "date":
            box = forms.DateInput(attrs={"type": "date"})
            start = f"{today:%Y-%m-%d}" if column.key == "from_on" else None
            fields[column.key] = forms.CharField(widget=box, initial=start, **more)
        else:
            fields[column.key] = forms.CharField(max_length=column.longest, **more)
    made: type[PlainForm] = type("RosterForm", (PlainForm,), fields)
    return made(data)
