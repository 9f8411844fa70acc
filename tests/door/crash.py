"""断电演练：kill -9 of database backends and of the web server in the middle of a sync.

Runs by itself on a database server of its own (killing a backend restarts the whole server) and
prints what it saw as JSON. The device keeps its queue and sends again until each event is answered.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests import prepared

ROOT = Path(__file__).resolve().parents[2]
PACKETS = 60  # each a class of six, one minute apart
KILL_EVERY = 10


def prepare(home: Path) -> tuple[list[dict[str, str]], str]:
    """自己的数据库服务器与小世界；returns a tablet's queue and its id."""
    prepared.for_drill(home)
    from tests.door.device import event, paired
    from tests.world import NOW, build_world
    from tuoyu.core import clock

    with clock.fixed(NOW):
        world = build_world()
        tablet = paired(world.institutions["a1"])
    os.environ["TUOYU_CLOCK"] = f"{NOW.isoformat()}@{time.time()}"
    kids = [world.children[k].pk for k in ("miao", "nuo", "he", "sui", "xiao", "zhi")]
    return [
        tablet.packet(*(event(k, "in", NOW - timedelta(minutes=m)) for k in kids))
        for m in range(PACKETS)
    ], str(tablet.id)


def start_web(port: int) -> subprocess.Popen[bytes]:
    """真实的服务进程。"""
    web = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
         "--blocking-threads", "2", "--log-level", "critical", "tuoyu.config.wsgi:application"],
        cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 40
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
    return web


def kill_a_backend() -> bool:
    """kill -9 of the backend that the web server uses: as the out-of-memory killer does."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(os.environ["DATABASE_URL"]) as line:
        row = line.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() AND datname = current_database() LIMIT 1"
        ).fetchone()
        if row is not None:
            os.kill(row[0], signal.SIGKILL)
            return True
    return False


def send(port: int, device: str, packet: dict[str, str]) -> list[dict[str, str]] | None:
    """发送一包；None when it must be sent again."""
    from tests.world import NOW

    body = json.dumps({"sent_at": NOW.isoformat(), "packets": [packet]})
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"X-Device": device, "Content-Type": "application/json"}
        line.request("POST", "/api/v1/attendance/events", body, headers)
        answer = line.getresponse()
        found = json.loads(answer.read())
        return found["answers"] if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        line.close()


def drill(home: Path, seed: int) -> dict[str, Any]:
    """演练一次。"""
    packets, device = prepare(home)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = int(s.getsockname()[1])
    dice, told = random.Random(seed), {}
    saw: dict[str, Any] = {"backends": 0, "webs": 0, "again": 0}
    web = start_web(port)
    try:
        for n, packet in enumerate(packets):
            if n % KILL_EVERY == KILL_EVERY - 1:
                # The blow falls while this very packet is on its way.
                stay = dice.random() * 0.01
                if n // KILL_EVERY % 3 == 2:
                    web = _while_sending(port, device, packet, stay, web, saw)
                else:
                    _with_blow(port, device, packet, stay, kill_a_backend)
                    saw["backends"] += 1
            until = time.monotonic() + 90
            while (answers := send(port, device, packet)) is None:
                saw["again"] += 1
                if time.monotonic() > until:
                    raise RuntimeError("90 秒仍未恢复")
                select.select([], [], [], 0.02)
            told.update({a["id"]: a["outcome"] for a in answers})
    finally:
        os.killpg(web.pid, signal.SIGKILL)
        web.wait()
    return {**saw, **_counts(packets, told)}


def _with_blow(port: int, device: str, packet: dict[str, str], stay: float, blow: Any) -> None:
    import threading

    sender = threading.Thread(target=send, args=(port, device, packet))
    sender.start()
    select.select([], [], [], stay)
    blow()
    sender.join()


def _while_sending(
    port: int,
    device: str,
    packet: dict[str, str],
    stay: float,
    web: subprocess.Popen[bytes],
    saw: dict[str, Any],
) -> subprocess.Popen[bytes]:
    _with_blow(port, device, packet, stay, lambda: os.killpg(web.pid, signal.SIGKILL))
    web.wait()
    saw["webs"] += 1
    return start_web(port)


def _counts(packets: list[dict[str, str]], told: dict[str, str]) -> dict[str, Any]:
    from django.db import connection

    from tuoyu.domains.attendance.models import DaySheet, Event

    connection.close()
    sent = {e["id"] for p in packets for e in json.loads(p["body"])["events"]}
    return {
        "sent": len(sent),
        "acknowledged": len(sent & set(told)),
        "outcomes": sorted(set(told.values())),
        "stored": Event.all_rows.count(),
        "on_sheets": sum(DaySheet.all_rows.values_list("events", flat=True)),
    }


if __name__ == "__main__":
    print(json.dumps(drill(Path(sys.argv[1]), int(sys.argv[2]))))
