"""首页：what a parent reads at a glance."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.world import World, month_of_days
from tuoyu.core import clock
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.policies.books import current_book
from tuoyu.ends.family.tests.conftest import TODAY, came

pytestmark = pytest.mark.django_db


def text(client: Client, url: str = "/family/") -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_before_arrival(parent: Client, world: World) -> None:
    page = text(parent)
    assert "还没到园" in page
    assert "林小禾" in page
    assert "青禾托育园" in page


def test_arrived_says_when_who_and_where(parent: Client, world: World) -> None:
    came(world, "he", clock.at(TODAY, 7, 52), guardian="lin", method=Method.QR)
    page = text(parent, f"/family/?child={world.children['he'].pk}")
    assert "已到园" in page
    assert "<strong>07:52</strong>" in page
    assert "妈妈送到 · 青禾托育园" in page


def test_morning_check_is_told(parent: Client, world: World) -> None:
    came(
        world,
        "he",
        clock.at(TODAY, 7, 52),
        evidence={"temperature": "37.6", "symptoms": ["咳嗽"]},
    )
    assert "晨检：咳嗽，体温 37.6 ℃" in text(parent, f"/family/?child={world.children['he'].pk}")


def test_left_and_came_back(parent: Client, world: World) -> None:
    url = f"/family/?child={world.children['he'].pk}"
    with clock.fixed(clock.at(TODAY, 15, 0)):
        came(world, "he", clock.at(TODAY, 7, 52), guardian="lin")
        came(world, "he", clock.at(TODAY, 10, 0), EventKind.OUT, guardian="lin")
        assert "已离园" in text(parent, url)
        came(world, "he", clock.at(TODAY, 11, 0))
        assert "已到园" in text(parent, url)


def test_forecast_eight_days_then_two(parent: Client, world: World) -> None:
    """The sentence of the issue, on the county's own notice."""
    september = date(2025, 9, 1)
    with clock.fixed(clock.at(date(2025, 9, 10), 18, 0)):
        month_of_days(world, "miao", september, 8)
        page = text(_parent_of(world, "miao", "jiang"))
    assert "已出勤 8 天，再 2 天满足补助出勤线" in page
    assert "再到托 2 天满补助线" in page


def test_outside_the_rule_says_so(world: World) -> None:
    page = text(_parent_of(world, "xiao", "sun"))
    assert "不在专项奖补范围" in page
    assert "满补助线" not in page


def test_county_without_notice_is_undetermined(world: World) -> None:
    """鲤城 has published nothing: 待定 with the reason, never a number."""
    page = text(world.client("other-parent"))
    assert "补助出勤线待定" in page
    assert "鲤城区" in page


def test_switching_the_child_is_remembered(parent: Client, world: World) -> None:
    sui = world.children["sui"]
    assert parent.get(f"/family/child/{sui.pk}/").status_code == 302
    assert "<b>林小穗 " in text(parent)


def test_the_youngest_in_care_comes_first(parent: Client, world: World) -> None:
    younger = world.children["sui"]
    Child.all_rows.filter(pk=younger.pk).update(born_on=date(2024, 9, 1))
    assert "<b>林小穗 " in text(parent)
    Enrolment.all_rows.filter(child=younger).update(period=(date(2025, 9, 1), date(2025, 10, 1)))
    assert "<b>林小禾 " in text(parent)


def test_a_short_day_shows_the_day_before(parent: Client, world: World) -> None:
    came(world, "he", clock.at(date(2025, 10, 14), 8, 3), guardian="lin")
    page = text(parent, f"/family/?child={world.children['he'].pk}")
    assert "昨天" in page
    assert "08:03" in page


def test_blocked_guardian_sees_nothing(parent: Client, world: World) -> None:
    Guardianship.all_rows.filter(guardian=world.guardians["lin"]).update(is_blocked=True)
    page = text(parent)
    assert "林小" not in page
    assert "没有可看的宝宝" in page
    he = world.children["he"].pk
    for url in ["leave/", "month/2025-10/", "subsidy/", "access/", "consents/", "now/"]:
        assert parent.get(f"/family/{url}").status_code == 404, url
        assert parent.get(f"/family/{url}?child={he}").status_code == 404, url
    assert 'id="qr"' not in text(parent, "/family/code/")
    assert parent.get("/family/code/qr/").status_code == 404


def test_the_fragment_has_the_new_state(parent: Client, world: World) -> None:
    he = world.children["he"].pk
    assert "还没到园" in text(parent, f"/family/now/?child={he}")
    came(world, "he", clock.at(TODAY, 8, 9), guardian="lin")
    page = text(parent, f"/family/now/?child={he}")
    assert "<strong>08:09</strong>" in page
    assert 'hx-swap-oob="true"' in page
    assert "<html" not in page


def test_elder_mode_is_remembered_with_the_person(parent: Client, world: World) -> None:
    parent.post("/family/elder/", {"on": "1"})
    for client in (parent, world.client("parent")):  # another phone opens the same way
        page = text(client)
        assert 'data-elder="on"' in page
        for word in ("接送码", "今天宝宝", "打电话给园里", "请假"):
            assert word in page
        assert "普通版" in page
    parent.post("/family/elder/", {"on": "0"})
    assert 'data-elder="on"' not in text(parent)


def test_five_tabs_are_real(parent: Client, world: World) -> None:
    for url, title in [
        ("/family/", "首页"),
        ("/family/feed/", "动态"),
        ("/family/messages/", "消息"),
        ("/family/services/", "服务"),
        ("/family/me/", "我的"),
    ]:
        page = text(parent, url)
        assert page.count('aria-current="page"') == 1
        assert f"{title} · 托育云</title>" in page
        assert page.count("<h1") == 1


def test_red_dot_equals_the_list(parent: Client, world: World) -> None:
    """Before the cut-off nothing; after it one item a child; gone on arrival."""
    assert "ty-count" not in text(parent)
    with clock.fixed(clock.at(TODAY, 9, 5)):
        page = text(parent, "/family/messages/")
        assert '消息<span class="ty-count">2</span>' in page
        assert page.count("还没到园，也没有请假") == 2
        came(world, "he", clock.at(TODAY, 9, 4))
        page = text(parent, "/family/messages/")
        assert '消息<span class="ty-count">1</span>' in page
        assert "林小禾今天还没到园" not in page


def test_feed_tells_the_line(parent: Client, world: World) -> None:
    month_of_days(world, "he", date(2025, 10, 1), 3)
    page = text(parent, f"/family/feed/?child={world.children['he'].pk}")
    assert page.count("到园，老师点名") == 3
    assert page.count("离园，老师点名") == 3


def test_holidays_are_quiet(parent: Client, world: World) -> None:
    with clock.fixed(clock.at(date(2025, 10, 18), 10, 0)):
        page = text(parent)
        assert "今天休息" in page
        assert "ty-count" not in page


def test_the_other_city_says_what_it_has(
    parent: Client, world: World, settings: Any, request: pytest.FixtureRequest
) -> None:
    """Yueqing's draft pays nothing: the card says so, the rest of the phone works as here."""
    settings.CITY = "yueqing-2025"
    current_book.cache_clear()
    request.addfinalizer(current_book.cache_clear)
    page = text(parent)
    assert "补助出勤线" not in page or "待定" in page
    assert "再到托" not in page
    for url in ("subsidy/", "services/", "me/", "month/2025-09/"):
        text(parent, f"/family/{url}")


def _parent_of(world: World, child: str, family: str) -> Client:
    """A parent account for a family that has none yet."""
    from tuoyu.domains.identity.models import Assignment, User

    user = User.objects.create_user(f"parent-{family}", "示例家长（虚构）")
    Assignment.objects.create(user=user, role="parent", from_on=date(2025, 1, 1))
    guardian = world.guardians[family]
    guardian.user_id = user.pk
    guardian.save(update_fields=["user_id"])
    world.users[f"parent-{family}"] = user
    assert world.children[child].pk
    return world.client(f"parent-{family}")
