"""入托的写入：enrol, move to another class, leave."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core import rls
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.models import StoredFile
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import (
    Child,
    Consent,
    ConsentEntry,
    Guardianship,
    SpecialStatus,
)
from tuoyu.domains.enrolment import rules
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.institutions.models import ClassGroup, PlaceState
from tuoyu.domains.policies.books import current_book

_LOCK = 7_310_002


@transaction.atomic
def enrol(
    *,
    child: Child,
    class_group: ClassGroup,
    from_on: date,
    to_on: date | None,
    monthly_fen: int,
    form: str = ServiceForm.FULL_DAY,
    today: date,
) -> Enrolment:
    """入托登记：age fits on the first day, the class has room, no other place at the same time.

    ``to_on`` is the first day no longer in care (half-open); None leaves it open.
    """
    if to_on is not None and to_on <= from_on:
        raise DomainError("period", f"离托日 {to_on} 应晚于入托日 {from_on}，请核对")
    if monthly_fen < 0:
        raise DomainError("fee", "月保育费不能为负，请核对")
    rule = current_book().national.class_types[class_group.class_type]
    if problem := rules.age_problem(rule, child.born_on, from_on):
        raise DomainError("age", problem)
    _check_room(class_group, from_on, to_on)
    try:
        with transaction.atomic():
            made = Enrolment.all_rows.create(
                child=child,
                institution_id=class_group.institution_id,
                region_code=class_group.region_code,
                class_group=class_group,
                period=DateRange(from_on, to_on),
                monthly_fen=monthly_fen,
                form=form,
            )
    except IntegrityError as error:
        if "child_in_one_place" not in str(error):
            raise
        raise DomainError(
            "two-places",
            "该儿童在这段时间已在某机构入托（同一时间只能在一处），请先办离托或改入托日",
        ) from error
    refresh_present_place(child_id=child.pk, today=today)
    return made


def _check_room(group: ClassGroup, from_on: date, to_on: date | None) -> None:
    """Waits for others who enrol into the same class, then counts."""
    lock_class(group.pk)
    rule = current_book().national.class_types[group.class_type]
    taken = most_at_once(group.pk, from_on, to_on)
    places = group.places.filter(state=PlaceState.OPERATING).count()
    if problem := rules.size_problem(rule, group.capacity, places, taken):
        raise DomainError("full", problem)


def lock_class(group_id: int) -> None:
    """收托须排队：whoever adds a child to a class waits for the others until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, group_id % 2**31])


def most_at_once(group_id: int, from_on: date, to_on: date | None) -> int:
    """期间内同时在班的最多人数：counted at each day on which somebody joins."""
    rows = Enrolment.all_rows.filter(
        class_group_id=group_id, period__overlap=DateRange(from_on, to_on)
    ).values_list("period", flat=True)
    periods: list[DateRange] = list(rows)
    starts = {from_on, *(p.lower for p in periods if p.lower and p.lower > from_on)}
    there = [
        sum((p.lower or date.min) <= day and (p.upper is None or day < p.upper) for p in periods)
        for day in starts
    ]
    return int(max(there))


@transaction.atomic
def leave(*, scope: Scope, enrolment_id: int, on: date, today: date) -> Enrolment:
    """离托：``on`` is the first day no longer in care."""
    found = Enrolment.objects.visible_to(scope).select_for_update().filter(pk=enrolment_id).first()
    if found is None:
        raise NotFound
    if found.period.lower and on <= found.period.lower:
        raise DomainError("period", f"离托日 {on} 应晚于入托日 {found.period.lower}，请核对")
    found.period = DateRange(found.period.lower, on)
    found.save(update_fields=["period"])
    refresh_present_place(child_id=found.child_id, today=today)
    return found


def refresh_present_place(*, child_id: int, today: date) -> None:
    """更新儿童的现机构：the scope columns of the child and of what hangs on it."""
    now = (
        Enrolment.all_rows.filter(child_id=child_id, period__contains=today)
        .values_list("institution_id", "region_code")
        .first()
    )
    coming = (
        Enrolment.all_rows.filter(child_id=child_id, period__startswith__gt=today)
        .order_by("period")
        .values_list("institution_id", "region_code")
        .first()
    )
    institution_id, region_code = now or coming or (None, "")
    place = {"institution_id": institution_id, "region_code": region_code}
    with rls.as_system("离托或转园后，儿童的行归入新的范围"):
        Child.all_rows.filter(pk=child_id).update(**place)
        for model in (Guardianship, Consent, ConsentEntry, SpecialStatus):
            model.all_rows.filter(child_id=child_id).update(**place)
        files = SpecialStatus.all_rows.filter(child_id=child_id, evidence_file_id__isnull=False)
        StoredFile.all_rows.filter(pk__in=files.values("evidence_file_id")).update(**place)
