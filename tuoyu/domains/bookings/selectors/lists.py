"""预约的名单：the family's own, the institution's day, and where one may book."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from tuoyu.core import clock, rls
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.billing.models import Unit
from tuoyu.domains.billing.selectors.prices import Price, tariff_of
from tuoyu.domains.bookings.models import Booking, Form, Opening, State, Terms
from tuoyu.domains.bookings.rules import HalfHour, clock_words
from tuoyu.domains.bookings.selectors.supply import half_hours, minutes_of
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import ClassGroup, Institution

PUBLIC = "可预约的时段公开，不含个人信息"
UNITS = (Unit.HOUR, Unit.DAY, Unit.ONCE)


def find_terms(institution_id: int) -> Terms | None:
    """本园的预约办法；None until it is set."""
    return Terms.objects.unscoped(reason=PUBLIC).filter(pk=institution_id).first()


def prices_of(institution_id: int, class_type: str, on: date) -> list[Price]:
    """已备案的计时、临时价；without one there is nothing to sell."""
    tariff = tariff_of(institution_id, on)
    found = [tariff.care(class_type, form) for form in Form.values]
    return [p for p in found if p is not None and p.unit in UNITS]


def openings_on(institution_id: int, day: date) -> list[Opening]:
    """某园某日开放的班。"""
    rows = Opening.objects.unscoped(reason=PUBLIC).filter(
        institution_id=institution_id, day=day, closed_at=None
    )
    return list(rows.select_related("class_group").order_by("class_group_id"))


@dataclass(frozen=True)
class Place:
    """一家开放预约的机构。"""

    institution: Institution
    days: tuple[date, ...]


def list_places(now: datetime, region_prefix: str = "") -> list[Place]:
    """近期开放预约的机构，by name; within a county when given."""
    today = clock.day_of(now)
    rows = Opening.objects.unscoped(reason=PUBLIC).filter(closed_at=None, day__gte=today)
    if region_prefix:
        rows = rows.filter(region_code__startswith=region_prefix)
    days: dict[int, set[date]] = {}
    for institution, day in rows.values_list("institution_id", "day"):
        days.setdefault(institution, set()).add(day)
    found = Institution.objects.unscoped(reason="机构信息公开").filter(pk__in=days)
    return [Place(i, tuple(sorted(days[i.pk]))) for i in found.order_by("name")]


def open_days(institution_id: int, now: datetime) -> list[date]:
    """某园还可约的日子。"""
    terms = find_terms(institution_id)
    if terms is None:
        return []
    today = clock.day_of(now)
    rows = Opening.objects.unscoped(reason=PUBLIC).filter(
        institution_id=institution_id,
        closed_at=None,
        day__gte=today,
        day__lte=today + timedelta(days=terms.ahead_days),
    )
    return sorted(set(rows.values_list("day", flat=True)))


@dataclass(frozen=True)
class Row:
    """预约一行。"""

    booking: Booking
    child: Child
    institution: Institution
    class_name: str

    @property
    def span(self) -> str:
        """09:00–11:30。"""
        start, end = minutes_of(self.booking)
        return f"{clock_words(start)}–{clock_words(end)}"

    def is_free_until(self, now: datetime) -> bool:
        """此刻取消是否免费。"""
        return now < self.booking.cancel_until

    def has_begun(self, now: datetime) -> bool:
        return bool(now >= self.booking.period.lower)


def rows_of(bookings: Iterable[Booking]) -> list[Row]:
    """配上儿童、机构与班名；the caller has already been allowed to see the bookings."""
    found = list(bookings)
    with rls.as_system("预约到园的孩子可能没有在本园入托登记，名单只给看得到预约的人"):
        children = Child.all_rows.in_bulk({b.child_id for b in found})
    places = Institution.objects.unscoped(reason="机构信息公开").in_bulk(
        {b.institution_id for b in found}
    )
    groups = ClassGroup.objects.unscoped(reason="机构信息公开").in_bulk(
        {b.class_group_id for b in found}
    )
    return [
        Row(b, children[b.child_id], places[b.institution_id], groups[b.class_group_id].name)
        for b in found
    ]


def list_mine(scope: Scope, child_id: int) -> list[Row]:
    """孩子的预约，newest first."""
    rows = Booking.objects.visible_to(scope).filter(child_id=child_id).order_by("-period")
    return rows_of(rows[:30])


def access_booking(scope: Scope, booking_id: int) -> Booking:
    """一份预约。"""
    found = Booking.objects.visible_to(scope).filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    return found


def live_on(scope: Scope, day: date) -> QuerySet[Booking]:
    """某日有效的预约。"""
    rows = Booking.objects.visible_to(scope).filter(day=day, state=State.BOOKED)
    return rows.order_by("period", "id")


@dataclass(frozen=True)
class Board:
    """一个班某日：half hours and who comes."""

    opening: Opening
    halves: list[HalfHour]
    rows: list[Row]

    @property
    def short(self) -> list[HalfHour]:
        """人手不足的半小时：a certificate ran out, somebody is away, leave was withdrawn."""
        return [h for h in self.halves if h.is_short]


def day_board(scope: Scope, institution_id: int, day: date, now: datetime) -> list[Board]:
    """机构某日的预约名单。"""
    rows = rows_of(live_on(scope, day).filter(institution_id=institution_id))
    return [
        Board(
            opening,
            half_hours(opening, now),
            [r for r in rows if r.booking.class_group_id == opening.class_group_id],
        )
        for opening in openings_on(institution_id, day)
    ]
