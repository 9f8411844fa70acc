"""家长端测试共用：the parent of 林小禾 and 林小穗 at 青禾, on Wednesday 2025-10-15 08:10."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client

from tests.world import World
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.domains.attendance.models import DaySheet, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.identity.selectors import actor_of

TODAY = date(2025, 10, 15)


@pytest.fixture
def parent(world: World) -> Client:
    return world.client("parent")


def came(
    world: World,
    child: str,
    at: datetime,
    kind: EventKind = EventKind.IN,
    *,
    guardian: str = "",
    method: Method = Method.WALL,
    evidence: dict[str, object] | None = None,
) -> None:
    """到园或离园：through the one door."""
    kid = world.children[child]
    event = NewEvent(
        kid.pk,
        kind,
        at,
        method,
        guardian_id=world.guardians[guardian].pk if guardian else None,
        evidence=evidence,
    )
    answers = record(institution_id=kid.institution_id or 0, events=[event], at=clock.now())
    assert [a.outcome for a in answers] == ["stored"]


def actor(world: World, who: str) -> Actor:
    """某人的操作人（不是家长）。"""
    user = world.users[who]
    return actor_of(user, user.assignments.get(), frozenset())


def sheet(world: World, child: str, day: date = TODAY) -> DaySheet | None:
    return DaySheet.all_rows.filter(child_id=world.children[child].pk, day=day).first()
