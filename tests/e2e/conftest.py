"""浏览器测试的环境：the event stream as it is served, a process of its own beside the pages."""

from __future__ import annotations

import copy
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from tests.world import NOW
from tuoyu.core import clock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stream(live_server: Any, settings: Any) -> Iterator[None]:
    """The event stream as it is served: its own process beside the pages."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = int(s.getsockname()[1])
    found = connection.settings_dict
    url = f"postgresql://{quote(found['USER'])}@/{found['NAME']}?host={quote(str(found['HOST']))}"
    clocked = {"DATABASE_URL": url, clock.ENV: f"{NOW.isoformat()}@{time.time()}"}
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(port),
         "--workers", "1", "--log-level", "error", "tuoyu.config.live:application"],
        cwd=ROOT, env=os.environ | clocked, start_new_session=True,
    )  # fmt: skip
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["connect-src"].append(f"http://127.0.0.1:{port}")
    settings.CONTENT_SECURITY_POLICY = policy
    settings.LIVE_URL = f"http://127.0.0.1:{port}/live/stream"
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
