"""页面量度：every page that a person can reach by clicking, in a real browser, on the demo city.

- 无障碍: axe-core on each of them; serious and critical findings are counted and named.
- 手机流量: bytes on the wire at a first visit and at the next one, photos left out.
- 首屏: first contentful paint with slow 4G and a processor four times slower.

``python -m tests.perf browser`` starts the demo on data of its own; with ``TUOYU_URL`` set it
measures the demo that runs there.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests import browser as chromium

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
# Chromium's own "slow 4G": 1.6 Mbit/s down, 750 kbit/s up, 150 ms a round trip.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8,
           "uploadThroughput": 750e3 / 8}  # fmt: skip
SLOWER = 4
FIRST_KB, NEXT_KB, PAINT_MS = 150, 30, 1_500
DESK, PHONE, SCREEN = (1440, 900), (390, 844), (1920, 1080)
# who → (where the walk begins, size)
WALKS = {
    "": ("/", DESK),
    "city-officer": ("/gov/", DESK),
    "county-officer": ("/gov/", DESK),
    "finance-officer": ("/gov/", DESK),
    "payment-clerk": ("/gov/", DESK),
    "inspector": ("/gov/", PHONE),
    "auditor": ("/gov/audit/", DESK),
    "director": ("/inst/", DESK),
    "teacher": ("/inst/", PHONE),
    "parent": ("/family/", PHONE),
    "doctor": ("/clinic/", PHONE),
    "trainer": ("/academy/", DESK),
}
PHONE_PAGES = [
    ("parent", "/family/"), ("parent", "/family/feed/"), ("parent", "/family/messages/"),
    ("parent", "/family/services/"), ("parent", "/family/me/"), ("parent", "/family/leave/"),
    ("parent", "/family/elder/"), ("parent", "/family/code/"), ("teacher", "/inst/"),
    ("teacher", "/inst/room/"), ("teacher", "/inst/wall/"), ("", "/find/"),
]  # fmt: skip
NOT_PAGES = re.compile(
    r"logout|/enter/|/export|/print|/template/|\.xlsx|\.zip|\.pdf|/qr/|/image|/photo"
)


def run() -> dict[str, object]:
    """量一次。"""
    with _product() as base, sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        walked = [_walk(running, base, who) for who in WALKS]
        phones = [_phone(running, base, who, path) for who, path in PHONE_PAGES]
        running.close()
    seen = sorted({shape for walk in walked for shape in walk["shapes"]})
    faults = [fault for walk in walked for fault in walk["faults"]]
    return {
        "pages": len(seen),
        "visits": sum(len(walk["shapes"]) for walk in walked),
        "grave": len(faults),
        "grave_budget": 0,
        "faults": faults,
        "phones": phones,
        "first_kb": max(p["first_kb"] for p in phones),
        "first_budget_kb": FIRST_KB,
        "next_kb": max(p["next_kb"] for p in phones),
        "next_budget_kb": NEXT_KB,
        "paint_ms": max(p["paint_ms"] for p in phones),
        "paint_budget_ms": PAINT_MS,
    }


@contextmanager
def _product() -> Iterator[str]:
    """The demo as a newcomer starts it."""
    given = os.environ.get("TUOYU_URL")
    if given:
        yield given.rstrip("/")
        return
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TUOYU_", "DATABASE_URL"))}
    child = subprocess.Popen(
        [sys.executable, "-m", "tuoyu.config.cli", "--data", str(ROOT / ".data" / "bench-browser"),
         "serve", "--demo", "--port", str(_free_port())],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        ready = next(line for line in child.stdout if line.startswith("READY "))
        yield ready.split()[1].rstrip("/")
    finally:
        os.killpg(child.pid, signal.SIGINT)
        child.wait(timeout=60)


def _free_port() -> int:
    """A port whose neighbour (the event stream's) is free as well."""
    while True:
        with socket.socket() as a, socket.socket() as b:
            a.bind(("127.0.0.1", 0))
            try:
                b.bind(("127.0.0.1", int(a.getsockname()[1]) + 1))
            except OSError:
                continue
            return int(a.getsockname()[1])


def _context(running: Browser, base: str, who: str, size: tuple[int, int]) -> BrowserContext:
    """Without the pages' own service workers: a first visit is to be a first one."""
    context = running.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", bypass_csp=True,
        service_workers="block",
    )  # fmt: skip
    if who:
        page = context.new_page()
        page.goto(f"{base}/demo/enter/{who}/")
        page.close()
    return context


def _walk(running: Browser, base: str, who: str) -> dict[str, Any]:
    """沿链接走：one page of each shape (numbers left out of the address)."""
    start, size = WALKS[who]
    context = _context(running, base, who, size)
    page = context.new_page()
    shapes: dict[str, str] = {}
    waiting, faults = [start], []
    while waiting:
        path = waiting.pop(0)
        shape = _shape(path)
        if shape in shapes:
            continue
        shapes[shape] = path
        try:
            answer = page.goto(base + path, wait_until="load")
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            continue
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status >= 400:
            faults.append(f"{who or '访客'} {path}：{answer.status}")
            continue
        for fault in _axe(page):
            faults.append(f"{who or '访客'} {path}：{fault}")
            print("  无障碍", faults[-1], flush=True)
        waiting += [link for link in _links(page, base) if _shape(link) not in shapes]
    context.close()
    print(f"  {who or '访客'}：{len(shapes)} 个页面，{len(faults)} 处", flush=True)
    return {"shapes": [f"{who} {shape}" for shape in shapes], "faults": faults}


def _shape(path: str) -> str:
    plain = re.sub(r"\d{4}-\d{2}(-\d{2})?", "<day>", urlsplit(path).path)
    return re.sub(r"/\d+|/[0-9a-f]{8}-[0-9a-f-]{27}", "/<id>", plain)


def _links(page: Page, base: str) -> list[str]:
    found = page.eval_on_selector_all(  # a link drawn in a map has no plain href of its own
        "a[href]", "all => all.map(a => new URL(a.getAttribute('href'), document.baseURI).href)"
    )
    paths = [urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl()
             for url in found if url.startswith(base)]  # fmt: skip
    return [path for path in dict.fromkeys(paths) if not NOT_PAGES.search(path)]


def _axe(page: Page) -> list[str]:
    """严重与致命的发现。"""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{v['id']}（{v['impact']}）{len(v['nodes'])} 处，如 {v['nodes'][0]['target'][0]}"
        for v in found
        if v["impact"] in GRAVE
    ]


def _phone(running: Browser, base: str, who: str, path: str) -> dict[str, Any]:
    """手机上的一页：bytes of a first and of a next visit; first paint, slowed down."""
    context = _context(running, base, who, PHONE)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    kinds: dict[str, str] = {}
    bytes_of: dict[str, float] = defaultdict(float)
    line.on("Network.responseReceived", lambda e: kinds.__setitem__(e["requestId"], e["type"]))
    line.on("Network.loadingFinished",
            lambda e: bytes_of.__setitem__(e["requestId"], e["encodedDataLength"]))  # fmt: skip

    def visit() -> float:
        kinds.clear()
        bytes_of.clear()
        page.goto(base + path, wait_until="load")
        page.wait_for_timeout(300)  # what the page asks for once it stands
        return sum(n for k, n in bytes_of.items() if kinds.get(k) not in ("Image", "EventSource"))

    first, again = visit(), visit()
    line.send("Network.clearBrowserCache")
    line.send("Network.emulateNetworkConditions", SLOW_4G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(base + path, wait_until="load")
    paint = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => {"
        " const hit = list.getEntriesByName('first-contentful-paint')[0];"
        " if (hit) done(hit.startTime) }).observe({type: 'paint', buffered: true}))"
    )
    context.close()
    row = {
        "who": who or "访客",
        "path": path,
        "first_kb": round(first / 1024, 1),
        "next_kb": round(again / 1024, 1),
        "paint_ms": round(paint),
    }
    print("  {who} {path}：首次 {first_kb} KB，再次 {next_kb} KB，首屏 {paint_ms} ms".format(**row),
          flush=True)  # fmt: skip
    return row
