"""打卡入库：any replay, order or overlap of batches gives the same day sheets."""

from __future__ import annotations

import itertools
from datetime import timedelta

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.domains.attendance.models import DaySheet, DayStatus, EventKind, Flag, Method
from tuoyu.domains.attendance.services import NewEvent, ask_leave, correct, record


def _events(w: World) -> list[NewEvent]:
    kid = w.children["he"].pk
    came = clock.at(NOW.date(), 7, 52)
    return [
        NewEvent(kid, EventKind.IN, came, Method.QR),
        NewEvent(kid, EventKind.OUT, came + timedelta(hours=2), Method.WALL),
        NewEvent(
            kid,
            EventKind.CORRECT,
            came + timedelta(hours=3),
            Method.DESK,
            day=NOW.date(),
            reason="家长接错时间",
            set_status=DayStatus.PRESENT,
            set_out_at=came + timedelta(hours=9),
        ),
    ]


def _sheet(w: World) -> DaySheet:
    return DaySheet.all_rows.get(child_id=w.children["he"].pk, day=NOW.date())


def test_order_and_replay_do_not_matter(world: World) -> None:
    later = NOW + timedelta(hours=9)
    inst = world.institutions["a1"].pk
    seen = set()
    events = _events(world)
    for order in itertools.permutations(events):
        for event in order:
            record(institution_id=inst, events=[event], at=later)
        record(institution_id=inst, events=list(order), at=later)
        sheet = _sheet(world)
        seen.add((sheet.status, sheet.in_at, sheet.out_at, sheet.is_corrected, sheet.events))
    assert len(seen) == 1
    status, came, left, corrected, count = seen.pop()
    assert (status, corrected, count) == (DayStatus.PRESENT, True, 3)
    assert came == events[0].at
    assert left == events[0].at + timedelta(hours=9)


def test_each_event_is_answered_and_a_bad_one_loses_no_other(world: World) -> None:
    good = NewEvent(world.children["he"].pk, EventKind.IN, NOW, Method.QR)
    foreign = NewEvent(world.children["feng"].pk, EventKind.IN, NOW, Method.QR)
    future = NewEvent(
        world.children["sui"].pk, EventKind.IN, NOW + timedelta(minutes=11), Method.QR
    )
    reused = NewEvent(world.children["sui"].pk, EventKind.IN, NOW, Method.QR, id=good.id)
    inst = world.institutions["a1"].pk
    first = record(institution_id=inst, events=[good, foreign, future], at=NOW)
    assert {a.id: (a.outcome, a.code) for a in first} == {
        good.id: ("stored", ""),
        foreign.id: ("refused", "not-enrolled"),
        future.id: ("refused", "future"),
    }
    again = record(institution_id=inst, events=[good], at=NOW)
    assert again[0].outcome == "duplicate"
    assert record(institution_id=inst, events=[reused], at=NOW)[0].code == "id-reused"
    assert all(a.text for a in first if a.outcome == "refused")


def test_a_skewed_clock_is_kept_but_not_trusted(world: World) -> None:
    event = NewEvent(world.children["he"].pk, EventKind.IN, NOW, Method.QR)
    record(institution_id=world.institutions["a1"].pk, events=[event], at=NOW, skewed=True)
    sheet = _sheet(world)
    assert sheet.status is None
    assert sheet.flags & Flag.SKEW


def test_leave_then_arrival_is_present(world: World) -> None:
    kid, inst = world.children["he"].pk, world.institutions["a1"].pk
    ask_leave(child_id=kid, institution_id=inst, days=[NOW.date()], reason="感冒", at=NOW)
    assert _sheet(world).status == DayStatus.LEAVE
    record(institution_id=inst, events=[NewEvent(kid, EventKind.IN, NOW, Method.WALL)], at=NOW)
    assert _sheet(world).status == DayStatus.PRESENT


def test_a_correction_needs_a_reason(world: World) -> None:
    answers = correct(
        child_id=world.children["he"].pk,
        institution_id=world.institutions["a1"].pk,
        day=NOW.date(),
        status=DayStatus.PRESENT,
        reason=" ",
        user_id=1,
        at=NOW,
    )
    assert answers[0].code == "no-reason"
