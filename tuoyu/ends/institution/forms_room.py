"""照护的表单。"""

from __future__ import annotations

from django import forms

_DIGITS = forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class PinForm(forms.Form):
    """班级口令。"""

    pin = forms.CharField(
        label="4 位口令",
        max_length=4,
        widget=_DIGITS,
        help_text="只用于在班级平板上说明是谁记录的；不要与手机、银行卡的密码相同。",
    )
    again = forms.CharField(label="再输一次", max_length=4, widget=_DIGITS)


class IntervalForm(forms.Form):
    """巡视间隔（分钟）。"""

    under_12 = forms.IntegerField(
        label="不满 12 个月（分钟）",
        min_value=1,
        max_value=60,
        help_text="国家文件未规定，此为本机构自定；北京地方标准午睡每 10 至 15 分钟，仅供参照。",
    )
    under_24 = forms.IntegerField(label="12 至 24 个月（分钟）", min_value=1, max_value=60)
    from_24 = forms.IntegerField(label="满 24 个月（分钟）", min_value=1, max_value=60)
