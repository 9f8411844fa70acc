"""计量的算法：a named measure of the pack → how the platform counts it.

A measure that is not named here comes from elsewhere (a review, a ministry, the treasury): it has
a value only when somebody has reported one, and says so until then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from tuoyu.core.money import yuan_short
from tuoyu.core.scope import Scope
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.institutions.models import (
    Contract,
    Institution,
    Kind,
    Place,
    Recognition,
)
from tuoyu.domains.institutions.selectors import COUNTED_PLACES
from tuoyu.domains.regions.models import PopulationFigure
from tuoyu.domains.regions.selectors import latest_figures
from tuoyu.domains.workforce.models import CARE_KINDS, Certificate, CertificateKind, Post, Staff
from tuoyu.domains.workforce.selectors import working

Rows = QuerySet[Any]
Narrow = Callable[[Rows, date], Rows]
CARING = (Post.HEAD, Post.CARER, Post.HEALTH)


@dataclass(frozen=True)
class Value:
    """一个数，连同要写在来源旁的话。"""

    value: int
    note: str = ""


@dataclass(frozen=True)
class Counted:
    """可点开名单的计量：one row of ``model`` is one unit of the figure.

    ``unit_path`` leads from the row to its 实施单位.
    """

    model: Any
    narrow: Narrow
    unit_path: str
    noun: str
    weight: Callable[[], Any] = lambda: models.Count("pk")
    note: str = ""

    def values(self, on: date, units: list[str]) -> dict[str, Value]:
        """各单位的数（没有的记零，因为台账就在平台上）。"""
        rows = self._counted(on, units).values(self.unit_path).annotate(measured=self.weight())
        found = {r[self.unit_path]: int(r["measured"] or 0) for r in rows}
        return {unit: Value(found.get(unit, 0), self.note) for unit in units}

    def total(self, on: date, units: list[str]) -> Value | None:
        """合计：added before it is cut, so that two halves make one."""
        found = self._counted(on, units).aggregate(measured=self.weight())["measured"]
        return Value(int(found or 0), self.note)

    def _counted(self, on: date, units: list[str]) -> Rows:
        rows = self.narrow(self.model.all_rows.all(), on).order_by()
        return rows.filter(**{f"{self.unit_path}__in": units})

    def visible(self, scope: Scope, on: date) -> Rows:
        """名单（数据范围内）。"""
        return self.narrow(self.model.objects.visible_to(scope), on)


@dataclass(frozen=True)
class AverageFee(Counted):
    """平均月保育费（分）：weighted by children; the plain mean of institutions stands beside it.

    Cut upwards: a price must not read as lower than it is. Without a child there is no average.
    """

    def values(self, on: date, units: list[str]) -> dict[str, Value]:
        by_unit: dict[str, list[tuple[int, int]]] = {}
        for unit, fen, children in self._sums(on, units):
            by_unit.setdefault(unit, []).append((fen, children))
        return {unit: _average(sums) for unit, sums in by_unit.items()}

    def total(self, on: date, units: list[str]) -> Value | None:
        sums = [(fen, children) for _, fen, children in self._sums(on, units)]
        return _average(sums) if sums else None

    def _sums(self, on: date, units: list[str]) -> list[tuple[str, int, int]]:
        rows = self._counted(on, units).values(self.unit_path, "institution_id")
        rows = rows.annotate(fen=models.Sum("monthly_fen"), children=models.Count("pk"))
        return [(r[self.unit_path], int(r["fen"]), r["children"]) for r in rows]


def _average(sums: list[tuple[int, int]]) -> Value:
    weighted = -(-sum(fen for fen, _ in sums) // sum(n for _, n in sums))
    plain = -(-sum(-(-fen // n) for fen, n in sums) // len(sums))
    return Value(weighted, f"按机构简单平均为 {yuan_short(plain)} 元")


@dataclass(frozen=True)
class Population:
    """人口与收入口径：dated public figures, per region and for the whole city apart."""

    measure: str
    monthly_fen: bool = False

    def figures(self, on: date) -> list[tuple[PopulationFigure, int]]:
        """各区划最近一年的数。A year's income in 元 becomes fen a month, cut downwards."""
        rows = latest_figures(self.measure, on)
        return [(f, f.value * 100 // 12 if self.monthly_fen else f.value) for f in rows]


def _places(rows: Rows, on: date) -> Rows:
    return rows.filter(state__in=COUNTED_PLACES)


def _recognised(path: str, on: date) -> Exists:
    return Exists(Recognition.all_rows.filter(institution=OuterRef(path), period__contains=on))


def _inclusive_places(rows: Rows, on: date) -> Rows:
    return _places(rows, on).filter(_recognised("institution_id", on))


def _inclusive_enrolments(rows: Rows, on: date) -> Rows:
    return _enrolled(rows, on).filter(_recognised("institution_id", on))


def _new_inclusive_places(rows: Rows, on: date) -> Rows:
    return _inclusive_places(rows, on).filter(is_new=True)


def _places_in(*kinds: Kind) -> Narrow:
    return lambda rows, on: _places(rows, on).filter(institution__kind__in=kinds)


def _running(rows: Rows, on: date) -> Rows:
    return rows.filter(status=Institution.Status.FILED)


def _filed(rows: Rows, on: date) -> Rows:
    return _running(rows, on).exclude(record_no="")


def _kinds(*kinds: Kind) -> Narrow:
    return lambda rows, on: _running(rows, on).filter(kind__in=kinds)


def _signed(rows: Rows, on: date) -> Rows:
    held = Contract.all_rows.filter(institution=OuterRef("pk"), period__contains=on)
    return _running(rows, on).filter(Exists(held))


def _contracted(rows: Rows, on: date) -> Rows:
    held = Contract.all_rows.filter(
        institution=OuterRef("pk"), period__contains=on, guided_on__isnull=False, guided_on__lte=on
    )
    return _running(rows, on).filter(Exists(held))


def _caring(rows: Rows, on: date) -> Rows:
    return working(rows, on).filter(post__in=CARING)


def _certified(rows: Rows, on: date) -> Rows:
    held = Certificate.all_rows.filter(
        Q(expires_on=None) | Q(expires_on__gt=on),
        staff=OuterRef("pk"),
        issued_on__lte=on,
        kind__in=(*CARE_KINDS, CertificateKind.HEAD),
    )
    return _caring(rows, on).filter(Exists(held))


def _trained(rows: Rows, on: date) -> Rows:
    return working(rows, on).filter(trained_on__year=on.year, trained_on__lte=on)


def _enrolled(rows: Rows, on: date) -> Rows:
    return rows.filter(period__contains=on, form__in=(ServiceForm.FULL_DAY, ServiceForm.HALF_DAY))


def _full_days() -> Any:
    """折算：a half-day child counts one half; halves are added before they are cut."""
    halves = models.Sum(models.Case(models.When(form=ServiceForm.FULL_DAY, then=2), default=1))
    return halves / models.Value(2)


INSTITUTION, PLACE, STAFF, ENROLMENT = "unit_code", *("institution__unit_code",) * 3

MEASURES: Mapping[str, Counted | Population] = {
    "places_total": Counted(Place, _places, PLACE, "个托位"),
    "places_inclusive": Counted(Place, _inclusive_places, PLACE, "个托位"),
    "places_inclusive_added": Counted(Place, _new_inclusive_places, PLACE, "个托位"),
    "places_kindergarten": Counted(Place, _places_in(Kind.KINDERGARTEN), PLACE, "个托位"),
    "centre_places": Counted(Place, _places_in(Kind.CENTER), PLACE, "个托位"),
    "hub_points": Counted(
        Institution, _kinds(Kind.COMMUNITY, Kind.NEIGHBOURHOOD), INSTITUTION, "家机构"
    ),
    "institutions_total": Counted(Institution, _running, INSTITUTION, "家机构"),
    "institutions_filed": Counted(Institution, _filed, INSTITUTION, "家机构"),
    "institutions_contracted": Counted(Institution, _contracted, INSTITUTION, "家机构"),
    "contracts_live": Counted(Institution, _signed, INSTITUTION, "家机构"),
    "staff_working": Counted(
        Staff, _caring, STAFF, "名人员", note="只计保育照护、卫生保健与负责人"
    ),
    "staff_certified": Counted(Staff, _certified, STAFF, "名人员", note="证书在有效期内"),
    "staff_listed": Counted(Staff, lambda rows, on: working(rows, on), STAFF, "名人员"),
    "staff_trained": Counted(Staff, _trained, STAFF, "名人员", note="本年度内完成"),
    "children_enrolled": Counted(
        Enrolment,
        _enrolled,
        ENROLMENT,
        "名婴幼儿",
        weight=_full_days,
        note="半日托折 0.5；计时托、临时托未报时数，未计入",
    ),
    "average_month_fee": AverageFee(
        Enrolment, _inclusive_enrolments, ENROLMENT, "名婴幼儿", note="只计普惠机构的保育费"
    ),
    "income_per_month": Population(PopulationFigure.Measure.INCOME, monthly_fen=True),
    "resident_population": Population(PopulationFigure.Measure.RESIDENT),
    "under3_population": Population(PopulationFigure.Measure.UNDER3),
}
