"""照护（真浏览器）：taps of a group record; a shared tablet that works through a dark hour."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.care.models import CareEvent
from tuoyu.domains.care.services import set_intervals, set_pin
from tuoyu.domains.devices.services import make_pairing_code

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PIN = "2749"
SMALL = """[...document.querySelectorAll('#view button, #bar button, #tabs button')]
  .filter(e => e.getBoundingClientRect().height < 47.5).map(e => e.textContent)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def tablet(
    live_server: Any, world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    """A browser with nobody signed in; the clock runs on from 08:10; nothing to complain of."""
    monkeypatch.setenv(clock.ENV, f"{NOW.isoformat()}@{time.time()}")
    came = [
        NewEvent(world.children[n].pk, EventKind.IN, NOW - timedelta(minutes=20), Method.WALL)
        for n in ("miao", "nuo", "he", "sui")
    ]
    inst = world.institutions["a1"].pk
    record(institution_id=inst, events=came, at=NOW)
    set_intervals(scope=SYSTEM, institution_id=inst, minutes=(5, 10, 15), by=1, at=NOW)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("console", lambda m: complaints.append(m.text) if "CSP" in m.text else None)
    yield page
    context.close()
    assert complaints == []


def _sign_in(page: Page, world: World, url: str) -> None:
    key = world.client("teacher").cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": url}])
    page.goto(f"{url}/inst/room/")
    page.get_by_role("button", name="托小班", exact=True).click()
    expect(page.locator("#view")).to_contain_text("在班 2 人")


def _unlock(page: Page) -> None:
    page.get_by_role("button", name="老师甲").click()
    page.keyboard.type(PIN)
    expect(page.locator(".rm-lock")).to_have_count(0, timeout=20_000)


def test_a_group_is_recorded_in_two_taps_and_undone(
    tablet: Page, world: World, live_server: Any
) -> None:
    _sign_in(tablet, world, live_server.url)
    assert tablet.evaluate(SMALL) == []
    assert tablet.evaluate(SIDEWAYS) <= 0
    tablet.get_by_role("button", name="喝水").click()
    tablet.get_by_role("button", name="记录 2 人").click()
    expect(tablet.locator("#toasts")).to_contain_text("已记 2 人喝水")
    expect(tablet.locator("#net")).to_have_text("已联网")
    assert CareEvent.all_rows.filter(kind="drink", by_name="老师甲（虚构）").count() == 2
    tablet.get_by_role("button", name="餐点").click()
    he = tablet.locator(f".rm-plate [data-child='{world.children['he'].pk}']")
    he.click()
    expect(he).to_contain_text("大半")
    tablet.locator("#save").click()
    tablet.get_by_role("button", name="撤销").click()
    expect(tablet.locator("#toasts")).to_contain_text("已撤销 2 条")
    expect(tablet.locator("#net")).to_have_text("已联网")
    meals = CareEvent.all_rows.filter(kind="meal")
    assert {m.detail["amount"] for m in meals} == {"all", "most"}
    assert CareEvent.all_rows.filter(undoes__in=meals.values("pk")).count() == 2


def test_shared_tablet_through_a_dark_hour(tablet: Page, world: World, live_server: Any) -> None:
    inst, user = world.institutions["a1"].pk, world.users["teacher"].pk
    set_pin(institution_id=inst, user_id=user, pin=PIN, again=PIN, at=NOW)
    director = world.users["director"].pk
    code = make_pairing_code(scope=SYSTEM, institution_id=inst, by=director, at=clock.now())
    tablet.goto(f"{live_server.url}/inst/room/tablet/")
    expect(tablet.locator("#pair")).to_be_disabled()
    tablet.keyboard.type(code)
    tablet.locator("#pair").click()
    expect(tablet.get_by_role("button", name="老师甲")).to_be_visible(timeout=20_000)
    _unlock(tablet)
    tablet.locator("[data-view=sleep]").click()
    tablet.get_by_role("button", name="记入睡").click()
    tablet.get_by_role("button", name="记录 2 人").click()
    bed = tablet.locator(f".rm-bed[data-child='{world.children['nuo'].pk}']")
    bed.get_by_role("button", name="仰").click()
    expect(tablet.locator("#net")).to_have_text("已联网")
    assert tablet.get_by_role("button", name="其余都是仰卧").count() == 0  # 乳儿班没有一键全查
    tablet.evaluate("navigator.serviceWorker.ready.then(() => null)")
    _dark_hour(tablet)
    expect(tablet.locator("#red")).to_contain_text("睡眠巡视过点")
    expect(bed).to_contain_text("这一觉漏查")  # 黑屏的时间是漏查，不是查过
    bed.get_by_role("button", name="俯").click()
    expect(tablet.locator(".rm-stage")).to_contain_text("俯卧")
    tablet.get_by_role("button", name="已翻为仰卧").click()
    expect(tablet.locator("#net")).to_have_text("断网可用 · 2 条待上传")
    tablet.context.unroute("**/api/v1/**")
    tablet.context.set_offline(False)
    expect(tablet.locator("#net")).to_have_text("已联网", timeout=20_000)
    rows = CareEvent.all_rows.filter(child_id=world.children["nuo"].pk).order_by("at")
    assert [r.kind for r in rows] == ["nap_start", "nap_check", "nap_check", "nap_act"]
    assert {r.by_name for r in rows} == {"老师甲（虚构）"}
    assert all(r.device_id for r in rows)
    tablet.clock.fast_forward(61_000)
    expect(tablet.locator(".rm-lock")).to_contain_text("谁来记录")


def _dark_hour(page: Page) -> None:
    """断电断网：the page starts again seven minutes later, without network, and is unlocked."""
    page.context.route("**/api/v1/**", lambda route: route.abort())
    page.context.set_offline(True)
    here = page.url
    page.goto("about:blank")  # the power is gone; nothing of the old page is under way
    page.clock.install(time=time.time() + 7 * 60)
    page.goto(here)
    _unlock(page)
    page.locator("[data-view=sleep]").click()
