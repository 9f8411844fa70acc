"""推送进程：the event stream as it is served, a process of its own beside the pages."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
READY = 60.0  # seconds


@contextmanager
def streaming(**env: str) -> Iterator[int]:
    """Serves the test's database until it is left; answers the port."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = int(s.getsockname()[1])
    found = connection.settings_dict
    url = f"postgresql://{quote(found['USER'])}@/{found['NAME']}?host={quote(str(found['HOST']))}"
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(port),
         "--workers", "1", "--log-level", "error", "tuoyu.config.live:application"],
        cwd=ROOT, env=os.environ | {"DATABASE_URL": url} | env, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
