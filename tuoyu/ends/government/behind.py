"""名单的列：which columns stand behind a figure, by what was counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.indicators.measures import Counted, Rows
from tuoyu.domains.institutions.models import Institution, Kind, Place, PlaceState
from tuoyu.domains.workforce.models import Post, Staff
from tuoyu.ui.words import age, mask_name

Line = dict[str, Any]


@dataclass(frozen=True)
class Behind:
    """一份名单：heads and how a row is written. Persons are masked."""

    head: tuple[str, ...]
    related: tuple[str, ...]
    write: Callable[[Any, dict[str, str], date], Line]


def _institution(i: Institution, names: dict[str, str], on: date) -> Line:
    cells = [names.get(i.unit_code, i.unit_code), Kind(i.kind).label, i.record_no or "未备案"]
    return _line(i, cells)


def _place(p: Place, names: dict[str, str], on: date) -> Line:
    unit = names.get(p.institution.unit_code, p.institution.unit_code)
    state = PlaceState(p.state).label
    return _line(p.institution, [unit, p.number, state, p.state_on.isoformat()])


def _staff(s: Staff, names: dict[str, str], on: date) -> Line:
    unit = names.get(s.institution.unit_code, s.institution.unit_code)
    trained = s.trained_on.isoformat() if s.trained_on else "未轮训"
    return _line(s.institution, [unit, mask_name(s.name), Post(s.post).label, trained])


def _enrolment(e: Enrolment, names: dict[str, str], on: date) -> Line:
    unit = names.get(e.institution.unit_code, e.institution.unit_code)
    who = f"{mask_name(e.child.name)}（{age(e.child.born_on, on)}）"
    return _line(e.institution, [unit, who, ServiceForm(e.form).label, e.period.lower.isoformat()])


def _line(i: Institution, cells: list[str]) -> Line:
    return {
        "name": i.name,
        "url": reverse("government:institution", args=[i.pk]),
        "cells": cells,
    }


TABLES: dict[type, Behind] = {
    Institution: Behind(("单位", "类型", "备案号"), (), _institution),
    Place: Behind(("单位", "托位编号", "状态", "状态日期"), ("institution",), _place),
    Staff: Behind(("单位", "姓名", "岗位", "最近轮训"), ("institution",), _staff),
    Enrolment: Behind(
        ("单位", "婴幼儿", "服务形式", "入托日期"), ("institution", "child"), _enrolment
    ),
}


def columns_of(how: Counted) -> Behind:
    return TABLES[how.model]


def ordered(how: Counted, rows: Rows) -> Rows:
    """按机构排，一次取齐关联。"""
    key = "name" if how.model is Institution else "institution__name"
    found = columns_of(how).related
    rows = rows.order_by(key, "pk")
    return rows.select_related(*found) if found else rows


def lines(how: Counted, rows: Any, names: dict[str, str], on: date) -> list[Line]:
    return [columns_of(how).write(r, names, on) for r in rows]
