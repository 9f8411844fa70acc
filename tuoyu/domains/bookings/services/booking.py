"""预约与取消：counted and kept under one lock of the class, so that the last seat is sold once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tuoyu.core import clock, events, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import DaySheet
from tuoyu.domains.billing.selectors.prices import Price
from tuoyu.domains.bookings import rules
from tuoyu.domains.bookings.events import Booked, BookingCancelled
from tuoyu.domains.bookings.models import Booking, Form, Opening, State, Terms
from tuoyu.domains.bookings.selectors.lists import access_booking, find_terms, prices_of
from tuoyu.domains.bookings.selectors.supply import BY_BOOKING, half_hours
from tuoyu.domains.children.models import Child, Consent, Guardianship
from tuoyu.domains.children.selectors import access_child, consenting
from tuoyu.domains.enrolment.days import admit_day, withdraw_day
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.enrolment.rules import age_problem
from tuoyu.domains.enrolment.services import lock_class
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.messages.selectors import guardian_users
from tuoyu.domains.messages.services import tell
from tuoyu.domains.policies.books import current_book

NEEDED = (Consent.Purpose.ENROL, Consent.Purpose.HEALTH)
MAKE = "family:booking:make"


@dataclass(frozen=True)
class Wish:
    """要约的时段。``is_well`` is the health declaration of the day."""

    opening_id: int
    child_id: int
    from_minute: int
    to_minute: int
    form: str
    is_well: bool
    health_note: str = ""


@transaction.atomic
def book(*, wish: Wish, by: Actor, at: datetime) -> Booking:
    """预约。"""
    if not by.may(MAKE) or by.user_id is None:
        raise NotFound
    child = access_child(by.scope, wish.child_id)
    with rls.as_system("余位、同意与在托情况要跨机构核对"):
        made = _book(child, wish, by, at)
    events.publish(Booked(made.pk, child.pk, made.institution_id))
    return made


def _book(child: Child, wish: Wish, by: Actor, at: datetime) -> Booking:
    opening = Opening.all_rows.select_related("class_group").filter(pk=wish.opening_id).first()
    if opening is None:
        raise NotFound
    group = opening.class_group
    lock_class(group.pk)
    opening.refresh_from_db(fields=["closed_at"])
    terms = _check_time(opening, wish, at)
    _check_child(child, group, opening, wish, by)
    price = _price(group, opening, wish.form)
    _check_seat(opening, wish, at)
    start = clock.at(opening.day, *divmod(wish.from_minute, 60))
    end = _end(opening, wish.to_minute)
    try:
        with transaction.atomic():
            return Booking.all_rows.create(
                child_id=child.pk,
                class_group=group,
                institution_id=group.institution_id,
                region_code=group.region_code,
                day=opening.day,
                period=DateTimeTZRange(start, end),
                form=wish.form,
                unit=price.unit,
                unit_fen=price.price_fen,
                amount_fen=rules.amount(
                    price.unit, price.price_fen, wish.to_minute - wish.from_minute
                ),
                well_said_at=at,
                health_note=wish.health_note.strip() or None,
                enrolment_id=_admit(child, group, opening.day, wish.form, clock.day_of(at)),
                cancel_until=rules.cancel_until(start, terms.cancel_hours),
                made_at=at,
                made_by=by.user_id or 0,
                made_by_name=by.name,
            )
    except IntegrityError as error:
        if "child_booked_once_at_a_time" not in str(error):
            raise
        raise DomainError(
            "twice", f"{child.name}这段时间已有预约，没有重复预约；请到我的预约里查看"
        ) from error


def _end(opening: Opening, minute: int) -> datetime:
    last = clock.at(opening.day, *divmod(minute - rules.STEP, 60))
    return last + rules.HALF


def _check_time(opening: Opening, wish: Wish, at: datetime) -> Terms:
    terms = find_terms(opening.institution_id)
    if opening.closed_at is not None or terms is None:
        raise DomainError("closed", "这一天的开放已收回，请改选日期")
    start, end = wish.from_minute, wish.to_minute
    aligned = rules.is_aligned(start) and rules.is_aligned(end) and start < end
    if not aligned or start < opening.from_minute or end > opening.to_minute:
        words = (
            f"{rules.clock_words(opening.from_minute)} 至 {rules.clock_words(opening.to_minute)}"
        )
        raise DomainError("hours", f"开放的时段是 {words}，请在其中选起止时间，结束须晚于开始")
    if clock.at(opening.day, *divmod(start, 60)) <= at:
        raise DomainError("past", "所选时段已经开始，请选稍后的时段")
    if (opening.day - clock.day_of(at)).days > terms.ahead_days:
        raise DomainError("ahead", f"本园最多提前 {terms.ahead_days} 天预约，请到时再约")
    return terms


def _check_child(child: Child, group: ClassGroup, opening: Opening, wish: Wish, by: Actor) -> None:
    """未包月的孩子也要有监护人、同意与当日健康申报。"""
    kind = current_book().national.class_types[group.class_type]
    if problem := age_problem(kind, child.born_on, opening.day):
        raise DomainError("age", problem)
    relation = Guardianship.all_rows.filter(
        child=child, guardian__user_id=by.user_id, is_guardian=True, is_blocked=False
    )
    if not relation.exists():
        raise DomainError("guardian", "须由监护人预约；您的关系不是监护人，请由监护人办理")
    if not wish.is_well:
        raise DomainError(
            "health", "没有勾选健康申报；孩子有发热、皮疹、腹泻等不适时不能预约，请先就诊"
        )
    missing = {p for p in NEEDED if not consenting([child.pk], p, opening.day)}
    if missing:
        names = "、".join(f"「{Consent.Purpose(p).label}」" for p in NEEDED if p in missing)
        raise DomainError("consent", f"还没有同意{names}，请先到「同意与撤回」里同意，再来预约")


def _price(group: ClassGroup, opening: Opening, form: str) -> Price:
    found = prices_of(group.institution_id, group.class_type, opening.day)
    price = next((p for p in found if p.form == form), None)
    if price is None:
        title = Form(form).label if form in Form.values else "所选形式"
        raise DomainError("no-price", f"{group.name}没有备案的{title}价格，不能预约，请改选")
    return price


def _check_seat(opening: Opening, wish: Wish, at: datetime) -> None:
    full = rules.first_full(half_hours(opening, at), wish.from_minute, wish.to_minute)
    if full is not None:
        raise DomainError(
            "full", f"{full.time} 至 {full.end} 没有余位（{full.why}），没有预约；请改选时段"
        )


def _admit(child: Child, group: ClassGroup, day: date, form: str, today: date) -> int:
    """当日入托：the standing one of this class when there is one, else one for the day."""
    stays = Enrolment.all_rows.filter(child=child, period__contains=day)
    stay = stays.select_related("institution").first()
    if stay is None:
        made = admit_day(child=child, class_group=group, day=day, form=form, today=today)
        return made.pk
    if stay.institution_id != group.institution_id:
        raise DomainError(
            "two-places",
            f"{child.name}当天在「{stay.institution.name}」在托，不能同时在两处；请换一天",
        )
    if stay.form not in BY_BOOKING and stay.form != ServiceForm.HALF_DAY:
        raise DomainError("enrolled", f"{child.name}当天本来就在本园全日托，不用预约")
    return stay.pk


@transaction.atomic
def cancel(*, booking_id: int, by: Actor, at: datetime, reason: str = "") -> Booking:
    """取消：free until the institution's own term, afterwards still possible and marked so.

    By the institution only with a reason. Nothing is charged here: the bill counts what was used.
    """
    found = access_booking(by.scope, booking_id)
    is_institution = by.may("inst:booking:manage")
    if not is_institution and not by.may(MAKE):
        raise NotFound
    if is_institution and not reason.strip():
        raise DomainError("reason", "园方取消须写明原因，家长会看到，请补写")
    with rls.as_system("撤回当日入托登记并重算余位"):
        lock_class(found.class_group_id)
        found = Booking.all_rows.select_for_update().get(pk=found.pk)
        if not found.is_live:
            raise DomainError("cancelled", "这份预约已经取消，没有重复处理；请刷新页面")
        if at >= found.period.lower:
            raise DomainError("begun", "预约时段已经开始，不能取消；没有到园的请联系老师")
        found.state, found.cancelled_at = State.CANCELLED, at
        found.cancelled_by_name, found.cancel_reason = by.name, reason.strip()[:120]
        found.save(update_fields=["state", "cancelled_at", "cancelled_by_name", "cancel_reason"])
        _let_go(found, clock.day_of(at))
    if is_institution:
        _tell_family(found, at)
    events.publish(BookingCancelled(found.pk, found.child_id, found.institution_id, is_institution))
    return found


def _tell_family(booking: Booking, at: datetime) -> None:
    """园方取消须当即告知，the family has planned the day."""
    start = booking.period.lower.astimezone(clock.ZONE)
    with rls.as_system("取消告知监护人，孩子此时已不在本园名下"):
        users = guardian_users(booking.child_id, booking.day)
    tell(
        kind="act",
        users=users,
        title=f"{start:%m-%d %H:%M} 的预约被园方取消",
        body=booking.cancel_reason,
        url="/family/bookings/",
        at=at,
        child_id=booking.child_id,
        institution_id=booking.institution_id,
        key=f"booking:{booking.pk}:cancelled",
    )


def _let_go(booking: Booking, today: date) -> None:
    """没有别的预约、也还没到园，当日入托登记随之撤回。"""
    same = Booking.all_rows.filter(
        enrolment_id=booking.enrolment_id, day=booking.day, state=State.BOOKED
    )
    came = DaySheet.all_rows.filter(child_id=booking.child_id, day=booking.day)
    if booking.enrolment_id is not None and not same.exists() and not came.exists():
        withdraw_day(enrolment_id=booking.enrolment_id, today=today)
