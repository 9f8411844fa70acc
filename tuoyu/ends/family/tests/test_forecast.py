"""出勤预报：the sentences that parents read."""

from __future__ import annotations

from datetime import date

import pytest

from tuoyu.core import workdays
from tuoyu.ends.family.forecast import LEAVE, PRESENT, Forecast, Line, Reach, forecast

OCTOBER = workdays.days_of(date(2025, 10, 1))
SEPTEMBER = workdays.days_of(date(2025, 9, 1))
TEN = Line(10)


def made(came: int, today: date, line: Line = TEN, month: list[date] = SEPTEMBER) -> Forecast:
    return forecast(
        today=today, workdays=month, sheets=dict.fromkeys(month[:came], PRESENT), line=line
    )


def test_eight_days_then_two_more() -> None:
    found = made(8, SEPTEMBER[7])
    assert found.text == "已出勤 8 天，再 2 天满足补助出勤线。"
    assert found.title == "再到托 2 天满补助线"
    assert found.mark_text == f"{SEPTEMBER[9]:%m-%d} 可满 10 天"
    assert found.mark == 10


def test_the_month_of_the_sample() -> None:
    """October 2025 opens on the 9th; five days, one of them on leave between."""
    sheets: dict[date, int | None] = dict.fromkeys(OCTOBER[:6], PRESENT)
    sheets[OCTOBER[1]] = LEAVE
    today = OCTOBER[5]
    found = forecast(today=today, workdays=OCTOBER, sheets=sheets, line=TEN)
    assert OCTOBER[0] == date(2025, 10, 9)
    assert found.title == "再到托 5 天满补助线"
    assert (found.attended, found.leave) == (5, 1)
    assert "".join(found.cells).startswith("alaaaa.")
    assert found.mark_text == f"{OCTOBER[10]:%m-%d} 可满 10 天"


def test_today_counts_while_the_child_can_still_come() -> None:
    today = SEPTEMBER[9]
    came = dict.fromkeys(SEPTEMBER[:9], PRESENT)
    open_ = forecast(today=today, workdays=SEPTEMBER, sheets=came, line=TEN)
    shut = forecast(today=today, workdays=SEPTEMBER, sheets=came, line=TEN, today_is_open=False)
    assert open_.mark_text.startswith(f"{today:%m-%d}")
    assert shut.mark_text.startswith(f"{SEPTEMBER[10]:%m-%d}")


def test_leave_to_come_is_not_counted_on() -> None:
    today = SEPTEMBER[7]
    sheets: dict[date, int | None] = dict.fromkeys(SEPTEMBER[:8], PRESENT)
    sheets[SEPTEMBER[8]] = LEAVE
    found = forecast(today=today, workdays=SEPTEMBER, sheets=sheets, line=TEN)
    assert found.mark_text.startswith(f"{SEPTEMBER[10]:%m-%d}")


def test_reached_and_the_day_it_was() -> None:
    found = made(12, SEPTEMBER[11])
    assert found.reach is Reach.REACHED
    assert found.text == "已出勤 12 天，已满足补助出勤线（10 天）。"
    assert found.mark_text == f"{SEPTEMBER[9]:%m-%d} 已满 10 天"


def test_out_of_reach_says_so_and_blames_nobody() -> None:
    found = made(3, SEPTEMBER[-3])
    assert found.reach is Reach.SHORT
    assert "本月还有 3 个工作日，到不了 10 天" in found.text
    assert not found.mark


@pytest.mark.parametrize(
    ("line", "reach", "word"),
    [
        (Line(None, "泉港区尚无县区通知规定“最低出勤天数”"), Reach.UNDETERMINED, "待定：泉港区"),
        (Line(10, outside="托大班不在专项奖补范围"), Reach.OUTSIDE, "托大班不在专项奖补范围"),
    ],
)
def test_without_a_line_there_is_a_reason_and_no_mark(line: Line, reach: Reach, word: str) -> None:
    found = made(8, SEPTEMBER[7], line)
    assert found.reach is reach
    assert word in found.text
    assert found.title == "本月已到托 8 天"
    assert (found.mark, found.mark_text) == (0, "")


def test_a_working_saturday_that_was_attended_is_a_day() -> None:
    extra = date(2025, 9, 6)
    sheets: dict[date, int | None] = {extra: PRESENT}
    found = forecast(today=extra, workdays=SEPTEMBER, sheets=sheets, line=TEN)
    assert found.attended == 1
    assert len(found.cells) == len(SEPTEMBER) + 1


def test_an_empty_month_stands() -> None:
    found = forecast(today=date(2025, 9, 1), workdays=[], sheets={}, line=TEN)
    assert found.reach is Reach.SHORT
    assert (found.first, found.cells) == ("", ())
