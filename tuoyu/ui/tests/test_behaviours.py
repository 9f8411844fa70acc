"""行为（真浏览器）：keyboard, drawer, dialogs and remembered choices, under the strict CSP."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIRequest
from playwright.sync_api import Browser, Page, expect

from tuoyu.ui.catalogue import catalogue

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)

pytestmark = pytest.mark.browser


def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """样册小服务：the catalogue and its static files, with the policy of the real server."""
    path = environ["PATH_INFO"]
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if isinstance(found, str):
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        start("200 OK", [("Content-Type", kind)])
        return [Path(found).read_bytes()]
    if not path.startswith("/_ui/"):
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    response = catalogue(WSGIRequest(environ), path.removeprefix("/_ui/").strip("/"))
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", CSP)]
    start("200 OK", headers)
    return [response.content]


class Quiet(WSGIRequestHandler):
    """不写访问记录。"""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/_ui/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """一页；any console error, script error or CSP violation fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def test_slash_goes_to_search(desk: Page, site: str) -> None:
    desk.goto(site)
    desk.keyboard.press("/")
    expect(desk.get_by_role("searchbox")).to_be_focused()
    expect(desk.get_by_role("searchbox")).to_have_value("")


def test_rows_and_drawer_by_keyboard(desk: Page, site: str) -> None:
    desk.goto(f"{site}settle/")
    drawer = desk.locator("#drawer")
    drawer.get_by_role("button", name="关闭").click()
    expect(drawer).to_be_hidden()
    rows = desk.locator("#lines tr")
    rows.nth(0).focus()
    desk.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    desk.keyboard.press("Enter")
    expect(drawer.get_by_role("heading", name="怎么算的")).to_be_visible()
    expect(drawer).to_be_focused()
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    box = drawer.bounding_box()
    assert box is not None
    assert round(box["width"]) == 444
    desk.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(rows.nth(1)).to_be_focused()


def test_segment_filters_rows(desk: Page, site: str) -> None:
    desk.goto(f"{site}settle/")
    desk.get_by_role("button", name="不付 2").click()
    expect(desk.locator("#lines tr:visible")).to_have_count(2)
    desk.get_by_role("button", name="全部 26").click()
    expect(desk.locator("#lines tr:visible")).to_have_count(10)


def test_confirm_repeats_object_and_number(desk: Page, site: str) -> None:
    desk.goto(site)
    opener = desk.get_by_role("button", name="通过").first
    opener.click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("22 人 · 4,460.00 元")
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_chart_and_its_table_show_the_same(desk: Page, site: str) -> None:
    desk.goto(site)
    expect(desk.locator("#rates canvas")).to_be_visible()
    desk.get_by_role("button", name="表格").click()
    table = desk.locator("#rates-figures")
    expect(table).to_be_visible()
    expect(table.get_by_role("row", name="泉港 未报")).to_be_visible()
    expect(desk.locator("#rates")).to_be_hidden()


def test_density_and_menu_are_remembered(desk: Page, site: str) -> None:
    desk.goto(site)
    desk.get_by_role("button", name="紧凑").first.click()
    desk.get_by_role("button", name="收起菜单").click()
    desk.reload()
    expect(desk.locator("html")).to_have_attribute("data-density", "compact")
    expect(desk.locator("#shell")).to_have_class("ty-shell is-narrow")
    desk.get_by_role("button", name="宽松").first.click()
    desk.reload()
    assert desk.locator("html").get_attribute("data-density") is None


def test_role_menu_closes_with_escape(desk: Page, site: str) -> None:
    desk.goto(site)
    summary = desk.locator("summary.ty-user")
    summary.click()
    expect(desk.get_by_role("button", name="退出登录")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="退出登录")).to_be_hidden()
    expect(summary).to_be_focused()


@pytest.mark.parametrize("page", ["phone", "public"])
def test_elder_mode_is_a_tap_away_and_back(browser: Browser, site: str, page: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    phone = context.new_page()
    phone.goto(f"{site}{page}/")
    phone.get_by_role("button", name="长辈版").click()
    expect(phone.locator("html")).to_have_attribute("data-elder", "on")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="普通版").click()
    expect(phone.get_by_role("button", name="长辈版")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    ("page", "width"), [("phone", 360), ("phone", 430), ("login", 390), ("kiosk", 1024)]
)
def test_touch_targets_and_no_sideways_scroll(
    browser: Browser, site: str, page: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    screen = context.new_page()
    screen.goto(f"{site}{page}/")
    small = screen.evaluate(
        """[...document.querySelectorAll('a, button, summary, select, textarea')]
           .filter(e => e.offsetParent && !e.matches('.ty-skip, .list *'))
           .filter(e => e.getBoundingClientRect().height < 47.5)
           .map(e => e.textContent.trim())"""
    )
    if page != "login":
        assert small == []
    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.mark.parametrize("width", [720, 1280, 1440, 1920])
def test_desk_never_scrolls_sideways(browser: Browser, site: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for name in ("", "home/", "settle/", "form/"):
        page.goto(f"{site}{name}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    context.close()
