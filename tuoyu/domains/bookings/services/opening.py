"""开放时段：the director says when, which room and who will be there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.bookings import rules
from tuoyu.domains.bookings.models import Booking, Opening, State, Terms
from tuoyu.domains.bookings.selectors.lists import find_terms, prices_of
from tuoyu.domains.bookings.selectors.supply import certified
from tuoyu.domains.enrolment.services import lock_class
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.institutions.selectors import access_institution

MANAGE = "inst:booking:manage"


def _check(by: Actor) -> None:
    if not by.may(MANAGE):
        raise NotFound


@transaction.atomic
def set_terms(
    *, institution_id: int, cancel_hours: int, ahead_days: int, note: str, by: Actor, at: datetime
) -> Terms:
    """设定预约办法；bookings already made keep the terms they were made under."""
    _check(by)
    inst = access_institution(by.scope, institution_id)
    if not 0 <= cancel_hours <= 168:
        raise DomainError("hours", "免费取消的时限应在 0 到 168 小时之间，请改正")
    if not 0 <= ahead_days <= 60:
        raise DomainError("ahead", "可提前预约的天数应在 0 到 60 天之间，请改正")
    terms, _ = Terms.all_rows.update_or_create(
        institution_id=inst.pk,
        defaults={
            "region_code": inst.region_code,
            "cancel_hours": cancel_hours,
            "ahead_days": ahead_days,
            "note": note.strip()[:200],
            "set_at": at,
            "set_by_name": by.name,
        },
    )
    return terms


@transaction.atomic
def open_hours(
    *,
    class_group_id: int,
    days: Sequence[date],
    from_minute: int,
    to_minute: int,
    staff_ids: Collection[int],
    most: int | None,
    by: Actor,
    at: datetime,
) -> list[Opening]:
    """开放：only people with a valid certificate on that day, each in one room at a time."""
    _check(by)
    group = ClassGroup.objects.visible_to(by.scope).filter(pk=class_group_id, is_open=True).first()
    if group is None:
        raise NotFound
    _check_hours(group, from_minute, to_minute)
    if find_terms(group.institution_id) is None:
        raise DomainError("terms", "还没有设定免费取消时限和提前天数，请先填写预约办法")
    if not days:
        raise DomainError("days", "没有选日期，请至少选一天")
    if not staff_ids:
        raise DomainError("staff", "没有选在班的保育人员，按配比没有余位可约，请至少选一人")
    if most is not None and most < 1:
        raise DomainError("most", "最多接几名应不少于 1，不限可留空")
    made = []
    for day in sorted(set(days)):
        if day < clock.day_of(at):
            raise DomainError("past", f"{day} 已经过去，不能开放，请改选日期")
        if not prices_of(group.institution_id, group.class_type, day):
            raise DomainError(
                "no-price",
                f"{group.name}没有已受理的计时托或临时托备案价，目录清单外不得收费；请先办理收费备案",
            )
        _check_staff(group, day, from_minute, to_minute, staff_ids)
        made.append(_open(group, day, from_minute, to_minute, staff_ids, most, by, at))
    return made


def _check_hours(group: ClassGroup, start: int, end: int) -> None:
    if not (rules.is_aligned(start) and rules.is_aligned(end)) or not 0 <= start < end <= 1440:
        raise DomainError("hours", "开放时段应从整点或半点起止，且结束晚于开始，请改正")
    opens, closes = group.institution.opens_at, group.institution.closes_at
    if start < opens.hour * 60 + opens.minute or end > closes.hour * 60 + closes.minute:
        raise DomainError(
            "closed", f"本园 {opens:%H:%M} 至 {closes:%H:%M} 开园，开放时段不能超出，请改正"
        )


def _check_staff(
    group: ClassGroup, day: date, start: int, end: int, staff_ids: Collection[int]
) -> None:
    able = certified(group.institution_id, day)
    if unfit := set(staff_ids) - able:
        raise DomainError(
            "certificate",
            f"所选人员中有 {len(unfit)} 人在 {day} 没有有效的保育证书或不在职，不计入配比；请改选",
        )
    others = Opening.all_rows.filter(
        institution_id=group.institution_id,
        day=day,
        closed_at=None,
        from_minute__lt=end,
        to_minute__gt=start,
        staff_ids__overlap=list(staff_ids),
    ).exclude(class_group=group)
    if others.exists():
        raise DomainError(
            "two-rooms", f"{day} 所选人员中有人同一时段已排在另一个班，一人只能在一处计入；请改选"
        )


def _open(
    group: ClassGroup,
    day: date,
    start: int,
    end: int,
    staff_ids: Collection[int],
    most: int | None,
    by: Actor,
    at: datetime,
) -> Opening:
    try:
        with transaction.atomic():
            return Opening.all_rows.create(
                class_group=group,
                institution_id=group.institution_id,
                region_code=group.region_code,
                day=day,
                from_minute=start,
                to_minute=end,
                staff_ids=sorted(set(staff_ids)),
                most=most,
                made_at=at,
                made_by_name=by.name,
            )
    except IntegrityError as error:
        raise DomainError(
            "opened", f"{group.name} {day} 已经开放，请先收回原来的再重新开放"
        ) from error


@transaction.atomic
def close_opening(*, opening_id: int, by: Actor, at: datetime) -> Opening:
    """收回开放：not while somebody has booked — those are cancelled first, with a reason."""
    _check(by)
    found = Opening.objects.visible_to(by.scope).filter(pk=opening_id, closed_at=None).first()
    if found is None:
        raise NotFound
    lock_class(found.class_group_id)
    booked = Booking.all_rows.filter(
        class_group_id=found.class_group_id, day=found.day, state=State.BOOKED
    ).count()
    if booked:
        raise DomainError("booked", f"已有 {booked} 份预约，请先逐份取消并说明原因，再收回开放")
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    return found
