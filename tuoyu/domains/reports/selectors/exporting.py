"""导出哪些表：an allow-list by name. What is not named here does not leave the house.

Tables of higher domains are found by their label, since this one may not import them. Left out on
purpose: mandatory reports (few may know), people's own messages, what the county has found and not
asked yet, keys of devices and codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from tuoyu.core import clock
from tuoyu.core.fields import SealedText
from tuoyu.core.scope import Scope

COVERED = "已遮盖"


@dataclass(frozen=True)
class Table:
    """导出的一种记录。"""

    label: str
    title: str


TABLES = tuple(
    Table(label, title)
    for label, title in (
        ("institutions.Institution", "机构"),
        ("institutions.ClassGroup", "班级"),
        ("institutions.Place", "托位"),
        ("institutions.Recognition", "普惠认定"),
        ("institutions.FeeStandard", "保育费标准"),
        ("institutions.Contract", "医育签约"),
        ("workforce.Staff", "从业人员"),
        ("workforce.Certificate", "证书"),
        ("workforce.RotaShift", "排班"),
        ("workforce.StaffLeave", "员工请假"),
        ("workforce.BackgroundCheck", "从业查询"),
        ("children.Child", "儿童"),
        ("children.Guardianship", "监护与接送关系"),
        ("children.SpecialStatus", "特殊家庭身份"),
        ("children.Consent", "同意"),
        ("enrolment.Enrolment", "入托登记"),
        ("attendance.Event", "门口事件"),
        ("attendance.DaySheet", "日考勤"),
        ("attendance.MonthClose", "月结"),
        ("attendance.GuardianConfirmation", "家长月确认"),
        ("attendance.Dispute", "考勤异议"),
        ("attendance.Release", "园长放行"),
        ("attendance.StaffShift", "员工到岗"),
        ("care.CareEvent", "照护记录"),
        ("medicine.MedicineRequest", "用药申请"),
        ("medicine.Dose", "喂药记录"),
        ("incidents.Incident", "伤害记录"),
        ("incidents.IncidentEntry", "伤害记录时间线"),
        ("incidents.IncidentSign", "伤害记录签字"),
        ("kitchen.Recipe", "食谱"),
        ("kitchen.Menu", "带量食谱周表"),
        ("safety.Point", "巡查点"),
        ("safety.Round", "安全巡查"),
        ("safety.Hazard", "隐患"),
        ("safety.Drill", "应急演练"),
        ("safety.Equipment", "设备"),
        ("safety.EquipmentCheck", "设备检查"),
        ("safety.Document", "证照"),
        ("billing.FeeItem", "收费项目"),
        ("billing.Bill", "账单"),
        ("billing.BillLine", "账单行"),
        ("billing.Payment", "收款"),
        ("bookings.Booking", "计时托预约"),
        ("reports.Report", "报表"),
        ("files.StoredFile", "附件目录"),
    )
)


def read_table(scope: Scope, table: Table, *, sealed: bool) -> tuple[list[str], list[list[Any]]]:
    """一种记录的表头和各行；keys and hashes are no data and are left out."""
    model = apps.get_model(table.label)
    fields = [f for f in model._meta.concrete_fields if _is_data(f)]
    named = [f.name for f in fields if _is_named(f)]
    rows = model.objects.visible_to(scope).order_by("pk")
    if named:
        rows = rows.select_related(*named)
    head = [str(f.verbose_name) for f in fields] + [f"{_title(model, n)}（名称）" for n in named]
    found = rows.iterator(chunk_size=2000)
    return head, [[*(_cell(f, r, sealed) for f in fields), *_names(r, named)] for r in found]


def _is_named(field: models.Field[Any, Any]) -> bool:
    """A number alone tells nobody who it is."""
    other = field.related_model if isinstance(field, models.ForeignKey) else None
    return other is not None and any(f.name == "name" for f in other._meta.concrete_fields)


def _title(model: type[models.Model], name: str) -> str:
    other = model._meta.get_field(name).related_model
    return (getattr(other, "__doc__", "") or name).split("。")[0].split("：")[0]


def _names(row: models.Model, named: list[str]) -> list[str | None]:
    return [getattr(getattr(row, name), "name", None) for name in named]


def _is_data(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, SealedText) or not isinstance(field, models.BinaryField)


def _cell(field: models.Field[Any, Any], row: models.Model, sealed: bool) -> Any:
    value = getattr(row, field.attname)
    if value is None:
        return None
    if isinstance(field, SealedText):
        return value if sealed else COVERED
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).replace(tzinfo=None)
    is_plain = isinstance(value, (int, str)) or hasattr(value, "isoformat")
    return value if is_plain else str(value)
