"""机构的读取：lists are bounded; a foreign row is not found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import (
    ClassGroup,
    ClassType,
    Contract,
    FeeStandard,
    Institution,
    Kind,
    Place,
    PlaceState,
    Recognition,
)

PUBLIC = "机构信息公开"
COUNTED_PLACES = (PlaceState.BUILT, PlaceState.FILED, PlaceState.OPERATING)


@dataclass(frozen=True)
class Wanted:
    """查询条件。"""

    text: str = ""
    kind: str = ""
    unit: str = ""
    status: str = ""
    recognised: str = ""


SORTS = ("name", "unit_code", "kind", "places_counted", "filed_on")


def list_institutions(
    scope: Scope, wanted: Wanted, on: date, sort: str = "unit_code"
) -> QuerySet[Institution]:
    """机构名单：with places counted and whether recognised on the day."""
    rows = Institution.objects.visible_to(scope)
    rows = _narrow(rows, wanted)
    counted = (
        Place.all_rows.filter(institution=OuterRef("pk"), state__in=COUNTED_PLACES)
        .order_by()
        .values("institution")
        .annotate(n=Count("*"))
        .values("n")
    )
    rows = rows.annotate(
        places_counted=Subquery(counted, output_field=models.IntegerField()),
        is_recognised=_recognised(on),
    )
    if wanted.recognised:
        rows = rows.filter(is_recognised=wanted.recognised == "yes")
    key = sort.removeprefix("-")
    order = sort if key in SORTS else "unit_code"
    return rows.order_by(order, "id")


def _narrow(rows: QuerySet[Institution], wanted: Wanted) -> QuerySet[Institution]:
    if text := wanted.text.strip():
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(search__icontains="".join(text.lower().split()))
            | Q(record_no__icontains=text)
        )
    if wanted.kind in Kind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.unit:
        rows = rows.filter(unit_code=wanted.unit)
    if wanted.status in Institution.Status.values:
        rows = rows.filter(status=wanted.status)
    return rows


def _recognised(on: date) -> Exists:
    return Exists(Recognition.all_rows.filter(institution=OuterRef("pk"), period__contains=on))


def total_places(rows: QuerySet[Institution]) -> dict[str, int]:
    """合计行：over the whole list, not the page."""
    found = rows.order_by().aggregate(
        institutions=Count("pk"),
        places=models.Sum("places_counted"),
        recognised=Count("pk", filter=Q(is_recognised=True)),
    )
    return {k: v or 0 for k, v in found.items()}


def access_institution(scope: Scope, institution_id: int) -> Institution:
    """取一家机构；outside the scope it is not found."""
    found = Institution.objects.visible_to(scope).filter(pk=institution_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class ClassRow:
    """班级一行。"""

    id: int
    name: str
    class_type: str
    type_title: str
    capacity: int
    places: int
    is_open: bool


@dataclass(frozen=True)
class PlaceCount:
    """某状态的托位数。"""

    state: str
    title: str
    count: int


def list_classes(institution: Institution) -> list[ClassRow]:
    """班级与其托位数。"""
    counted = Count("places", filter=Q(places__state__in=COUNTED_PLACES))
    rows = ClassGroup.all_rows.filter(institution=institution).annotate(n=counted).order_by("id")
    return [
        ClassRow(
            r.pk,
            r.name,
            r.class_type,
            ClassType(r.class_type).label,
            r.capacity,
            cast(Any, r).n,
            r.is_open,
        )
        for r in rows
    ]


def count_places(institution: Institution) -> list[PlaceCount]:
    """各状态托位数，in the order of a place's life; a state without places is left out."""
    rows = Place.all_rows.filter(institution=institution).order_by().values("state")
    found = {r["state"]: r["n"] for r in rows.annotate(n=Count("*"))}
    return [PlaceCount(s.value, s.label, found[s.value]) for s in PlaceState if s.value in found]


def list_recognitions(institution: Institution) -> list[Recognition]:
    """普惠认定，newest first."""
    return list(Recognition.all_rows.filter(institution=institution).order_by("-period"))


def list_contracts(institution: Institution) -> list[Contract]:
    """医育签约，newest first."""
    return list(Contract.all_rows.filter(institution=institution).order_by("-period"))


def current_fees(institution_ids: Iterable[int], on: date) -> dict[int, dict[str, int]]:
    """某日生效的月保育费（分）：institution → class type → fen."""
    rows = FeeStandard.objects.unscoped(reason=PUBLIC).filter(
        institution_id__in=list(institution_ids), from_on__lte=on
    )
    rows = rows.order_by("institution_id", "class_type", "-from_on").distinct(
        "institution_id", "class_type"
    )
    out: dict[int, dict[str, int]] = {}
    for fee in rows:
        out.setdefault(fee.institution_id, {})[fee.class_type] = fee.monthly_fen
    return out


def list_public(on: date) -> QuerySet[Institution]:
    """公开的机构：filed ones only, with whether recognised on the day."""
    rows = Institution.objects.unscoped(reason=PUBLIC).filter(status=Institution.Status.FILED)
    return rows.annotate(is_recognised=_recognised(on))


def access_public(institution_id: int, on: date) -> Institution:
    """公开的一家机构。"""
    found = list_public(on).filter(pk=institution_id).first()
    if found is None:
        raise NotFound
    return found


def list_names(scope: Scope) -> dict[int, str]:
    """编号 → 名称（数据范围内）。"""
    return dict(Institution.objects.visible_to(scope).values_list("id", "name"))


def list_contracted(scope: Scope) -> QuerySet[Institution]:
    """签约医生的机构，by name."""
    return Institution.objects.visible_to(scope).order_by("name")


def latest_contracts(scope: Scope) -> dict[int, Contract]:
    """每家机构最近一份签约。"""
    rows = Contract.objects.visible_to(scope).order_by("institution_id", "-period")
    return {c.institution_id: c for c in rows.distinct("institution_id")}


def unit_of(institution_ids: Iterable[int]) -> dict[int, str]:
    """编号 → 实施单位。"""
    rows = Institution.objects.unscoped(reason=PUBLIC).filter(pk__in=list(institution_ids))
    return dict(rows.order_by().values_list("id", "unit_code"))


def count_by_unit(scope: Scope) -> dict[str, int]:
    """各单位的已备案机构数。"""
    rows = Institution.objects.visible_to(scope).filter(status=Institution.Status.FILED)
    found = rows.order_by().values("unit_code").annotate(n=Count("*"))
    return {r["unit_code"]: r["n"] for r in found}
