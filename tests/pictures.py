"""说明书里的图片：``python -m tests.pictures http://127.0.0.1:8000`` with a demo running there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import browser as chromium

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PAGES = [
    ("county-home", "county-officer", "/gov/", 1440, 900),
    ("institution", "director", "/inst/", 1440, 900),
    ("family", "parent", "/family/", 390, 844),
    ("cockpit", "city-officer", "/cockpit/", 1920, 1080),
    ("find", "", "/find/", 1440, 900),
]


def main(base: str) -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for name, who, path, width, height in PAGES:
            page = _enter(running, base, who, width, height)
            page.goto(base + path)
            _save(page, name)
        _settlement(running, base)
        _kiosk(running, base)
        running.close()
    return 0


def _enter(running: Browser, base: str, who: str, width: int, height: int) -> Page:
    context = running.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    if who:
        page.goto(f"{base}/demo/enter/{who}/")
    return page


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(900)  # event streams never fall idle
    page.screenshot(path=str(OUT / f"{name}.png"))
    page.context.close()
    print(name)


def _settlement(running: Browser, base: str) -> None:
    """一张结算单，打开一个人的「怎么算的」。"""
    page = _enter(running, base, "county-officer", 1440, 900)
    page.goto(f"{base}/gov/settlements/?month=2025-07")
    page.locator("main table a").first.click()
    page.locator("tbody tr[data-drawer], tbody tr[data-href], tbody a[hx-get]").first.click()
    page.locator("#drawer h2").first.wait_for()
    _save(page, "settlement")


def _kiosk(running: Browser, base: str) -> None:
    director = _enter(running, base, "director", 1440, 900)
    director.goto(f"{base}/inst/devices/")
    director.get_by_role("button", name=re.compile("生成")).click()
    code = director.locator(".in-pin").inner_text().replace(" ", "")
    director.context.close()
    page = _enter(running, base, "", 1024, 768)
    page.goto(f"{base}/kiosk/")
    page.wait_for_timeout(800)
    page.keyboard.type(code)
    page.locator("#pair").click()
    page.locator(".kk-face").first.wait_for()
    faces = page.locator(".kk-face:not(.is-in):not(.is-off)")
    for n in range(min(2, faces.count())):
        faces.nth(n).click()
    _save(page, "kiosk")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")))
