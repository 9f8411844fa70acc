"""入库：rows by COPY; big tables with their indexes dropped before and made again after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection
from psycopg.types.range import Range

_CHUNK = 1 << 22


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """小表：Python rows."""
    count = 0
    with connection.cursor() as cursor:
        sql = f"COPY {table} ({', '.join(_quoted(columns))}) FROM STDIN"
        with cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row([_plain(v) for v in row])
                count += 1
    return count


def _plain(value: Any) -> Any:
    """A date range as its text, which COPY takes without knowing the type."""
    if isinstance(value, Range):
        return f"[{value.lower or ''},{value.upper or ''})"
    return value


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{c}"' for c in columns]


def copy_frame(table: str, frame: pl.DataFrame) -> int:
    """大表：a Polars frame as CSV."""
    columns = ", ".join(_quoted(frame.columns))
    buffer = BytesIO()
    frame.write_csv(buffer, include_header=False, null_value="\\N")
    view = buffer.getbuffer()
    with connection.cursor() as cursor:
        sql = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL '\\N')"
        with cursor.copy(sql) as copy:
            for start in range(0, len(view), _CHUNK):
                copy.write(view[start : start + _CHUNK])
    return frame.height


def set_sequences(tables: Iterable[str]) -> None:
    """自增编号接在已有的后面。"""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT coalesce(max(id), 1) FROM {table}")  # noqa: S608
                last = cursor.fetchone()[0]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """装载期间去掉索引与唯一约束，之后照原样重建。"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('p', 'u') ORDER BY conname",
            [table],
        )
        constraints = cursor.fetchall()
        names = [name for name, _ in constraints]
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
            " AND indexname <> ALL (%s) ORDER BY indexname",
            [table, names],
        )
        indexes = cursor.fetchall()
        for name in names:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        for name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for _, definition in indexes:
            cursor.execute(definition)
