"""门口平板的环境：the clock runs on, and no browser may have complained."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
)

from tests.e2e.kiosk.doors import Door, MakeDoor, hear, pair_door
from tests.world import NOW, World
from tuoyu.core import clock


@pytest.fixture(autouse=True)
def _running_clock(monkeypatch: pytest.MonkeyPatch) -> float:
    """The server's threads read the clock from the environment; it runs on from 08:10."""
    started = time.time()
    monkeypatch.setenv(clock.ENV, f"{NOW.isoformat()}@{started}")
    return started


@pytest.fixture
def door(
    live_server: Any, world: World, browser: Browser, _running_clock: float
) -> Iterator[MakeDoor]:
    """Makes doors, and at the end asks that no browser had anything to complain of."""
    made: list[Door] = []

    def make(by: Browser = browser, pair: bool = True) -> Door:
        context = by.new_context(viewport={"width": 1024, "height": 768}, locale="zh-CN")
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (e) =>"
            " console.error('CSP', e.violatedDirective, e.blockedURI))"
        )
        found = Door(context.new_page(), context, live_server.url, _running_clock)
        found.page.on("console", lambda m: hear(found, m.type, m.text))
        found.page.on("pageerror", lambda e: found.complaints.append(str(e)))
        made.append(found)
        answer = found.page.goto(f"{found.url}/kiosk/")
        assert answer is not None
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        if pair:
            pair_door(found, world)
        return found

    yield make
    for each in made:
        each.context.close()
        assert each.complaints == []
