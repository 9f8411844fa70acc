"""请假：two taps, the cut-off told, one tap to withdraw."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.world import World
from tuoyu.core import clock
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.attendance.models import DayStatus, Event
from tuoyu.ends.family.tests.conftest import TODAY, came, sheet

pytestmark = pytest.mark.django_db
URL = "/family/leave/"


def ask(client: Client, world: World, **fields: str) -> str:
    data = {"child": str(world.children["he"].pk), "when": "today", "reason": "感冒发热"} | fields
    return client.post(URL, data, follow=True).content.decode()


def test_two_taps_become_the_day_sheet(parent: Client, world: World) -> None:
    """Tap one opens the page (今天 is chosen already), tap two is the reason."""
    page = parent.get(f"{URL}?child={world.children['he'].pk}").content.decode()
    assert 'value="today" checked' in page
    assert '<button class="btn" type="submit" name="reason" value="感冒发热">' in page
    told = ask(parent, world)
    assert "已请假 10-15（1 天，感冒发热），园方已收到" in told
    row = sheet(world, "he")
    assert row is not None
    assert (row.status, row.reason) == (DayStatus.LEAVE, "感冒发热")
    assert sheet(world, "sui") is None  # the sister still comes
    home = parent.get(f"/family/?child={world.children['he'].pk}").content.decode()
    assert "今天请假" in home
    log = AuditEvent.objects.get(action="请假")
    assert log.persons == [world.children["he"].pk]


def test_after_the_cutoff_it_is_taken_and_told(parent: Client, world: World) -> None:
    with clock.fixed(clock.at(TODAY, 9, 30)):
        page = parent.get(URL).content.decode()
        assert "已过今天 09:00 的请假截止，仍可提交" in page
        assert "已过 09:00 截止，餐费按园方规定" in ask(parent, world)
    assert sheet(world, "he").status == DayStatus.LEAVE  # type: ignore[union-attr]


def test_before_the_cutoff_nothing_is_said_of_lateness(parent: Client, world: World) -> None:
    assert "当天请假请在 09:00 前提交" in parent.get(URL).content.decode()
    assert "截止，餐费" not in ask(parent, world)


def test_tomorrow_skips_the_weekend(parent: Client, world: World) -> None:
    friday = date(2025, 10, 17)
    with clock.fixed(clock.at(friday, 8, 0)):
        assert "下个托日" in parent.get(URL).content.decode()
        assert "已请假 10-20（1 天" in ask(parent, world, when="tomorrow")
    assert sheet(world, "he", date(2025, 10, 20)).status == DayStatus.LEAVE  # type: ignore[union-attr]


def test_a_span_takes_working_days_only(parent: Client, world: World) -> None:
    told = ask(parent, world, when="dates", first="2025-10-17", last="2025-10-21")
    assert "已请假 10-17 至 10-21（3 天" in told
    assert sheet(world, "he", date(2025, 10, 18)) is None


def test_withdrawing_is_a_second_event(parent: Client, world: World) -> None:
    ask(parent, world)
    page = parent.get(f"{URL}?child={world.children['he'].pk}").content.decode()
    assert "已请的假" in page
    told = parent.post(
        f"{URL}withdraw/",
        {"child": world.children["he"].pk, "day": "2025-10-15"},
        follow=True,
    ).content.decode()
    assert "已撤回 10-15 的请假" in told
    assert sheet(world, "he").status is None  # type: ignore[union-attr]
    assert Event.all_rows.filter(child_id=world.children["he"].pk).count() == 2
    again = parent.post(f"{URL}withdraw/", {"child": world.children["he"].pk, "day": "2025-10-15"})
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reason": ""}, "请点一个请假原因"),
        ({"reason": "不想去"}, "请点一个请假原因"),
        ({"when": ""}, "请先选哪一天"),
        ({"when": "dates", "first": "", "last": ""}, "日期没有填全"),
        ({"when": "dates", "first": "2025-13-01", "last": ""}, "日期没有填全"),
        ({"when": "dates", "first": "2025-10-10", "last": "2025-10-16"}, "已过去"),
        ({"when": "dates", "first": "2025-10-20", "last": "2025-10-16"}, "早于开始日期"),
        ({"when": "dates", "first": "2025-10-18", "last": "2025-10-19"}, "都不是在托的工作日"),
        ({"when": "dates", "first": "2026-06-01", "last": "2026-06-02"}, "最多提前"),
        ({"when": "dates", "first": "2025-10-16", "last": "2025-12-01"}, "一次最多请 31 天"),
    ],
)
def test_refusals_say_how_to_mend(
    parent: Client, world: World, fields: dict[str, str], why: str
) -> None:
    assert why in ask(parent, world, **fields)
    assert not Event.all_rows.exists()


def test_a_child_that_has_arrived_is_not_put_on_leave(parent: Client, world: World) -> None:
    came(world, "he", clock.at(TODAY, 8, 0))
    assert "今天已到园，不用再请假" in ask(parent, world)
    assert sheet(world, "he").status == DayStatus.PRESENT  # type: ignore[union-attr]


def test_the_same_form_twice_is_one_leave(parent: Client, world: World) -> None:
    key = "0197a000-0000-7000-8000-000000000001"
    ask(parent, world, submit_key=key)
    second = parent.post(
        URL,
        {
            "child": world.children["he"].pk,
            "when": "today",
            "reason": "感冒发热",
            "submit_key": key,
        },
    )
    assert second.status_code == 422
    assert Event.all_rows.count() == 1


def test_far_day_is_open_until_two_months(parent: Client, world: World) -> None:
    day = TODAY + timedelta(days=56)
    assert "已请假" in ask(parent, world, when="dates", first=f"{day}", last=f"{day}")
