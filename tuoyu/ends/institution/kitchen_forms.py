"""膳食的表单。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from tuoyu.core.errors import DomainError
from tuoyu.domains.kitchen.allergens import LONG
from tuoyu.domains.kitchen.rules import BANDS, Allergy, Line, split_foods
from tuoyu.ends.institution.forms import Choices, PlainForm, text_field

ROWS = 10


class AllergyForm(PlainForm):
    """过敏与忌口：the eight groups, and further foods by name."""

    codes = forms.MultipleChoiceField(
        label="致敏物质（国家标准八类）",
        choices=list(LONG.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    foods = forms.CharField(
        label="另外不能吃的", required=False, max_length=80,
        help_text="写食材名，用顿号隔开，如：芒果、菠菜；食材或菜名里有这些字就会拦下",
    )  # fmt: skip
    note = text_field("说明", 120, required=False, help_text="反应、诊断或医嘱；可不填")

    @property
    def allergy(self) -> Allergy:
        """所填的过敏。"""
        data = self.cleaned_data
        return Allergy(frozenset(data["codes"]), split_foods(data["foods"]))


class SettleForm(PlainForm):
    """核对家长的申报。"""

    is_right = forms.ChoiceField(
        label="核对结果",
        choices=[("yes", "采纳，按家长所报"), ("no", "不采纳，维持原登记")],
        widget=forms.RadioSelect,
    )
    answer = text_field("答复", 200, required=False, help_text="不采纳须写理由，家长会看到")


class SampleForm(PlainForm):
    """留样。"""

    dish = forms.ChoiceField(label="菜品")
    grams = forms.IntegerField(label="克数", min_value=1, max_value=5000)
    place = forms.CharField(label="存放处", max_length=40, initial="留样冰箱")

    def __init__(self, *args: Any, dishes: Choices, least: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box = self.fields["dish"]
        assert isinstance(box, forms.ChoiceField)
        box.choices = dishes
        self.fields["grams"].help_text = f"不少于 {least} 克"
        self.fields["grams"].initial = least


class PurchaseForm(PlainForm):
    """晨购一笔。"""

    ingredient = forms.CharField(label="食材", max_length=30)
    grams = forms.IntegerField(label="数量（克）", min_value=1, max_value=1_000_000)
    amount = forms.CharField(label="金额（元）", required=False, max_length=12)
    supplier = forms.CharField(label="供货者", max_length=60)
    ticket = forms.CharField(label="票据或检验证明编号", max_length=60)
    is_accepted = forms.ChoiceField(
        label="验收", choices=[("yes", "合格，收下"), ("no", "不合格")], widget=forms.RadioSelect,
        initial="yes",
    )  # fmt: skip
    remark = text_field("感官与处理", 120, required=False, help_text="不合格须写情况和处理")
    second_name = forms.CharField(
        label="复核人", max_length=40, required=False, help_text="双人验收时填另一人姓名"
    )


def blank_rows(lines: list[tuple[str, dict[str, int | None]]]) -> list[dict[str, Any]]:
    """用料表的各行，with room for more."""
    rows = [
        {"name": name, "cells": [(band, title, grams.get(band)) for band, title in BANDS.items()]}
        for name, grams in lines
    ]
    while len(rows) < max(ROWS, len(lines) + 3):
        rows.append({"name": "", "cells": [(b, t, None) for b, t in BANDS.items()]})
    return rows


def read_rows(data: QueryDict) -> list[tuple[str, dict[str, int | None]]]:
    """用料表所填；what is no number is said, not dropped."""
    out: list[tuple[str, dict[str, int | None]]] = []
    names = data.getlist("ingredient")
    cells = {band: data.getlist(band) for band in BANDS}
    for n, raw in enumerate(names[:40]):
        name = raw.strip()[:30]
        texts = {b: (c[n].strip() if n < len(c) else "") for b, c in cells.items()}
        if not name and any(texts.values()):
            raise DomainError("no-name", f"第 {n + 1} 行写了克数，没有写食材，请补上")
        if not name:
            continue
        out.append((name, {b: _grams(name, t) for b, t in texts.items()}))
    return out


def _grams(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise DomainError("grams", f"「{name}」的克数应是整数，现为 {text[:8]}，请改正")
    return int(text)


def lines_of(rows: list[tuple[str, dict[str, int | None]]]) -> list[Line]:
    """用料。"""
    return [Line(name, grams) for name, grams in rows]
