"""整个产品走一遍：as a newcomer starts it, the door without network, every end sees it, Ctrl-C.

A tiny city with the real processes: embedded PostgreSQL, web, event stream, worker.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

ROOT = Path(__file__).resolve().parents[2]
TOLD = "document.body.addEventListener('live:attendance', () => (document.body.dataset.told = ''))"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@dataclass
class Product:
    """运行中的产品。"""

    url: str
    process: subprocess.Popen[str]
    lines: list[str]


def _start(data: Path, port: int) -> Product:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TUOYU_", "DATABASE_URL"))}
    command = [sys.executable, "-m", "tuoyu.config.cli", "--data", str(data), "serve", "--demo",
               "--scale", "tiny", "--port", str(port)]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("READY "):
            return Product(line.split()[1].rstrip("/"), process, lines)
    raise AssertionError("没有就绪：\n" + "\n".join(lines[-40:]))


def _stop(product: Product) -> None:
    """Ctrl-C as a terminal sends it: to the whole group."""
    os.killpg(product.process.pid, signal.SIGINT)
    product.process.wait(timeout=40)


def _free_port() -> int:
    """A port whose neighbour (the event stream's) is free as well."""
    while True:
        with socket.socket() as a, socket.socket() as b:
            a.bind(("127.0.0.1", 0))
            port = int(a.getsockname()[1])
            try:
                b.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("product")


@pytest.fixture(scope="module")
def product(data: Path) -> Iterator[Product]:
    running = _start(data, _free_port())
    yield running
    if running.process.poll() is None:
        _stop(running)


def _enter(browser: Browser, product: Product, who: str, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{product.url}/demo/enter/{who}/")
    return page


def test_it_says_who_is_there_and_last_that_it_is_ready(product: Product) -> None:
    told = "\n".join(product.lines)
    for slug in ("city-officer", "county-officer", "finance-officer", "director", "teacher",
                 "parent", "doctor", "trainer", "inspector", "auditor"):  # fmt: skip
        assert f"/demo/enter/{slug}/" in told
    with urllib.request.urlopen(f"{product.url}/healthz") as answer:
        state = json.load(answer)
    assert {state[k] for k in ("database", "worker", "migrations", "status")} == {"ok"}
    assert state["packs"]["city"] == "quanzhou-2024"


def test_every_role_enters_its_own_end(browser: Browser, product: Product) -> None:
    homes = {
        "city-officer": "/gov/", "county-officer": "/gov/", "finance-officer": "/gov/",
        "director": "/inst/", "teacher": "/inst/", "parent": "/family/", "doctor": "/clinic/",
        "trainer": "/academy/", "inspector": "/gov/", "auditor": "/gov/audit/",
    }  # fmt: skip
    for who, home in homes.items():
        page = _enter(browser, product, who, 1440, 900)
        assert page.url == product.url + home
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator(".ty-demo")).to_contain_text("演示数据")
        page.context.close()


def test_the_door_without_network_reaches_every_end(browser: Browser, product: Product) -> None:
    """Leaving by the wall, offline; back online the parent's phone and the county see it live."""
    parent = _enter(browser, product, "parent", 390, 844)
    names = _children(parent, product)
    kiosk = _pair(browser, product)
    kiosk.goto(f"{product.url}/kiosk/")
    expect(kiosk.locator("#net")).to_have_text("已联网", timeout=40_000)
    county = _enter(browser, product, "county-officer", 1440, 900)
    county.goto(f"{product.url}/gov/attendance/")

    child, name = names[0]
    face = kiosk.locator(f"[data-child='{child}']")
    _into_the_house(kiosk, face)
    kiosk.context.set_offline(True)
    kiosk.get_by_role("button", name="改为离园").click()
    face.click()
    kiosk.get_by_role("button", name=re.compile(r"^离园 \d+ 人$")).click()
    expect(kiosk.locator("#net")).to_contain_text("待上传")
    parent.goto("about:blank")  # so that the answer held is the new page's
    held: list[Route] = []
    parent.route("**/family/now/**", lambda route: held.append(route), times=1)
    parent.goto(f"{product.url}/family/?child={child}")
    expect(parent.locator(".ph-now")).not_to_contain_text("已离园")
    while not held:  # the page asks again as soon as its stream is open
        parent.evaluate("null")
    stale = held[0].fetch()
    parent.evaluate(TOLD)

    _online(kiosk.context)
    expect(kiosk.locator("#net")).to_have_text("已联网", timeout=40_000)
    expect(parent.locator("body[data-told]")).to_be_attached(timeout=30_000)
    held[0].fulfill(response=stale)  # news came while this answer was on its way
    expect(parent.locator(".ph-now")).to_contain_text("已离园", timeout=30_000)
    assert name in parent.locator("header").inner_text()
    for page in (parent, kiosk, county):
        page.context.close()


def _children(parent: Page, product: Product) -> list[tuple[str, str]]:
    """孩子的不透明编号和姓名，从切换处读。"""
    found = re.findall(r"/family/\?child=(\d+)|child/(\d+)/", parent.content())
    ids = sorted({a or b for a, b in found})
    assert ids, "家长首页没有孩子"
    out = []
    for child in ids:
        parent.goto(f"{product.url}/family/?child={child}")
        out.append((child, parent.locator("header b").first.inner_text().strip()))
    return out


def _pair(browser: Browser, product: Product) -> Page:
    """The director makes a code on a page; the tablet takes it."""
    director = _enter(browser, product, "director", 1440, 900)
    director.goto(f"{product.url}/inst/devices/")
    director.get_by_role("button", name="生成配对码").click()
    code = director.locator(".in-pin").inner_text().replace(" ", "")
    assert re.fullmatch(r"\d{8}", code)
    context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="zh-CN")
    kiosk = context.new_page()
    kiosk.goto(f"{product.url}/kiosk/")
    expect(kiosk.locator("#pair")).to_be_disabled()
    kiosk.keyboard.type(code)
    kiosk.locator("#pair").click()
    expect(kiosk.locator("#net")).to_have_text("已联网", timeout=40_000)
    kiosk.evaluate("navigator.serviceWorker.ready.then(() => null)")
    director.context.close()
    return kiosk


def _into_the_house(kiosk: Page, face: object) -> None:
    """Checks the child in first when the morning has not done so."""
    from playwright.sync_api import Locator

    assert isinstance(face, Locator)
    if "is-in" not in (face.get_attribute("class") or ""):
        face.click()
        kiosk.get_by_role("button", name=re.compile(r"^入园 \d+ 人$")).click()
        expect(kiosk.locator("#toasts")).to_contain_text("已入园")


def _online(context: BrowserContext) -> None:
    context.set_offline(False)


def _descendants(root: int) -> list[int]:
    """All that it started, however far down."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in told.stdout.splitlines()]
    parent_of = {int(pid): int(parent) for pid, parent in pairs}
    found = [root]
    for pid in found:
        found += [child for child, parent in parent_of.items() if parent == pid]
    return found[1:]


def test_ctrl_c_stops_everything_and_the_second_start_is_quick(
    product: Product, data: Path
) -> None:
    started = _descendants(product.process.pid)
    assert len(started) >= 5, "网页、推送和任务都应在其中"
    _stop(product)
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == [], "仍有进程在运行"
    left = subprocess.run(["pgrep", "-f", str(data)], capture_output=True, text=True, check=False)
    assert left.stdout == "", "仍有数据库在运行"
    port = int(product.url.rsplit(":", 1)[1])
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
    began = time.monotonic()
    again = _start(data, _free_port())
    took = time.monotonic() - began
    _stop(again)
    print(f"第二次启动 {took:.1f} 秒")
    assert not any("每日考勤" in line for line in again.lines), "第二次启动不应重新生成城市"
