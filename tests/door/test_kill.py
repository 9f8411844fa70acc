"""断电般的中断：the database's own process is killed in the middle of a sync, again and again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client

from tests.door.device import event, paired
from tests.world import NOW, build_world
from tuoyu.domains.attendance.models import DaySheet, Event

ROOT = Path(__file__).resolve().parents[2]
SEED = 20251015


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ended_backends_lose_nothing_and_double_nothing() -> None:
    """The server ends our connection between and during requests; the tablet simply sends again."""
    world = build_world()
    kids = [world.children[k].pk for k in ("miao", "nuo", "he", "sui", "xiao", "zhi")]
    tablet = paired(world.institutions["a1"])
    events = [event(k, "in", NOW - timedelta(minutes=m)) for m in range(20) for k in kids]
    queue = [tablet.packet(*events[n : n + 6]) for n in range(0, len(events), 6)]
    stop, pids = threading.Event(), [_backend()]
    conninfo = psycopg.conninfo.make_conninfo(**_where())

    def end_again_and_again() -> None:
        with psycopg.connect(conninfo, autocommit=True) as other:
            while not stop.wait(0.003):
                other.execute("SELECT pg_terminate_backend(%s)", [pids[-1]])

    killer = threading.Thread(target=end_again_and_again)
    killer.start()
    told: dict[str, str] = {}
    sends = 0
    try:
        while queue and sends < 2_000:
            sends += 1
            body = {"sent_at": NOW.isoformat(), "packets": queue[:1]}
            answer = tablet.post(body, Client(raise_request_exception=True))
            if answer.status_code == 200:
                told.update({a["id"]: a["outcome"] for a in answer.json()["answers"]})
                queue.pop(0)
            if connection.connection is not None and not connection.connection.closed:
                pids.append(connection.connection.info.backend_pid)
    finally:
        stop.set()
        killer.join(20)
        connection.close()
    assert not queue
    assert set(told) == {e["id"] for e in events}
    assert set(told.values()) <= {"stored", "duplicate"}
    assert Event.all_rows.count() == len(events)
    assert set(DaySheet.all_rows.values_list("events", flat=True)) == {20}
    assert len(set(pids)) > 2  # it did happen


def _where() -> dict[str, str]:
    found = connection.settings_dict
    named = {
        "dbname": found["NAME"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "host": found["HOST"],
        "port": found["PORT"],
    }
    return {key: str(value) for key, value in named.items() if value}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_kill_nine_of_backend_and_web_in_the_middle_of_a_sync(tmp_path: Path) -> None:
    """On a server of its own: a killed backend makes PostgreSQL restart all of them."""
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "TUOYU_DATA")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.door.crash", str(tmp_path), str(SEED)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    saw = json.loads(done.stdout.splitlines()[-1])
    assert saw["backends"] >= 3, saw
    assert saw["webs"] >= 1, saw
    assert saw["sent"] == saw["acknowledged"] == saw["stored"] == saw["on_sheets"], saw
    assert set(saw["outcomes"]) <= {"stored", "duplicate"}, saw
