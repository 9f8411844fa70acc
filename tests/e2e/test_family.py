"""家长手机（真浏览器）：live arrival, leave in two taps, elder mode, every page at every width."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.world import NOW, World, month_of_days
from tuoyu.core import clock
from tuoyu.domains.attendance.models import DaySheet, DayStatus, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
]
TODAY = NOW.date()
PAGES = [
    "",
    "feed/",
    "messages/",
    "services/",
    "me/",
    "code/",
    "leave/",
    "month/2025-09/",
    "month/2025-09/dispute/2025-09-25/",
    "subsidy/",
    "access/",
    "consents/",
]
# What a thumb cannot hit: anything to press that is lower than 48 (24 for a link inside a line).
SMALL = """[...document.querySelectorAll('main a, main button, main label, nav a, header button')]
  .filter(e => { const r = e.getBoundingClientRect();
    return r.width && (r.height < 47.5 || r.width < 47.5) && !e.closest('p')
      && !e.classList.contains('form-label'); })
  .map(e => e.textContent.trim() + ' ' + e.getBoundingClientRect().height)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def running_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], datetime]:
    """The server's threads read the clock from the environment; it runs on from 08:10."""
    started = time.time()
    monkeypatch.setenv(clock.ENV, f"{NOW.isoformat()}@{started}")
    return lambda: NOW + timedelta(seconds=time.time() - started)


Open = Callable[..., Page]


@pytest.fixture
def phone(live_server: Any, world: World, browser: Browser) -> Iterator[Open]:
    """Opens a page as the parent; at the end no browser had anything to complain of."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            complaints.append(text)

    def open_(path: str = "", width: int = 390, who: str = "parent") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, locale="zh-CN", has_touch=True
        )
        contexts.append(context)
        key = world.client(who).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: hear(m.type, m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(f"{live_server.url}/family/{path}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def at_door(world: World, kind: EventKind, at: datetime) -> None:
    kid = world.children["he"]
    mother = world.guardians["lin"].pk
    event = NewEvent(kid.pk, kind, at, Method.QR, guardian_id=mother)
    answers = record(institution_id=kid.institution_id or 0, events=[event], at=at)
    assert answers[0].outcome == "stored"


def of_he(world: World, path: str = "") -> str:
    return f"{path}?child={world.children['he'].pk}"


def test_arrival_and_leaving_show_by_themselves(
    stream: None, phone: Open, world: World, running_clock: Callable[[], datetime]
) -> None:
    """Live: the page would ask by itself only after a minute; the wait is for a busy machine."""
    page = phone()
    with page.expect_response(lambda r: "/family/now/" in r.url, timeout=20_000):
        page.goto(page.url + of_he(world))  # once the stream stands, the card asks again
    expect(page.locator("#now")).to_contain_text("还没到园")
    came = running_clock()
    at_door(world, EventKind.IN, came)
    expect(page.locator("#now strong")).to_have_text(f"{came:%H:%M}")
    expect(page.locator("#now")).to_contain_text("已到园")
    expect(page.locator("#feed")).to_contain_text("到园，妈妈送到")
    expect(page.locator("#fore")).to_contain_text("已出勤 1 天")
    at_door(world, EventKind.OUT, running_clock())
    expect(page.locator("#now")).to_contain_text("已离园")
    expect(page.locator("#now")).to_contain_text("妈妈接走")


def test_leave_takes_two_taps_and_withdrawing_one(phone: Open, world: World) -> None:
    page = phone(of_he(world))
    page.locator("#feed").get_by_role("link", name="请假").tap()
    page.get_by_role("button", name="感冒发热").tap()
    expect(page.locator("#messages")).to_contain_text("已请假 10-15")
    sheet = DaySheet.all_rows.get(child_id=world.children["he"].pk, day=TODAY)
    assert (sheet.status, sheet.reason) == (DayStatus.LEAVE, "感冒发热")
    page.get_by_role("button", name="撤回").tap()
    expect(page.locator("#messages")).to_contain_text("已撤回 10-15 的请假")
    sheet.refresh_from_db()
    assert sheet.status is None


def test_dates_show_when_they_are_asked_for(phone: Open, world: World) -> None:
    page = phone(of_he(world, "leave/"))
    dates = page.locator("input[type=date]")
    expect(dates.first).to_be_hidden()
    page.locator("label", has_text="选日期").tap()
    expect(dates.first).to_be_visible()


def test_elder_mode_has_four_giant_buttons_and_a_way_back(phone: Open, world: World) -> None:
    page = phone(of_he(world))
    page.get_by_role("button", name="长辈版").tap()
    expect(page.locator("html")).to_have_attribute("data-elder", "on")
    buttons = page.locator(".ph-elder .btn")
    expect(buttons).to_have_text(["接送码", "今天宝宝", "打电话给园里", "请假"])
    for button in buttons.all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 60
        assert box["width"] >= 300
    size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 18
    page.get_by_role("button", name="普通版").tap()
    expect(page.locator("html")).not_to_have_attribute("data-elder", "on")
    expect(page.locator(".ph-elder")).to_have_count(0)


@pytest.mark.parametrize("elder", [False, True], ids=["plain", "elder"])
def test_every_page_at_every_width(phone: Open, world: World, elder: bool) -> None:
    """No sideways scroll, nothing too small to hit, one h1, read-aloud on each page."""
    with clock.fixed(clock.at(date(2025, 9, 30), 18, 0)):
        month_of_days(world, "he", date(2025, 9, 1), 12)
    page = phone(of_he(world))
    if elder:
        page.get_by_role("button", name="长辈版").tap()
        expect(page.locator("html")).to_have_attribute("data-elder", "on")
    base = page.url.split("/family/")[0] + "/family/"
    for path in PAGES:
        page.goto(base + of_he(world, path))
        assert page.locator("h1").count() == 1, path
        expect(page.get_by_role("button", name="朗读本页")).to_have_count(1)
        for width in (360, 390, 430):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(SIDEWAYS) == 0, (path, width)
            assert page.evaluate(SMALL) == [], (path, width)
