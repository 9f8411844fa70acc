"""考勤规则：plain cases beside the property tests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import NOW
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.attendance.rules import Fact, carers_needed, derive, judge_room, live_state


def _fact(kind: int, minutes: int = 0, **more: object) -> Fact:
    return Fact(uuid7(), kind, NOW + timedelta(minutes=minutes), **more)  # type: ignore[arg-type]


def test_nothing_is_nothing() -> None:
    assert derive([]) is None


def test_a_correction_stands_above_all_and_can_be_taken_back() -> None:
    came, left = _fact(1), _fact(2, 500)
    fix = _fact(4, 600, reason="没来", set_status=3)
    day = derive([fix, left, came])
    assert day is not None
    assert (day.status, day.in_at, day.is_corrected, day.events) == (3, None, True, 3)
    back = derive([_fact(4, 601, set_status=0), fix, left, came])
    assert back is not None
    assert (back.status, back.in_at, back.is_corrected) == (1, came.at, False)


def test_withdrawn_leave_is_nothing_known() -> None:
    day = derive([_fact(3, 0, set_status=2, reason="感冒"), _fact(3, 1, set_status=0)])
    assert day is not None
    assert (day.status, day.reason) == (None, "")


@pytest.mark.parametrize(
    ("status", "corrected", "has_out", "last", "state"),
    [
        (None, False, False, None, ""),
        (2, False, False, None, "leave"),
        (3, True, False, 1, "absent"),
        (1, False, False, 1, "in"),
        (1, False, True, 2, "out"),
        (1, False, True, 1, "in"),  # left at noon and came back
        (1, True, True, 1, "out"),  # the correction says that it left
        (1, True, False, 2, "in"),
    ],
)
def test_where_a_child_is_now(
    status: int | None, corrected: bool, has_out: bool, last: int | None, state: str
) -> None:
    found = live_state(status, is_corrected=corrected, has_out=has_out, last_kind=last)
    assert found == state


@pytest.mark.parametrize(
    ("present", "ratio", "staff", "state"),
    [
        (0, 3, 0, "ok"),
        (1, 3, 0, "breach"),
        (2, 3, 1, "ok"),
        (3, 3, 1, "near"),
        (4, 3, 1, "breach"),
        (5, 5, 1, "near"),
        (6, 5, 2, "ok"),
        (7, 7, 1, "near"),
        (8, 7, 1, "breach"),
        (4, None, 1, "unknown"),
    ],
)
def test_the_ratio_warns_one_child_before(
    present: int, ratio: int | None, staff: int, state: str
) -> None:
    room = judge_room(
        class_id=1, name="托小班", class_type="toddler", ratio=ratio, present=present, staff=staff
    )
    assert room.state == state
    assert room.text
    if ratio:
        assert room.required == carers_needed(present, ratio)
