"""告知：one row a person, once a key, seen by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from tests.actors import actor_for_user
from tests.world import NOW, World
from tuoyu.core import rls
from tuoyu.domains.messages.models import Delivery, DeliveryState, Message
from tuoyu.domains.messages.selectors import (
    guardian_users,
    list_box,
    staff_users,
    unread_count,
)
from tuoyu.domains.messages.services import mark_read, tell

pytestmark = pytest.mark.django_db
SINCE = NOW - timedelta(days=1)


def told(world: World, kind: str = "arrive", **more: object) -> int:
    he = world.children["he"]
    values: dict[str, object] = {
        "kind": kind,
        "users": guardian_users(he.pk),
        "title": "林小禾到园",
        "at": NOW,
        "child_id": he.pk,
        "institution_id": he.institution_id,
        **more,
    }
    return tell(**values)  # type: ignore[arg-type]


def test_told_once_a_key_and_read(world: World) -> None:
    assert told(world, key="door:1") == 1
    assert told(world, key="door:1") == 0
    scope = actor_for_user(world.users["parent"]).scope
    assert [m.title for m in list_box(scope, since=SINCE)] == ["林小禾到园"]
    assert unread_count(scope) == 1
    assert mark_read(scope, at=NOW) == 1
    assert unread_count(scope) == 0


def test_nobody_else_sees_it_even_under_the_selectors(world: World) -> None:
    told(world)
    other = actor_for_user(world.users["other-parent"]).scope
    director = actor_for_user(world.users["director"]).scope
    mine = actor_for_user(world.users["parent"]).scope
    assert list_box(other, since=SINCE) == list_box(director, since=SINCE) == []
    for scope, count in ((other, 0), (director, 0), (mine, 1)):
        with transaction.atomic():
            rls.enter(scope)
            assert Message.all_rows.count() == count
            rls.leave()


def test_a_blocked_guardian_is_told_nothing_and_loses_what_was_told(world: World) -> None:
    he = world.children["he"]
    told(world)
    link = he.guardianships.get()
    link.is_blocked = True
    link.save(update_fields=["is_blocked"])
    assert guardian_users(he.pk) == []
    assert told(world) == 0
    assert list_box(actor_for_user(world.users["parent"]).scope, since=SINCE) == []


def test_staff_by_right(world: World) -> None:
    a1 = world.institutions["a1"].pk
    assert staff_users(a1, "inst:month:close") == [world.users["director"].pk]
    assert len(staff_users(a1, "inst:attendance:record")) == 2


def test_a_delivery_is_made_for_what_is_urgent_only(world: World) -> None:
    told(world, "day")
    assert not Delivery.all_rows.exists()
    told(world, "incident")
    made = Delivery.all_rows.get()
    assert (made.channel, made.state) == ("wechat", DeliveryState.WAITING)
