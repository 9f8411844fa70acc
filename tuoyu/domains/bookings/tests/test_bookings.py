"""计时托、临时托：a booking can never break the ratio, and the door knows who has booked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from tests.actors import actor_for_user
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, ask_leave, record, start_shift
from tuoyu.domains.billing.models import FeeItem
from tuoyu.domains.bookings import services
from tuoyu.domains.bookings.models import Booking, Opening
from tuoyu.domains.bookings.selectors.lists import day_board
from tuoyu.domains.bookings.selectors.supply import half_hours
from tuoyu.domains.bookings.services import Wish
from tuoyu.domains.children.models import Child, Consent, Guardian, Guardianship
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.messages.models import Message
from tuoyu.domains.workforce.models import Certificate

DAY = date(2025, 10, 17)
START = date(2025, 1, 1)


@pytest.fixture
def director(world: World) -> Actor:
    return actor_for_user(world.users["director"])


def family(world: World, name: str, born_on: date = date(2024, 3, 15)) -> tuple[Child, Actor]:
    """A family that is enrolled nowhere, with what a booking needs."""
    child = Child.all_rows.create(name=name, sex="m", born_on=born_on)
    user = User.objects.create_user(f"u{child.pk}", f"{name}妈妈")
    Assignment.objects.create(user=user, role="parent", from_on=START)
    guardian = Guardian.all_rows.create(name=f"{name}妈妈", user_id=user.pk)
    Guardianship.all_rows.create(child=child, guardian=guardian, relation="mother", from_on=START)
    for purpose in ("enrol", "health"):
        Consent.all_rows.create(child=child, guardian=guardian, purpose=purpose, granted_at=NOW)
    return child, actor_for_user(user)


def open_day(world: World, director: Actor, day: date = DAY, most: int | None = None) -> Opening:
    """托小班 of 青禾, 09:00–17:00, with its one carer: 1:5, two children enrolled there."""
    inst = world.institutions["a1"]
    for form, unit, fen in (("hourly", "hour", 2_500), ("temporary", "day", 10_000)):
        FeeItem.all_rows.create(
            institution=inst, region_code=inst.region_code, kind="care", unit=unit, form=form,
            price_fen=fen, from_on=START, accepted_on=START,
        )  # fmt: skip
    services.set_terms(
        institution_id=inst.pk, cancel_hours=2, ahead_days=14, note="", by=director, at=NOW
    )
    return services.open_hours(
        class_group_id=world.classes["a1.toddler"].pk, days=[day], from_minute=540,
        to_minute=1020, staff_ids=[world.staff["a1.toddler"].pk], most=most, by=director, at=NOW,
    )[0]  # fmt: skip


def wish(opening: Opening, child: Child, start: int = 540, end: int = 630, **more: Any) -> Wish:
    values: dict[str, Any] = {"form": "hourly", "is_well": True} | more
    return Wish(opening.pk, child.pk, start, end, **values)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


def test_seats_follow_the_room(world: World, director: Actor) -> None:
    """1 carer at 1:5, two children enrolled: three seats; leave frees one."""
    opening = open_day(world, director)
    assert {h.seats for h in half_hours(opening, NOW)} == {3}
    ask_leave(
        child_id=world.children["he"].pk, institution_id=opening.institution_id, days=[DAY],
        reason="事假", at=NOW, guardian_id=world.guardians["lin"].pk, user_id=None,
    )  # fmt: skip
    assert {h.seats for h in half_hours(opening, NOW)} == {4}
    Certificate.all_rows.filter(staff=world.staff["a1.toddler"]).update(expires_on=DAY)
    halves = half_hours(opening, NOW)
    assert {h.seats for h in halves} == {-1}
    assert halves[0].is_short
    assert "证书" in halves[0].why


def test_running_half_hour_counts_who_is_there(world: World, director: Actor) -> None:
    """Today, once begun, the plan no longer counts: only people on duty in that room."""
    opening = open_day(world, director, day=NOW.date())
    later = NOW.replace(hour=9, minute=10)
    assert [h.seats for h in half_hours(opening, later)][:2] == [-2, 3]
    start_shift(
        scope=director.scope, staff_id=world.staff["a1.toddler"].pk,
        class_group_id=world.classes["a1.toddler"].pk, at=later,
    )  # fmt: skip
    assert half_hours(opening, later)[0].seats == 3


def test_booked_child_may_come_and_the_door_accepts(world: World, director: Actor) -> None:
    opening = open_day(world, director)
    child, parent = family(world, "周小树")
    made = services.book(wish=wish(opening, child), by=parent, at=NOW)
    assert (made.unit_fen, made.amount_fen) == (2_500, 3_750)
    came = clock.at(DAY, 9, 2)
    answers = record(
        institution_id=opening.institution_id,
        events=[NewEvent(child.pk, EventKind.IN, came, Method.WALL)], at=came,
    )  # fmt: skip
    assert [a.outcome for a in answers] == ["stored"]
    (board,) = day_board(director.scope, opening.institution_id, DAY, came)
    assert [r.child.name for r in board.rows] == ["周小树"]
    assert board.halves[0].booked == 1
    assert board.halves[3].booked == 0


def test_without_booking_the_door_refuses(world: World, director: Actor) -> None:
    child, _ = family(world, "周小树")
    (answer,) = record(
        institution_id=world.institutions["a1"].pk,
        events=[NewEvent(child.pk, EventKind.IN, NOW, Method.WALL)], at=NOW,
    )  # fmt: skip
    assert answer.outcome == "refused"


def test_cancel_gives_the_seat_back_and_takes_the_day_back(world: World, director: Actor) -> None:
    opening = open_day(world, director)
    child, parent = family(world, "周小树")
    made = services.book(wish=wish(opening, child), by=parent, at=NOW)
    assert half_hours(opening, NOW)[0].seats == 2
    services.cancel(booking_id=made.pk, by=parent, at=NOW)
    assert half_hours(opening, NOW)[0].seats == 3
    assert not Enrolment.all_rows.filter(child=child).exists()
    assert refused(lambda: services.cancel(booking_id=made.pk, by=parent, at=NOW)) == "cancelled"
    child.refresh_from_db()
    assert child.institution_id is None


def test_cancelled_by_the_institution_is_told_at_once(world: World, director: Actor) -> None:
    opening = open_day(world, director)
    child, parent = family(world, "周小树")
    made = services.book(wish=wish(opening, child), by=parent, at=NOW)
    no_reason = refused(lambda: services.cancel(booking_id=made.pk, by=director, at=NOW))
    assert no_reason == "reason"
    services.cancel(booking_id=made.pk, by=director, at=NOW, reason="老师临时请假")
    told = Message.all_rows.get(user_id=parent.user_id or 0)
    assert "取消" in told.title
    assert refused(lambda: services.cancel(booking_id=made.pk, by=parent, at=NOW)) == "cancelled"


def test_full_room_says_why(world: World, director: Actor) -> None:
    opening = open_day(world, director)
    for n in range(3):
        child, parent = family(world, f"甲{n}")
        services.book(wish=wish(opening, child), by=parent, at=NOW)
    child, parent = family(world, "乙")
    with pytest.raises(DomainError, match="1:5 的配比，1 名保育人员已满"):
        services.book(wish=wish(opening, child), by=parent, at=NOW)
    services.book(wish=wish(opening, child, 630, 690), by=parent, at=NOW)


def test_what_a_booking_needs(world: World, director: Actor) -> None:
    opening = open_day(world, director)
    child, parent = family(world, "周小树")
    ill = wish(opening, child, is_well=False)
    assert refused(lambda: services.book(wish=ill, by=parent, at=NOW)) == "health"
    Consent.all_rows.filter(child=child, purpose="health").update(withdrawn_at=NOW)
    assert refused(lambda: services.book(wish=wish(opening, child), by=parent, at=NOW)) == "consent"
    small, other = family(world, "小小", born_on=date(2025, 4, 1))
    assert refused(lambda: services.book(wish=wish(opening, small), by=other, at=NOW)) == "age"
    with pytest.raises(NotFound):
        services.book(wish=wish(opening, child), by=other, at=NOW)
    mine = world.children["he"]
    Consent.all_rows.bulk_create(
        Consent(child=mine, guardian=world.guardians["lin"], purpose=p, granted_at=NOW)
        for p in ("enrol", "health")
    )
    lin = actor_for_user(world.users["parent"])
    assert refused(lambda: services.book(wish=wish(opening, mine), by=lin, at=NOW)) == "enrolled"


def test_same_time_is_booked_once(world: World, director: Actor) -> None:
    opening = open_day(world, director)
    child, parent = family(world, "周小树")
    services.book(wish=wish(opening, child), by=parent, at=NOW)
    again = wish(opening, child, 600, 660)
    assert refused(lambda: services.book(wish=again, by=parent, at=NOW)) == "twice"
    services.book(wish=wish(opening, child, 900, 960), by=parent, at=NOW)
    assert Enrolment.all_rows.filter(child=child).count() == 1


def test_director_opens_only_with_filed_price_and_valid_people(
    world: World, director: Actor
) -> None:
    open_day(world, director)
    more: dict[str, Any] = {
        "days": [DAY + timedelta(days=3)], "from_minute": 540, "to_minute": 720, "most": None,
        "by": director, "at": NOW, "class_group_id": world.classes["a1.toddler"].pk,
    }  # fmt: skip
    stranger = [world.staff["b1.toddler"].pk]
    assert refused(lambda: services.open_hours(staff_ids=stranger, **more)) == "certificate"
    FeeItem.all_rows.all().update(accepted_on=None)
    own = [world.staff["a1.toddler"].pk]
    assert refused(lambda: services.open_hours(staff_ids=own, **more)) == "no-price"


@pytest.mark.django_db(transaction=True)
def test_last_seat_is_sold_once(world: World) -> None:
    """Two real transactions at the same moment, one seat left: exactly one gets it."""
    director = actor_for_user(world.users["director"])
    opening = open_day(world, director, most=1)
    families = [family(world, f"甲{n}") for n in range(4)]
    gate, told = threading.Barrier(len(families)), []

    def ask(child: Child, parent: Actor, at: datetime) -> None:
        try:
            gate.wait()
            services.book(wish=wish(opening, child), by=parent, at=at)
            told.append("booked")
        except DomainError as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(*f, NOW)) for f in families]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["booked", "full", "full", "full"]
    assert Booking.all_rows.count() == 1
    connection.ensure_connection()
