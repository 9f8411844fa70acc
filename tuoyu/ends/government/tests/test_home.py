"""工作台：the day's work comes first, and the badge equals the list exactly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.cases import machine
from tuoyu.core.cases.models import Case
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, ask_leave, record
from tuoyu.domains.attendance.services.shifts import start_shift
from tuoyu.domains.funds.models import Batch
from tuoyu.ends.government.views.home import group_of, heading

TYPE = machine.register(
    machine.CaseType(
        code="test_review",
        title="测试办件",
        first="wait",
        states={
            "wait": machine.State("待审", owner="subsidy:statement:review", working_days=3),
            "over": machine.State("办结"),
        },
        moves={"pass": machine.Move("通过", "wait", "over", "subsidy:statement:review")},
    )
)


def case(title: str, due: datetime | None, region: str = "350582") -> Case:
    return Case.all_rows.create(
        type=TYPE.code,
        state="wait",
        title=title,
        region_code=region,
        opened_at=NOW - timedelta(days=1),
        arrived_at=NOW - timedelta(days=1),
        due_at=due,
        url="/gov/",
    )


def page(world: World, who: str = "county-officer", query: str = "") -> str:
    answer = world.client(who).get(f"/gov/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_empty_day_says_so(counted: World) -> None:
    found = page(counted)
    assert "<h1>没有待办</h1>" in found
    assert "到您这里的件都办完了" in found


def test_the_title_counts_what_is_due_today_and_overdue(counted: World) -> None:
    case("逾期的", NOW - timedelta(hours=1))
    case("今天的", NOW + timedelta(hours=3))
    case("本周的", NOW + timedelta(days=2))
    case("下周的", NOW + timedelta(days=7))
    case("不限时的", None)
    found = page(counted)
    assert "<h1>今天先办 2 件</h1>" in found
    for group in ("已超时", "今天到期", "本周内", "10 月 20 日以后", "无时限"):
        assert group in found
    assert found.index("逾期的") < found.index("今天的") < found.index("不限时的")


def test_the_badge_equals_the_list(counted: World) -> None:
    for n in range(4):
        case(f"件{n}", NOW + timedelta(days=n))
    case("别县的", NOW, region="350502")
    found = page(counted)
    assert '<span class="n">4</span>' in found  # 菜单
    assert '待办 <span class="ty-count">4</span>' in found  # 页签
    assert found.count('class="t" href="/gov/"') == 4
    assert "别县的" not in found


def test_a_case_of_another_office_is_not_mine(counted: World) -> None:
    case("县级审核", NOW)
    assert "县级审核" not in page(counted, "city-officer")


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (NOW - timedelta(seconds=1), "late"),
        (NOW, "today"),
        (NOW.replace(hour=23, minute=59), "today"),
        (NOW.replace(hour=0, minute=0) + timedelta(days=1), "week"),
        (NOW.replace(hour=0, minute=0) + timedelta(days=5), "later"),
        (None, "open"),
    ],
)
def test_groups_by_due_time(due: datetime | None, group: str) -> None:
    assert group_of(due, NOW) == group


def test_headings() -> None:
    assert heading({"late": 0, "today": 0, "all": 3}) == "今天没有到期的，待办 3 件"


def test_nobody_is_missing_before_the_cutoff(counted: World) -> None:
    assert "未到未请假" not in page(counted)


def test_the_missing_are_an_alarm_after_it(counted: World) -> None:
    a1 = counted.institutions["a1"]
    came = counted.children["miao"]
    record(
        institution_id=a1.pk,
        events=[NewEvent(came.pk, EventKind.IN, NOW, Method.WALL)],
        at=NOW,
    )
    ask_leave(
        child_id=counted.children["nuo"].pk,
        institution_id=a1.pk,
        days=[NOW.date()],
        reason="发热",
        at=NOW,
    )
    with clock.fixed(NOW.replace(hour=9, minute=10)):
        found = page(counted)
        assert "4 名儿童未到未请假" in found
        assert "超 10 分" in found
        assert "海风" not in found
        day = counted.client("county-officer").get("/gov/attendance/").content.decode()
        assert "4 人" in day
        one = counted.client("county-officer").get(f"/gov/attendance/{a1.pk}/").content.decode()
        assert "林*禾" in one
        assert "林小禾" not in one


def test_a_room_short_of_carers_is_an_alarm(counted: World) -> None:
    a1 = counted.institutions["a1"]
    for name in ("he", "sui"):
        kid = counted.children[name]
        record(
            institution_id=a1.pk,
            events=[NewEvent(kid.pk, EventKind.IN, NOW, Method.WALL)],
            at=NOW,
        )
    assert "持证 0 名" not in page(counted)  # 没有一人登记在岗：未知，不作零
    start_shift(
        scope=SYSTEM,
        staff_id=counted.staff["a1.infant"].pk,
        class_group_id=counted.classes["a1.infant"].pk,
        at=NOW - timedelta(minutes=20),
    )
    assert "托小班 2 人，持证 0 名" in page(counted)


def test_figures_stand_beside_the_work(counted: World) -> None:
    found = page(counted)
    assert "年度目标" in found
    assert found.count('class="ty-stat"') == 4
    assert "年度目标" not in page(counted, "finance-officer")


def test_the_home_takes_few_queries(
    counted: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(60):
        case(f"件{n}", NOW + timedelta(days=n % 9))
    client = counted.client("county-officer")
    with django_assert_max_num_queries(32):
        client.get("/gov/")


def test_a_prepared_batch_waits_for_the_releasing_post(world: World) -> None:
    batch = Batch.all_rows.create(
        programme="class_subsidy",
        region_code="350500",
        number="BF202506-001",
        prepared_at=NOW,
        prepared_by=world.users["city-officer"].pk,
        prepared_by_name="编制人",
        declared_count=1,
        declared_total_fen=72_000,
    )
    found = page(world, "finance-officer")
    assert "待拨付 1 批" in found
    assert f"/gov/payments/{batch.pk}/" in found
    assert "待拨付 1 批" not in page(world, "county-officer")
    Batch.all_rows.update(prepared_by=world.users["finance-officer"].pk)
    assert "待拨付 1 批" not in page(world, "finance-officer")
