"""机构端（真浏览器）：a teacher with a child on her arm takes in a class with two taps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from datetime import time as clock_time
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from playwright.sync_api import Browser, Page, expect

from tests.world import FOREVER, NOW, World
from tuoyu.core.pinyin import search_text
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Event, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
]
TODAY = NOW.date()
# What a thumb cannot hit on the two pages made for one hand.
SMALL = """[...document.querySelectorAll('main :is(a, button, label, summary), .in-tabs a')]
  .filter(e => { const r = e.getBoundingClientRect(); return r.width && r.height < 43.5
    && !e.closest('p') && !e.closest('dialog') && !e.closest('.in-rooms'); })
  .map(e => e.textContent.trim() + ' ' + e.getBoundingClientRect().height)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
Open = Callable[..., Page]


@pytest.fixture
def at_work(live_server: Any, world: World, browser: Browser) -> Iterator[Open]:
    """Opens a page as somebody of the institution; no browser complains of anything."""
    contexts = []
    complaints: list[str] = []

    def hear(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            complaints.append(text)

    def open_(path: str = "", width: int = 390, who: str = "teacher") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, locale="zh-CN", has_touch=True
        )
        contexts.append(context)
        key = world.client(who).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: hear(m.type, m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(f"{live_server.url}/inst/{path}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def full_class(world: World, count: int = 13) -> set[int]:
    """托小班 with ``count`` more children, each with a usual time."""
    group = world.classes["a1.toddler"]
    for n in range(count):
        child = Child.all_rows.create(
            name=f"测试{'甲乙丙丁戊己庚辛壬癸子丑寅'[n]}",
            search=search_text("测试"),
            sex="m",
            born_on=date(2024, 3, 1),
            institution_id=group.institution_id,
            region_code=group.region_code,
            usual_in=clock_time(7, 40 + n),
            has_allergy=n == 2,
        )
        Enrolment.all_rows.create(
            child=child,
            institution_id=group.institution_id,
            region_code=group.region_code,
            class_group=group,
            period=DateRange(date(2025, 9, 1), FOREVER),
            monthly_fen=150_000,
        )
    rows = Enrolment.all_rows.filter(class_group=group)
    return set(rows.values_list("child_id", flat=True))


def test_teacher_takes_in_a_class_with_two_taps(at_work: Open, world: World) -> None:
    children = full_class(world)
    page = at_work(f"wall/?room={world.classes['a1.toddler'].pk}")
    expect(page.get_by_role("heading", name="未到 15 人")).to_be_visible()
    assert page.locator(".in-face b").first.inner_text() == "测试甲"  # the earliest usual time
    page.get_by_text("全选本班").tap()
    page.get_by_role("button", name="入园 15 人").tap()
    expect(page.locator("#messages")).to_contain_text("已登记入园 15 人")
    expect(page.get_by_text("应到的都已登记")).to_be_visible()
    sheets = DaySheet.all_rows.filter(child_id__in=children, day=TODAY)
    assert {s.status for s in sheets} == {DayStatus.PRESENT}
    assert sheets.count() == Event.all_rows.filter(child_id__in=children).count() == 15


def test_an_arrival_at_the_door_shows_by_itself(stream: None, at_work: Open, world: World) -> None:
    page = at_work(width=1280, who="director")
    with page.expect_response(lambda r: "/inst/board/" in r.url, timeout=20_000):
        page.reload()  # once the stream stands, the board asks again
    expect(page.locator("#missing")).to_contain_text("林小禾")
    kid = world.children["he"]
    event = NewEvent(kid.pk, EventKind.IN, NOW, Method.QR)
    record(institution_id=kid.institution_id or 0, events=[event], at=NOW)
    expect(page.locator("#missing")).not_to_contain_text("林小禾")
    expect(page.locator(".in-card").first).to_contain_text("1/6")


def test_some_faces_only_and_leave_for_one(at_work: Open, world: World) -> None:
    page = at_work(f"wall/?room={world.classes['a1.toddler'].pk}")
    page.locator(".in-face", has_text="林小禾").tap()
    expect(page.get_by_role("button", name="入园 1 人")).to_be_visible()
    page.get_by_role("button", name="请假").tap()
    page.get_by_role("button", name="记请假").tap()
    expect(page.locator("#messages")).to_contain_text("已登记请假 1 人：林小禾")
    sheet = DaySheet.all_rows.get(child_id=world.children["he"].pk, day=TODAY)
    assert (sheet.status, sheet.reason) == (DayStatus.LEAVE, "病假")
    expect(page.get_by_role("heading", name="未到 1 人")).to_be_visible()


def test_one_hand_is_enough(at_work: Open, world: World) -> None:
    full_class(world)
    for path in ("", "wall/"):
        page = at_work(path)
        assert page.evaluate(SIDEWAYS) == 0
        assert page.evaluate(SMALL) == []
        expect(page.locator(".in-tabs a")).to_have_count(5)
        assert page.locator(".in-tabs a[href='']").count() == 0


def test_a_correction_is_made_in_the_drawer(at_work: Open, world: World) -> None:
    page = at_work("sheets/", width=1440, who="director")
    page.get_by_label("更正林小禾的考勤").click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("到托").check()
    drawer.get_by_label("更正原因").fill("平板没电，老师补记")
    drawer.get_by_role("button", name="更正").click()
    expect(page.locator("#messages")).to_contain_text("已更正为到托")
    expect(page.locator("tr", has_text="林小禾")).to_contain_text("已更正")


def test_every_page_fits_its_width(at_work: Open, world: World) -> None:
    full_class(world)
    for width in (390, 1280):
        page = at_work(width=width, who="director")
        home = page.url
        for path in ("", "sheets/", "sheets/month/", "month/", "children/", "staff/", "imports/"):
            page.goto(home + path)
            assert page.evaluate(SIDEWAYS) == 0, (path, width)
