"""一个班的一天：老师、园长、家长，07:30 to 18:00, each on the pages they really use.

An allergy held back twice, a leave, a dose with two signatures, a sleep round that was missed, a
bump with the parent's signature, a late pick-up: the day is told the same to all three.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.actors import actor_for_user
from tests.files import samples
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.billing.models import LatePickup
from tuoyu.domains.care.models import CareEvent
from tuoyu.domains.care.services import set_intervals
from tuoyu.domains.care.services.rounds import find_missed_rounds
from tuoyu.domains.incidents.models import Incident
from tuoyu.domains.kitchen.rules import Allergy, Line
from tuoyu.domains.kitchen.services.allergies import hold_allergy
from tuoyu.domains.kitchen.services.menus import add_dish, draft_menu
from tuoyu.domains.kitchen.services.recipes import add_recipe
from tuoyu.domains.medicine.models import Dose
from tuoyu.domains.messages.services.digest import send_digests
from tuoyu.domains.messages.services.door import tell_door

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
TODAY = NOW.date()


@dataclass
class Day:
    """三个人，三部手机（园长用电脑），和一只表。"""

    world: World
    url: str
    pages: dict[str, Page]
    hands: ExitStack

    def at(self, hour: int, minute: int) -> None:
        """It is now so late; the pages are opened anew at that time."""
        self.hands.enter_context(clock.fixed(clock.at(TODAY, hour, minute)))

    def open(self, who: str, path: str) -> Page:
        page = self.pages[who]
        page.goto(f"{self.url}{path}")
        return page


@pytest.fixture
def day(live_server: Any, world: World, browser: Browser) -> Iterator[Day]:
    sizes = {"teacher": (390, 844), "parent": (390, 844), "director": (1440, 900)}
    complaints: list[str] = []
    pages = {}
    for who, (width, height) in sizes.items():
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        key = world.client(who).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        pages[who] = context.new_page()
        pages[who].on("pageerror", lambda e: complaints.append(str(e)))
    with ExitStack() as hands:
        yield Day(world, live_server.url, pages, hands)
    for page in pages.values():
        page.context.close()
    assert complaints == []


def test_a_day_of_one_class(day: Day) -> None:
    _kitchen_of(day.world)
    _before_eight(day)
    _menu_is_held_against_allergies(day)
    _a_dose_with_two_signatures(day)
    _lunch_is_held_against_allergies_again(day)
    _a_round_is_missed(day)
    _a_bump_is_signed(day)
    _home_and_one_late(day)


def _kitchen_of(w: World) -> None:
    """Two dishes, one of them on Wednesday's menu, and what 林小禾 must not eat."""
    by, inst = actor_for_user(w.users["director"]), w.institutions["a1"]
    bands = ("infant", "toddler", "older")
    made = {
        name: add_recipe(institution=inst, name=name, by=by,
                         lines=[Line(what, dict.fromkeys(bands, 30))], at=NOW)
        for name, what in (("蒸蛋", "鸡蛋"), ("蒸南瓜", "南瓜"))
    }  # fmt: skip
    hold_allergy(child=w.children["he"], allergy=Allergy(frozenset({"egg"})), note="", by=by,
                 at=NOW)  # fmt: skip
    set_intervals(scope=SYSTEM, institution_id=inst.pk, minutes=(5, 10, 15), by=1, at=NOW)
    menu = draft_menu(institution=inst, day=TODAY, by=by, at=NOW)
    add_dish(
        scope=by.scope, menu_id=menu.pk, day=TODAY, meal="3lunch", recipe_id=made["蒸蛋"].pk
    )  # fmt: skip


def _before_eight(day: Day) -> None:
    """07:30 请假两下、写喂药委托；07:45 老师收下全班。"""
    w = day.world
    day.at(7, 30)
    parent = day.open("parent", f"/family/leave/?child={w.children['sui'].pk}")
    parent.get_by_role("button", name="感冒发热").click()
    expect(parent.locator("body")).to_contain_text("感冒发热")
    parent = day.open("parent", f"/family/medicine/new/?child={w.children['he'].pk}")
    parent.locator("#photo").set_input_files(
        {"name": "标签.jpg", "mimeType": "image/jpeg", "buffer": samples.photo()}
    )
    for field, text in (("#med", "示例糖浆"), ("#ill", "咳嗽"), ("#dose", "2.5 ml")):
        parent.locator(field).fill(text)
    parent.get_by_label("口服").check()
    parent.locator("input[name=time]").first.fill("11:30")
    parent.locator("input[name=agreed]").check()
    parent.get_by_role("button", name="提交委托").click()
    expect(parent.locator("body")).to_contain_text("示例糖浆")
    day.at(7, 45)
    wall = day.open("teacher", f"/inst/wall/?room={w.classes['a1.toddler'].pk}")
    wall.get_by_text("全选本班").click()
    wall.get_by_role("button", name="入园 1 人").click()  # the twin has leave and is not asked for
    expect(wall.locator("#messages")).to_contain_text("已登记入园 1 人")
    assert DaySheet.all_rows.get(child_id=w.children["sui"].pk).status == DayStatus.LEAVE
    wall = day.open("teacher", f"/inst/wall/?room={w.classes['a1.infant'].pk}")
    wall.get_by_text("全选本班").click()
    wall.get_by_role("button", name="入园 2 人").click()
    expect(wall.locator("#messages")).to_contain_text("已登记入园 2 人")


def _menu_is_held_against_allergies(day: Day) -> None:
    """08:30 园长公布食谱：first refused, then with a substitute."""
    day.at(8, 30)
    desk = day.open("director", "/inst/kitchen/menu/")
    desk.get_by_role("button", name="公布食谱").click()
    expect(desk.locator("body")).to_contain_text("林小禾不能吃「蒸蛋」（蛋类）")
    desk.get_by_label("林小禾 10-15「蒸蛋」的替代").select_option(label="蒸南瓜")
    desk.get_by_role("button", name="公布食谱").click()
    expect(desk.locator("body")).to_contain_text("已公布")


def _a_dose_with_two_signatures(day: Day) -> None:
    """08:40 受理，11:30 喂，另一位核对签字，家长看到回执。"""
    day.at(8, 40)
    phone = day.open("teacher", "/inst/medicine/")
    phone.get_by_role("link", name="林小禾").click()
    phone.get_by_role("button", name="已核对标签，接受").click()
    day.at(11, 30)
    phone = day.open("teacher", "/inst/room/")
    phone.get_by_role("button", name="托小班", exact=True).click()
    phone.locator("#due").get_by_text("林小禾：2.5 ml").click()  # the alarm leads to the dose
    phone.get_by_role("button", name="已喂 2.5 ml").click()
    expect(phone.locator("body")).to_contain_text("须另一位签")
    desk = day.open("director", "/inst/medicine/")
    desk.get_by_role("button", name="核对林小禾").click()
    dose = Dose.all_rows.get()
    assert (dose.by_name, dose.second_name) == ("老师甲（虚构）", "园长甲（虚构）")
    parent = day.open("parent", f"/family/medicine/{dose.request_id}/")
    expect(parent.locator("body")).to_contain_text("园长甲（虚构）")


def _lunch_is_held_against_allergies_again(day: Day) -> None:
    """11:40 开饭：the plate of 林小禾 is ticked first."""
    day.at(11, 40)
    room = day.world.classes["a1.toddler"].pk
    phone = day.open("teacher", f"/inst/kitchen/serve/?room={room}")
    phone.get_by_role("button", name="午餐开饭").click()
    expect(phone.locator("body")).to_contain_text("红色名单还没有核对完")
    phone.locator("input[name=tick]").check()
    phone.get_by_role("button", name="午餐开饭").click()
    expect(phone.locator("body")).to_contain_text("已供餐")


def _a_round_is_missed(day: Day) -> None:
    """12:20 两个小宝宝入睡，12:40 还没有人巡视：the room is red, and the director knows."""
    day.at(12, 20)
    phone = day.open("teacher", "/inst/room/")
    phone.get_by_role("button", name="乳儿班", exact=True).click()
    phone.locator("[data-view=sleep]").click()
    phone.get_by_role("button", name="记入睡").click()
    phone.get_by_role("button", name="记录 2 人").click()
    expect(phone.locator("#net")).to_have_text("已联网")
    assert CareEvent.all_rows.filter(kind="nap_start").count() == 2
    day.at(12, 40)
    assert find_missed_rounds(clock.now()) > 0
    phone = day.open("teacher", "/inst/room/")
    expect(phone.locator("#red")).to_contain_text("睡眠巡视过点")
    desk = day.open("director", "/inst/")
    expect(desk.locator("h1")).to_contain_text("睡眠巡视漏查")


def _a_bump_is_signed(day: Day) -> None:
    """15:20 磕碰：老师记、签，园长签、发给家长，家长签。"""
    he = day.world.children["he"]
    day.at(15, 20)
    phone = day.open("teacher", "/inst/incidents/new/")
    phone.locator("#child").select_option(str(he.pk))
    for label in ("户外场地", "跌倒伤", "头顶前额", "头部受撞"):
        phone.get_by_label(label, exact=True).first.check()
    phone.locator("#what").fill("跑动时绊倒，额头擦红")
    phone.locator("#aid").fill("冷敷十分钟")
    phone.get_by_role("button", name="存草稿").click()
    phone.get_by_role("button", name="提交", exact=True).click()
    phone.get_by_role("button", name="签字", exact=True).click()
    bump = Incident.all_rows.get()
    desk = day.open("director", f"/inst/incidents/{bump.pk}/")
    desk.get_by_role("button", name="签字", exact=True).click()
    if desk.locator("#cn").count():  # a head is told by telephone first
        desk.locator("#cn").fill("妈妈，已接通")
        desk.get_by_role("button", name="登记电话").click()
    desk.get_by_role("button", name="发给家长签字").click()
    day.at(15, 40)
    parent = day.open("parent", f"/family/incidents/{bump.pk}/")
    expect(parent.locator("body")).to_contain_text("冷敷十分钟")
    parent.get_by_role("button", name="我已看过，签字").click()
    desk = day.open("director", "/inst/incidents/?show=missing")
    expect(desk.locator("body")).to_contain_text("签字都齐了")


def _home_and_one_late(day: Day) -> None:
    """17:30 小结；18:00 才接走一个，园长免收；家长的一天与机构的是同一天。"""
    w = day.world
    he = w.children["he"]
    day.at(17, 30)
    assert send_digests(clock.now()) > 0
    digest = day.open("parent", f"/family/digest/?child={he.pk}")
    expect(digest.locator("body")).to_contain_text("林小禾")
    day.at(18, 0)
    wall = day.open("teacher", f"/inst/wall/?room={w.classes['a1.toddler'].pk}")
    wall.get_by_role("link", name="离园").click()
    wall.locator(".in-face", has_text="林小禾").click()
    wall.get_by_role("button", name="离园 1 人").click()
    expect(wall.locator("#messages")).to_contain_text("已登记离园 1 人")
    tell_door([he.pk], clock.now())
    parent = day.open("parent", f"/family/?child={he.pk}")
    expect(parent.locator(".ph-now")).to_contain_text("已离园")
    expect(parent.locator("body")).to_contain_text("18:00")
    desk = day.open("director", "/inst/fees/late/")
    expect(desk.locator("h1")).to_contain_text("1 次晚接待处理")
    desk.locator("input[name=pick]").check()
    desk.get_by_role("button", name="免收").click()
    expect(desk.locator("h1")).to_contain_text("没有待处理的晚接")
    assert LatePickup.all_rows.get().minutes is None
