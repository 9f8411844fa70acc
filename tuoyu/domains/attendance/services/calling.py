"""调用打卡入库函数：the one statement of the door, by the shortest way that the driver offers.

Inside a transaction it goes by an ordinary cursor. At the door (autocommit, nothing to begin or to
fetch later) it is sent as a prepared statement straight through libpq: the same statement and the
same answer, at a fraction of the driver's own cost, which here is as large as the database's.
"""

from __future__ import annotations

import json
import uuid
import weakref
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import errors, pq

_CALL = (
    "SELECT event_id::text, outcome, why, closed::int::text, region FROM attendance_record("
    "{0}::bigint, {1}::uuid, {2}::timestamptz, {3}::jsonb, {4}::boolean)"
)
_ORDINARY = _CALL.format(*["%s"] * 5)
_PREPARED = _CALL.format("$1", "$2", "$3", "$4", "$5").encode()
_NAME = b"attendance_record"

_prepared: weakref.WeakSet[psycopg.Connection[Any]] = weakref.WeakSet()


class Verdict(NamedTuple):
    """函数对一个事件的答复。"""

    id: str
    outcome: str
    code: str
    is_closed: bool
    region_code: str


def call_record(
    institution_id: int,
    device_id: uuid.UUID | None,
    at: datetime,
    rows: list[dict[str, Any]],
    *,
    tell: bool,
) -> list[Verdict]:
    """调用 ``attendance_record``。"""
    params = (
        str(institution_id),
        str(device_id) if device_id else None,
        at.isoformat(),
        json.dumps(rows),
        "true" if tell else "false",
    )
    here = connections[DEFAULT_DB_ALIAS]
    here.close_if_health_check_failed()
    here.ensure_connection()
    raw: psycopg.Connection[Any] = here.connection
    with here.wrap_database_errors:
        if here.in_atomic_block or not here.get_autocommit():
            with psycopg.Cursor(raw) as cursor:
                found = cursor.execute(_ORDINARY, params).fetchall()
        else:
            found = _straight(raw, params)
    return [Verdict(r[0], r[1], r[2], r[3] == "1", r[4] or "") for r in found]


def _straight(
    raw: psycopg.Connection[Any], params: tuple[str | None, ...]
) -> list[tuple[str, ...]]:
    line = raw.pgconn
    if raw not in _prepared:
        _check(line, line.prepare(_NAME, _PREPARED), pq.ExecStatus.COMMAND_OK)
        _prepared.add(raw)
    values: list[Any] = [None if p is None else p.encode() for p in params]
    result = line.exec_prepared(_NAME, values)
    _check(line, result, pq.ExecStatus.TUPLES_OK)
    return [
        tuple((result.get_value(row, column) or b"").decode() for column in range(5))
        for row in range(result.ntuples)
    ]


def _check(line: Any, result: Any, wanted: pq.ExecStatus) -> None:
    if result.status == wanted:
        return
    # A server that died has no time to give a code.
    if line.status == pq.ConnStatus.BAD or not result.error_field(pq.DiagnosticField.SQLSTATE):
        raise psycopg.OperationalError("与数据库的连接已断开")
    raise errors.error_from_result(result)
