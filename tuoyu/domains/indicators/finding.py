"""找托育：what a family may know before it signs in. Reads published rows only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)

from tuoyu.domains.indicators.models import PublishedVacancy
from tuoyu.domains.institutions.models import FeeStandard
from tuoyu.domains.institutions.selectors import list_public
from tuoyu.domains.policies.engine import Book

SORTS = {"vacant": "余位多", "fee": "收费低", "name": "按名称"}


@dataclass(frozen=True)
class Search:
    """找托育的条件。``months`` is the child's age, which decides the class types."""

    text: str = ""
    unit: str = ""
    months: int | None = None
    vacant: bool = False
    recognised: bool = False
    sort: str = "vacant"


def class_types_for(book: Book, months: int | None) -> list[str]:
    """这个月龄可入的班型；all of them when the age is not given."""
    types = book.national.class_types.values()
    return [t.code for t in types if months is None or t.age_from <= months < t.age_to]


def find_care(search: Search, types: list[str], on: date) -> QuerySet[Any]:
    """符合条件的机构：with the lowest filed fee and the free places of the fitting class types.

    ``free`` is None where nothing has been published: unknown, not full.
    """
    rows: QuerySet[Any] = list_public(on)
    if text := search.text.strip():
        plain = "".join(text.lower().split())
        rows = rows.filter(name__icontains=text) | rows.filter(search__icontains=plain)
    if search.unit:
        rows = rows.filter(unit_code=search.unit)
    if search.recognised:
        rows = rows.filter(is_recognised=True)
    if search.months is not None:
        rows = rows.filter(classes__class_type__in=types, classes__is_open=True).distinct()
    rows = rows.annotate(fee_fen=_fee(types, on), free=_free(types))
    if search.vacant:
        rows = rows.filter(free__gt=0)
    return rows.order_by(*_order(search.sort))


def _order(sort: str) -> list[Any]:
    if sort == "fee":
        return [F("fee_fen").asc(nulls_last=True), "name", "id"]
    if sort == "name":
        return ["name", "id"]
    return [F("free").desc(nulls_last=True), "name", "id"]


def _fee(types: list[str], on: date) -> Subquery:
    """最低的现行月保育费：of each class type the newest standard, of those the least."""
    later = FeeStandard.all_rows.filter(
        institution=OuterRef("institution"),
        class_type=OuterRef("class_type"),
        from_on__gt=OuterRef("from_on"),
        from_on__lte=on,
    )
    current = FeeStandard.all_rows.filter(
        ~Exists(later), institution=OuterRef("pk"), class_type__in=types, from_on__lte=on
    )
    least = current.order_by().values("institution").annotate(n=Min("monthly_fen")).values("n")
    return Subquery(least, output_field=BigIntegerField())


def _free(types: list[str]) -> Subquery:
    rows = PublishedVacancy.all_rows.filter(institution_id=OuterRef("pk"), class_type__in=types)
    total = rows.order_by().values("institution_id").annotate(n=Sum("vacant")).values("n")
    return Subquery(total, output_field=IntegerField())
