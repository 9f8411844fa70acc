"""今日小结：at 17:30 by the injected clock, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, ask_leave, record
from tuoyu.domains.children.models import Guardian, Guardianship
from tuoyu.domains.identity.models import User
from tuoyu.domains.messages.models import Message
from tuoyu.domains.messages.services.digest import send_digests
from tuoyu.domains.messages.services.door import tell_door
from tuoyu.domains.messages.services.telling import set_preference
from tuoyu.domains.messages.tests.test_tell import told

pytestmark = pytest.mark.django_db
HALF_PAST_FIVE = clock.at(NOW.date(), 17, 30)


def father(world: World, *, blocked: bool = False) -> User:
    user = User.objects.create_user("father", "林爸爸")
    person = Guardian.all_rows.create(name="林爸爸", user_id=user.pk)
    he = world.children["he"]
    Guardianship.all_rows.create(
        child=he,
        guardian=person,
        institution_id=he.institution_id,
        region_code=he.region_code,
        relation="father",
        from_on=NOW.date(),
        is_blocked=blocked,
    )
    return user


def arrived(world: World) -> None:
    he = world.children["he"]
    event = NewEvent(he.pk, EventKind.IN, NOW, Method.QR, guardian_id=world.guardians["lin"].pk)
    record(institution_id=he.institution_id or 0, events=[event], at=NOW)


def digests() -> int:
    return Message.all_rows.filter(kind="digest").count()


def test_once_and_not_before(world: World) -> None:
    told(world, "day", title="午餐吃完了")
    assert send_digests(HALF_PAST_FIVE - timedelta(minutes=1)) == 0
    assert send_digests(HALF_PAST_FIVE) == 1
    assert send_digests(HALF_PAST_FIVE + timedelta(minutes=5)) == 0
    assert digests() == 1
    assert "1 条" in (Message.all_rows.get(kind="digest").body or "")


def test_a_child_who_came_has_a_digest_without_any_message(world: World) -> None:
    arrived(world)
    assert send_digests(HALF_PAST_FIVE) == 1
    assert digests() == 1


def test_what_is_switched_off_is_not_counted(world: World) -> None:
    hours = (NOW.time(), NOW.time())
    set_preference(user_id=world.users["parent"].pk, quiet=True, hours=hours, muted=["day"])
    told(world, "day")
    assert send_digests(HALF_PAST_FIVE) == 0


def test_both_parents_see_an_arrival_once_and_a_blocked_one_nothing(world: World) -> None:
    dad = father(world)
    arrived(world)
    children = [world.children["he"].pk]
    assert tell_door(children, NOW) == 2
    assert tell_door(children, NOW) == 0
    rows = Message.all_rows.filter(kind="arrive")
    assert {m.user_id for m in rows} == {dad.pk, world.users["parent"].pk}
    assert {m.body for m in rows} == {"08:10，妈妈送到"}


def test_a_blocked_parent_is_not_told_of_the_arrival(world: World) -> None:
    blocked = father(world, blocked=True)
    arrived(world)
    tell_door([world.children["he"].pk], NOW)
    assert not Message.all_rows.filter(user_id=blocked.pk).exists()


def test_the_other_parent_hears_of_a_leave_in_the_digest(world: World) -> None:
    dad, he = father(world), world.children["he"]
    ask_leave(
        child_id=he.pk,
        institution_id=he.institution_id or 0,
        days=[NOW.date() + timedelta(days=1)],
        reason="感冒发热",
        at=NOW,
        guardian_id=world.guardians["lin"].pk,
    )
    tell_door([he.pk], NOW)
    found = Message.all_rows.get(user_id=dad.pk)
    assert found.kind == "absence"
    assert found.title == "林小禾 10-16 请假"


def test_the_door_leaves_a_job_in_its_own_transaction(world: World) -> None:
    arrived(world)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'children' FROM procrastinate_jobs WHERE task_name = 'messages.door'"
        )
        assert (f"[{world.children['he'].pk}]",) in cursor.fetchall()
