"""断电般的中断：the database's own process is killed in the middle of a sync, again and again."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test import Client

from tests.door.device import event, paired
from tests.world import NOW, build_world
from tuoyu.core import clock
from tuoyu.domains.attendance.models import DaySheet, Event


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
@pytest.mark.django_db
def test_kill_nine_of_the_whole_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    """kill -9 of a backend makes PostgreSQL restart all of them: on a server of its own."""
    from tests.door.crash import crash_and_recover

    found = crash_and_recover(tmp_path_factory.mktemp("crash"), kill=_kill_nine)
    assert found.kills >= 2
    assert found.acknowledged == found.sent
    assert found.stored == found.sent
    assert found.doubled == 0


def _kill_nine(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_the_clock_of_these_tests_stands() -> None:
    assert clock.now() == NOW
