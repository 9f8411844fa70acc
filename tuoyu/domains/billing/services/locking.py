"""锁：bills are never updated, so what must be in turn takes a named lock."""

from __future__ import annotations

import zlib

from django.db import connection


def lock(*names: object) -> None:
    """到事务结束为止独占；the same names wait for each other."""
    key = zlib.crc32("|".join(map(str, names)).encode()) - (1 << 31)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5FEE, key])
