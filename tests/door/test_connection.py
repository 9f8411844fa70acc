"""保持的数据库连接：one that the server has ended is noticed before the next request uses it."""

from __future__ import annotations

import select

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_a_connection_ended_by_the_server_is_not_usable() -> None:
    kept = connection.copy()
    kept.ensure_connection()
    assert kept.is_usable()
    held = kept.connection
    assert held is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [held.info.backend_pid])
    poll = select.poll()
    poll.register(held.fileno(), select.POLLIN)
    assert poll.poll(10_000)  # the server's last word has arrived
    assert not kept.is_usable()
    kept.close()
    assert not kept.is_usable()


def test_a_healthy_connection_is_not_asked() -> None:
    kept = connection.copy()
    kept.ensure_connection()
    held = kept.connection
    assert held is not None
    with held.cursor() as cursor:
        cursor.execute("SELECT 1 AS last_statement")
    held.commit()
    assert kept.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [held.info.backend_pid])
        row = cursor.fetchone()
    assert row is not None
    assert row[0] != "SELECT 1"
    kept.close()
