"""指标的写入：facts of the day, and the free places the public may know."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from tuoyu.core import clock
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.indicators.measures import MEASURES, Counted, Population, Value
from tuoyu.domains.indicators.models import MeasureFact, PublishedVacancy
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.institutions.selectors import COUNTED_PLACES
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.policies.engine.model import Measure
from tuoyu.domains.regions.selectors import city_region, list_units

KEEP_DAYS = 31


@transaction.atomic
def refresh_all(at: datetime, book: Book | None = None) -> int:
    """统计当日全部计量，并公布余位；returns how many facts stand.

    Running twice a day corrects the day.
    """
    on = clock.day_of(at)
    book = book or current_book()
    needed: dict[str, Measure] = {}
    for indicator in book.indicators.values():
        for measure in (indicator.numerator, indicator.denominator):
            if measure is not None:
                needed[measure.id] = measure
    units = [u.code for u in list_units()]
    reporting = list(
        Institution.all_rows.filter(unit_code__in=units)
        .order_by("unit_code")
        .values_list("unit_code", flat=True)
        .distinct()
    )
    facts: list[MeasureFact] = []
    for measure in needed.values():
        how = MEASURES.get(measure.id)
        if isinstance(how, Population):
            facts += _population(measure, how, on)
        elif how is not None and reporting:
            facts += _counted(measure, how, on, reporting, len(units))
    MeasureFact.all_rows.bulk_create(
        facts,
        update_conflicts=True,
        unique_fields=["measure", "region_code", "on"],
        update_fields=["value", "source", "is_estimate"],
    )
    _thin(on, [m for m, how in MEASURES.items() if not isinstance(how, Population)])
    publish_vacancies(at)
    return len(facts)


def _counted(
    measure: Measure, how: Counted, on: date, reporting: list[str], units: int
) -> list[MeasureFact]:
    """A unit without a single registered institution gets no row; the city says how many have."""
    found = how.values(on, reporting)
    facts = [_fact(measure, unit, on, value) for unit, value in found.items()]
    total = how.total(on, reporting)
    if total is not None:
        share = "" if len(found) == units else f"{len(found)}/{units} 个单位有数"
        note = "；".join(x for x in (total.note, share) if x)
        facts.append(_fact(measure, city_region().code, on, Value(total.value, note)))
    return facts


def _fact(measure: Measure, region: str, on: date, value: Value) -> MeasureFact:
    source = f"{measure.source}；{value.note}" if value.note else measure.source
    return MeasureFact(
        measure=measure.id, region_code=region, on=on, value=value.value, source=source[:120]
    )


def _population(measure: Measure, how: Population, on: date) -> list[MeasureFact]:
    """The date of a yearly figure is the last day of its year, not the day it was read."""
    return [
        MeasureFact(
            measure=measure.id,
            region_code=figure.region_id,
            on=date(figure.year, 12, 31),
            value=value,
            source=figure.source[:120],
            is_estimate=figure.is_estimate,
        )
        for figure, value in how.figures(on)
    ]


def _thin(on: date, measures: list[str]) -> None:
    """Older than a month, only the last day of each month is kept; nothing is paid by it."""
    old = MeasureFact.all_rows.filter(measure__in=measures, on__lt=on - timedelta(days=KEEP_DAYS))
    days = set(old.order_by().values_list("on", flat=True).distinct())
    spare = [d for d in days if (d + timedelta(days=1)).day != 1]
    old.filter(on__in=spare).delete()


@transaction.atomic
def publish_vacancies(at: datetime) -> int:
    """公布余位：places that can be used less children enrolled today, by class type."""
    on = clock.day_of(at)
    places = Count("places", filter=Q(places__state__in=COUNTED_PLACES), distinct=True)
    groups = ClassGroup.all_rows.filter(
        is_open=True, institution__status=Institution.Status.FILED
    ).annotate(have=places)
    taken = dict(
        Enrolment.all_rows.filter(period__contains=on)
        .order_by()
        .values("class_group")
        .annotate(n=Count("pk"))
        .values_list("class_group", "n")
    )
    found: dict[tuple[int, str], list[int]] = {}
    for group in groups:
        room = min(group.capacity, group.have)
        row = found.setdefault((group.institution_id, group.class_type), [0, 0])
        row[0] += room
        row[1] += max(room - taken.get(group.pk, 0), 0)
    PublishedVacancy.all_rows.bulk_create(
        [
            PublishedVacancy(institution_id=i, class_type=t, places=n, vacant=v, at=at)
            for (i, t), (n, v) in found.items()
        ],
        update_conflicts=True,
        unique_fields=["institution_id", "class_type"],
        update_fields=["places", "vacant", "at"],
    )
    PublishedVacancy.all_rows.exclude(at=at).delete()
    return len(found)
