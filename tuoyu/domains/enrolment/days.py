"""当日入托（计时托、临时托）：one day's enrolment, so that the door knows the child."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core.errors import DomainError
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.enrolment.services import refresh_present_place
from tuoyu.domains.institutions.models import ClassGroup

BY_THE_DAY = (ServiceForm.HOURLY, ServiceForm.TEMPORARY)


@transaction.atomic
def admit_day(
    *, child: Child, class_group: ClassGroup, day: date, form: str, today: date
) -> Enrolment:
    """当日入托。

    The caller holds ``services.lock_class`` and has counted the room by the half hour: a place is
    free when somebody is on leave, which a count of enrolments would not see.
    """
    try:
        with transaction.atomic():
            made = Enrolment.all_rows.create(
                child=child,
                institution_id=class_group.institution_id,
                region_code=class_group.region_code,
                class_group=class_group,
                period=DateRange(day, day + timedelta(days=1)),
                monthly_fen=0,
                form=form,
            )
    except IntegrityError as error:
        if "child_in_one_place" not in str(error):
            raise
        raise DomainError(
            "two-places", f"该儿童 {day} 已在某机构入托（同一时间只能在一处），请换一天"
        ) from error
    refresh_present_place(child_id=child.pk, today=today)
    return made


@transaction.atomic
def withdraw_day(*, enrolment_id: int, today: date) -> None:
    """撤回当日入托：only a day's enrolment, never a longer one."""
    found = Enrolment.all_rows.select_for_update().filter(pk=enrolment_id).first()
    if found is None or found.form not in BY_THE_DAY or found.period.lower is None:
        return
    if found.period.upper != found.period.lower + timedelta(days=1):
        return
    found.delete()
    refresh_present_place(child_id=found.child_id, today=today)
