"""测试环境：a real embedded PostgreSQL, a fixed clock, and a small world of named people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import TransactionTestCase
from django.test.client import ClientHandler
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]

from tests import browser as chromium
from tests.quick import Snapshot, empty
from tests.world import NOW, World
from tuoyu.core import clock, crypto

crypto.make_key_file(Path(os.environ["TUOYU_DATA"]) / "keys" / "fields.key")


# What takes longest begins first, so that no worker is left alone with it at the end.
FIRST = ("test_product", "test_matrix", "test_kill", "crash", "test_any_order", "e2e", "sim")


class ByRoom(LoadScopeScheduling):  # type: ignore[misc]
    """A file stays with one worker, and the tests of the simulated city stay together: it is dear
    and built once.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return path.rsplit("/", 1)[0] if path.startswith("tests/sim/") else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return ByRoom(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of the files; each stays with one worker, since its fixtures are dear."""
    for item in items:
        if item.path.parent.name == "sim":
            item.add_marker(pytest.mark.timeout(300))  # the first one waits for the city
    items.sort(key=lambda i: next((n for n, w in enumerate(FIRST) if w in i.nodeid), len(FIRST)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A database of one's own per run: TUOYU_TEST_DB names it when several run side by side."""
    name = os.environ.get("TUOYU_TEST_DB", "tuoyu")
    name += os.environ.get("PYTEST_XDIST_WORKER", "")
    database: dict[str, Any] = settings.DATABASES["default"]
    database.setdefault("TEST", {})["NAME"] = f"test_{name}"
    database["TEST"]["TEMPLATE"] = os.environ.get("TUOYU_TEST_TEMPLATE", "template1")
    database["CONN_MAX_AGE"] = 0  # server threads come and go


@pytest.fixture(autouse=True)
def fixed_clock() -> Iterator[datetime]:
    """2025-10-15 08:10, Wednesday."""
    with clock.fixed(NOW) as instant:
        yield instant


@pytest.fixture(scope="session")
def playwright_() -> Iterator[Playwright]:
    """One Playwright for the whole run: two in one process would clash."""
    if chromium.find() is None:
        pytest.skip(f"没有找到 Chromium，请安装 {' '.join(chromium.WANTED)}")
    expect.set_options(timeout=20_000)  # a busy machine is not a failed test
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # it keeps an event loop in this thread
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def browser(playwright_: Playwright) -> Iterator[Browser]:
    """真浏览器。"""
    path = chromium.find()
    running = playwright_.chromium.launch(executable_path=path, args=chromium.FLAGS)
    yield running
    running.close()


@pytest.fixture(scope="session", autouse=True)
def emptied_quickly() -> Iterator[None]:
    """After a test that commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """The chain of middleware is the same for each test client; a password's slow hash guards
    nothing here.
    """
    load, chain = ClientHandler.load_middleware, ClientHandler(enforce_csrf_checks=False)

    def shared(handler: ClientHandler, is_async: bool = False) -> None:
        if is_async:
            load(handler, is_async)
            return
        if chain._middleware_chain is None:  # type: ignore[attr-defined]
            load(chain)
        handler._middleware_chain = chain._middleware_chain  # type: ignore[attr-defined]
        for name in ("_view_middleware", "_template_response_middleware", "_exception_middleware"):
            setattr(handler, name, getattr(chain, name))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", shared)
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1_000)
        yield


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    return Snapshot()


@pytest.fixture
def world(db: None, snapshot: Snapshot) -> World:
    """Two counties, three institutions, named people: own, sibling, other, stranger."""
    return snapshot.develop()
