"""班上事件：idempotent, one bad one alone, undone by a second event, news once."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest

from tests.world import NOW, World
from tuoyu.core import events
from tuoyu.domains.care import kinds
from tuoyu.domains.care.events import CareRecorded
from tuoyu.domains.care.models import CareEvent
from tuoyu.domains.care.packets import Unread, read_event
from tuoyu.domains.care.services import NewCare, record

pytestmark = pytest.mark.django_db


def _lunch(w: World, child: str = "he") -> NewCare:
    room = w.classes["a1.toddler"]
    detail = {"what": "lunch", "amount": "all"}
    return NewCare("meal", NOW, w.children[child].pk, room.pk, detail, by=1, by_name="老师甲")


def _store(w: World, *new: NewCare) -> list[tuple[str, str]]:
    found = record(institution_id=w.institutions["a1"].pk, events=new, at=NOW)
    return [(a.outcome, a.code) for a in found]


def test_stored_once_and_told_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[CareRecorded] = []
    monkeypatch.setitem(events._handlers, CareRecorded, [heard.append])
    lunch = _lunch(world)
    assert _store(world, lunch, lunch) == [("stored", ""), ("duplicate", "")]
    assert _store(world, lunch) == [("duplicate", "")]
    assert [h.id for h in heard] == [lunch.id]
    row = CareEvent.all_rows.get()
    assert (row.by_name, row.detail["amount"], row.day) == ("老师甲", "all", NOW.date())


def test_one_bad_event_alone(world: World) -> None:
    good, stranger = _lunch(world), _lunch(world, "feng")
    late = NewCare("meal", NOW + timedelta(hours=1), good.child_id, None, good.detail)
    unknown = NewCare("dance", NOW, good.child_id)
    elsewhere = NewCare("move", NOW, good.child_id, None, {"to": world.classes["b1.toddler"].pk})
    assert _store(world, stranger, late, unknown, elsewhere, good) == [
        ("refused", "not-enrolled"),
        ("refused", "future"),
        ("refused", "malformed"),
        ("refused", "no-room"),
        ("stored", ""),
    ]


def test_same_id_for_another_thing_is_refused(world: World) -> None:
    first = _lunch(world)
    other = NewCare("drink", NOW, first.child_id, None, {}, id=first.id)
    assert _store(world, first) == [("stored", "")]
    assert _store(world, other) == [("refused", "id-reused")]


def test_undo_is_a_second_event_and_not_for_all(world: World) -> None:
    lunch = _lunch(world)
    act = NewCare("nap_act", NOW, lunch.child_id, None, {"did": "turned"})
    assert _store(world, lunch, act) == [("stored", ""), ("stored", "")]
    undo = [NewCare("undo", NOW, detail={"of": str(e.id)}) for e in (lunch, act)]
    assert _store(world, *undo) == [("stored", ""), ("refused", "not-undoable")]
    assert CareEvent.all_rows.get(undoes=lunch.id).kind == "undo"


def test_sealed_kind_keeps_nothing_in_clear(world: World) -> None:
    kinds._kinds.pop("test_dose", None)
    kinds.register("test_dose", lambda raw: dict(raw), title="测试", is_sealed=True)
    child = world.children["he"].pk
    assert _store(world, NewCare("test_dose", NOW, child, None, {"drug": "示例药"})) == [
        ("stored", "")
    ]
    kinds._kinds.pop("test_dose")
    row = CareEvent.all_rows.get()
    assert row.detail == {}
    assert json.loads(row.secret or "") == {"drug": "示例药"}


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("meal", {"what": "lunch"}),
        ("meal", {"what": "lunch", "amount": "很多"}),
        ("nap_check", {"position": "standing"}),
        ("outdoor", {"minutes": True}),
        ("drink", {"ml": 5000}),
        ("undo", {"of": "不是编号"}),
        ("count", {"here": "all"}),
        ([], {}),
        ("meal", None),
    ],
)
def test_unreadable_detail_is_refused(kind: object, detail: object) -> None:
    raw = {"id": str(uuid.uuid4()), "kind": kind, "at": NOW.isoformat(), "detail": detail}
    found = read_event(raw, by=1, by_name="")
    assert isinstance(found, Unread)
    assert found.code == "malformed"
