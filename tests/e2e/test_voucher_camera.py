"""核销台的相机（真浏览器）：offered where there is one; without it the field remains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import segno
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.vouchers.scene import Scene, code, qr
from tests.world import World
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import load_book
from tuoyu.domains.vouchers.models import Voucher

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
# A camera that looks at the family's phone: the picture is real, and so is what reads it.
CAMERA = """(picture) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 640 });
  const paint = canvas.getContext("2d");
  const image = Object.assign(new Image(), { src: picture });
  setInterval(() => { paint.fillStyle = "#fff"; paint.fillRect(0, 0, 640, 640);
    paint.drawImage(image, 120, 120, 400, 400); }, 50);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
}"""


@pytest.fixture(autouse=True)
def draft_city(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "CITY", "yueqing-2025")
    current_book.cache_clear()
    yield
    current_book.cache_clear()


@pytest.fixture
def voucher(live_server: Any, world: World) -> Voucher:
    scene = Scene(world, load_book(settings.PACKS_DIR, "yueqing-2025"))
    return scene.voucher(scene.open())


@pytest.fixture
def desk(live_server: Any, world: World, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    key = world.client("director").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    yield context.new_page()
    context.close()


def test_the_camera_reads_the_code(live_server: Any, desk: Page, voucher: Voucher) -> None:
    desk.goto(f"{live_server.url}/inst/vouchers/")
    desk.evaluate(CAMERA, segno.make(qr(voucher)).png_data_uri(scale=8, border=4))
    desk.get_by_role("button", name="用相机扫").click()
    expect(desk).to_have_url(f"{live_server.url}/inst/vouchers/{voucher.pk}/")
    expect(desk.get_by_role("heading", name="林小禾")).to_be_visible()


def test_refused_the_camera_says_what_else_there_is(
    live_server: Any, desk: Page, voucher: Voucher
) -> None:
    desk.goto(f"{live_server.url}/inst/vouchers/")
    desk.get_by_role("button", name="用相机扫").click()
    expect(desk.locator("#camera [role=status]")).to_contain_text("扫码枪或口令码")
    desk.get_by_label("券码或 8 位口令码").fill(code(voucher))
    desk.get_by_role("button", name="查找").click()
    expect(desk).to_have_url(f"{live_server.url}/inst/vouchers/{voucher.pk}/")


def test_without_a_camera_no_button_is_offered(
    live_server: Any, desk: Page, voucher: Voucher
) -> None:
    desk.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    desk.goto(f"{live_server.url}/inst/vouchers/")
    expect(desk.get_by_label("券码或 8 位口令码")).to_be_focused()
    expect(desk.get_by_role("button", name="用相机扫")).to_be_hidden()
