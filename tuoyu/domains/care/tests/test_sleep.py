"""睡眠巡视：gaps are missed for ever, a room turns red, the director is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import SYSTEM, Scope
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent
from tuoyu.domains.attendance.services import record as door
from tuoyu.domains.care.models import MissedRound
from tuoyu.domains.care.rules import Check, Intervals, Nap, needs_act, next_due, rounds_of
from tuoyu.domains.care.selectors.rooms import day_now
from tuoyu.domains.care.services import NewCare, find_missed_rounds, record, set_intervals
from tuoyu.domains.messages.models import Message


def _at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def _nap(*checks: float, end: float | None = None) -> Nap:
    found = tuple(Check(_at(m), "back") for m in checks)
    return Nap(1, 1, NOW, None if end is None else _at(end), found)


def _missed(nap: Nap, now: float) -> list[float]:
    found = [r for r in rounds_of(nap, 10, _at(now)) if r.check is None]
    return [(r.due_at - NOW).total_seconds() / 60 for r in found]


def test_rounds_in_time_and_missed() -> None:
    assert _missed(_nap(10, 19, 29), 38) == []
    assert _missed(_nap(10), 31) == [20, 30]
    assert _missed(_nap(35), 36) == [10, 20, 30]  # a late check does not fill the gap before it
    assert _missed(_nap(9, end=40), 400) == [19, 29, 39]  # nothing is missed after waking


def test_power_cut_is_missed_not_checked() -> None:
    """断电：what was checked before stands, the dark hour is missed, and it goes on after."""
    nap = _nap(10, 20, 80, 90)
    assert _missed(nap, 91) == [30, 40, 50, 60, 70]
    assert sum(r.check is not None for r in rounds_of(nap, 10, _at(91))) == 4


def test_interval_not_set_is_undetermined() -> None:
    nap = _nap(30)
    assert [r.check is not None for r in rounds_of(nap, None, _at(300))] == [True]
    assert next_due(nap, None) is None
    assert Intervals(5, 10, None).minutes_for(30) is None
    assert [Intervals(5, 10, 15).minutes_for(m) for m in (11, 12, 23, 24)] == [5, 10, 10, 15]


def test_prone_infant_needs_an_act() -> None:
    prone = replace(_nap(), checks=(Check(NOW, "prone"),))
    assert needs_act(prone, 11)
    assert not needs_act(prone, 12)
    assert not needs_act(replace(prone, checks=(Check(NOW, "prone", did="turned"),)), 11)


def _asleep(w: World) -> Scope:
    """江小苗（9 个月）在乳儿班睡着；间隔 5/10/15。"""
    inst, child = w.institutions["a1"], w.children["miao"]
    scope = Scope(kind="institutions", institution_ids=frozenset({inst.pk}))
    came = NewEvent(child.pk, EventKind.IN, _at(-40), Method.WALL)
    door(institution_id=inst.pk, events=[came], at=_at(-40))
    set_intervals(scope=scope, institution_id=inst.pk, minutes=(5, 10, 15), by=1, at=_at(-60))
    _say(w, "nap_start", -6)
    return scope


def _say(w: World, kind: str, minutes: float, child: str = "miao", **detail: object) -> None:
    room = w.classes["a1.infant"].pk
    kid = w.children[child].pk
    event = NewCare(kind, _at(minutes), kid, room, detail, by=1, by_name="老师甲")
    found = record(institution_id=w.institutions["a1"].pk, events=[event], at=NOW)
    assert [a.outcome for a in found] == ["stored"]


@pytest.mark.django_db
def test_missed_round_turns_room_red_and_tells_director_once(world: World) -> None:
    scope = _asleep(world)
    seen = day_now(scope, world.institutions["a1"].pk, NOW)
    assert [r.name for r in seen.red] == ["乳儿班"]
    assert "江小苗的睡眠巡视已过点（08:09 应查）" in seen.red[0].text
    assert find_missed_rounds(NOW) == 1
    assert find_missed_rounds(_at(1)) == 0
    told = Message.all_rows.get(kind="act")
    assert told.user_id == world.users["director"].pk
    assert "江小苗" not in f"{told.title}{told.body}"
    assert MissedRound.all_rows.get().due_at == _at(-1)
    _say(world, "nap_check", 0, position="back")
    assert day_now(scope, world.institutions["a1"].pk, NOW).red == ()
    assert day_now(scope, world.institutions["a1"].pk, NOW).sleep[0].missed_today == 1


@pytest.mark.django_db
def test_leaving_ends_a_nap_nobody_ended(world: World) -> None:
    scope = _asleep(world)
    inst, child = world.institutions["a1"], world.children["miao"]
    door(
        institution_id=inst.pk,
        events=[NewEvent(child.pk, EventKind.OUT, NOW, Method.WALL)],
        at=NOW,
    )
    later = _at(60)
    assert day_now(scope, inst.pk, later).red == ()
    assert find_missed_rounds(later) == 0


@pytest.mark.django_db
def test_child_counts_in_the_room_where_it_is(world: World) -> None:
    inst = world.institutions["a1"]
    came = NewEvent(world.children["he"].pk, EventKind.IN, NOW, Method.WALL)
    door(institution_id=inst.pk, events=[came], at=NOW)
    to = world.classes["a1.mixed"].pk
    move = NewCare("move", NOW, world.children["he"].pk, None, {"to": to})
    record(institution_id=inst.pk, events=[move], at=NOW)

    def present() -> dict[str, int]:
        return {r.name: r.present for r in day_now(SYSTEM, inst.pk, NOW).board.rooms}

    assert present() == {"乳儿班": 0, "托小班": 0, "混龄班": 1}
    undo = NewCare("undo", NOW, detail={"of": str(move.id)})
    record(institution_id=inst.pk, events=[undo], at=NOW)
    assert present() == {"乳儿班": 0, "托小班": 1, "混龄班": 0}


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [(0, 10, 15), (10, 5, 15), (5, 10, 90)])
def test_unfit_interval_is_refused(world: World, minutes: tuple[int, int, int]) -> None:
    inst = world.institutions["a1"]
    with pytest.raises(DomainError, match=r"间隔"):
        set_intervals(scope=SYSTEM, institution_id=inst.pk, minutes=minutes, by=1, at=clock.now())
