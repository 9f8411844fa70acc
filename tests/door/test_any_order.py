"""任意重放、乱序、重叠：the same day sheets, and the same as the plain rule says."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.door.device import Tablet, event, paired
from tests.world import NOW, World, build_world
from tuoyu.core import clock
from tuoyu.domains.attendance.models import DaySheet, Event
from tuoyu.domains.attendance.rules import Day, Fact, derive

EVENING = NOW.replace(hour=19)

moments = st.integers(0, 600).map(lambda m: NOW - timedelta(minutes=30) + timedelta(minutes=m))
acts: st.SearchStrategy[tuple[str, datetime, dict[str, Any]]] = st.one_of(
    st.tuples(st.sampled_from(["in", "out"]), moments, st.just({})),
    st.tuples(
        st.just("absent"),
        moments,
        st.sampled_from(["leave", "absent"]).map(
            lambda s: {"set_status": s, "reason": "发热", "day": "2025-10-15"}
        ),
    ),
    st.tuples(
        st.just("correct"),
        moments,
        st.tuples(st.sampled_from(["present", "leave", "absent"]), st.none() | moments).map(
            lambda x: {
                "set_status": x[0],
                "reason": "记错",
                "day": "2025-10-15",
                **({"set_out_at": x[1].isoformat()} if x[1] else {}),
            }
        ),
    ),
)
days = st.lists(st.tuples(st.integers(0, 2), acts), min_size=1, max_size=9)


def _rollback_each(run: Any) -> None:
    """A hypothesis example is one savepoint."""
    point = transaction.savepoint()
    try:
        run()
    finally:
        transaction.savepoint_rollback(point)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data(), plan=days)
def test_any_replay_order_and_overlap(world: World, data: st.DataObject, plan: Any) -> None:
    kids = [world.children[k].pk for k in ("he", "sui", "miao")]
    events = [event(kids[who], kind, at, **more) for who, (kind, at, more) in plan]
    skewed = data.draw(st.sets(st.integers(0, len(events) - 1), max_size=2))
    seed = data.draw(st.integers(0, 2**16))
    results = []

    def once(turn: int) -> None:
        tablet = paired(world.institutions["a1"])
        dice = random.Random(seed + turn)
        _send_in_disorder(tablet, events, skewed, dice)
        results.append(_sheets())

    with clock.fixed(EVENING):
        for turn in range(3):
            _rollback_each(lambda turn=turn: once(turn))
    assert results[0] == results[1] == results[2] == _by_the_rule(events, skewed)


def _send_in_disorder(
    tablet: Tablet, events: list[dict[str, Any]], skewed: set[int], dice: random.Random
) -> None:
    """Overlapping batches, each event at least once, some again; the last batch is everything."""
    good = [e for n, e in enumerate(events) if n not in skewed]
    bad = [events[n] for n in skewed]
    batches = [(dice.sample(good, dice.randint(1, len(good))), EVENING) for _ in range(2) if good]
    batches += [(good, EVENING)] if good else []
    batches += [(bad, EVENING - timedelta(hours=1))] if bad else []
    dice.shuffle(batches)
    for batch, sent_at in [*batches, *batches[:1]]:
        dice.shuffle(batch)
        packets = [tablet.packet(*batch[:2]), *(tablet.packet(e) for e in batch[2:])]
        answers = tablet.send(
            [p for p in packets if p["body"] != '{"events": []}'], sent_at=sent_at
        )
        assert {a["outcome"] for a in answers} <= {"stored", "duplicate"}


def _sheets() -> dict[int, Day]:
    return {
        s.child_id: Day(
            s.status,
            s.in_at and s.in_at.astimezone(clock.ZONE),
            s.out_at and s.out_at.astimezone(clock.ZONE),
            s.reason,
            s.is_corrected,
            s.flags,
            s.events,
        )
        for s in DaySheet.all_rows.all()
    }


def _by_the_rule(events: list[dict[str, Any]], skewed: set[int]) -> dict[int, Day | None]:
    kinds = {"in": 1, "out": 2, "absent": 3, "correct": 4}
    status = {"present": 1, "leave": 2, "absent": 3, None: None}
    facts: dict[int, list[Fact]] = defaultdict(list)
    for n, e in enumerate(events):
        out = e.get("set_out_at")
        facts[e["child"]].append(
            Fact(
                UUID(e["id"]),
                kinds[e["kind"]],
                datetime.fromisoformat(e["at"]),
                e.get("reason", ""),
                status[e.get("set_status")],
                None,
                datetime.fromisoformat(out) if out else None,
                1 if n in skewed else 0,
            )
        )
    return {child: derive(rows) for child, rows in facts.items()}


@pytest.mark.django_db(transaction=True)
def test_overlapping_batches_from_two_threads() -> None:
    """Two tablets send the same children's events at once, in opposite order, many times."""
    world = build_world()
    kids = [world.children[k].pk for k in ("miao", "nuo", "he", "sui", "xiao", "zhi")]
    tablets = [paired(world.institutions["a1"]) for _ in range(2)]
    shared = [event(k, kind, NOW - timedelta(minutes=m))
              for m in range(10) for k in kids for kind in ("in", "out")]  # fmt: skip
    notes = [event(k, "absent", NOW, set_status="leave", day="2025-10-15") for k in kids]
    everything = shared + notes
    outcomes: list[list[str]] = [[], []]
    together = threading.Barrier(2)

    def send(n: int) -> None:
        try:
            with clock.fixed(NOW):
                order = everything if n == 0 else everything[::-1]
                for first in range(0, len(order), 12):
                    together.wait(20)
                    packet = tablets[n].packet(*order[first : first + 12])
                    outcomes[n] += [a["outcome"] for a in tablets[n].send([packet])]
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    told = outcomes[0] + outcomes[1]
    assert set(told) == {"stored", "duplicate"}
    assert told.count("stored") == Event.all_rows.count() == len(everything)
    assert _sheets() == _by_the_rule(everything, set())
