"""测试提速：the small world is built once and copied; only filled tables are emptied again.

Both say the same to a test as the slow way: the same rows, and an empty database afterwards.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.test import TransactionTestCase

from tests.world import World, build_world

# Made by migrations, wanted by all that follow.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
_AS_COPY = "SET LOCAL session_replication_role = replica"  # no trigger, no key checked again


@dataclass
class Snapshot:
    """世界的底片：table → its rows as COPY gave them."""

    world: World | None = None
    rows: dict[str, bytes] = field(default_factory=dict)

    def develop(self) -> World:
        """The world, built the first time and copied from then on."""
        if self.world is not None:
            self._write()
        elif filled_tables():  # not alone: no negative can be taken
            return build_world()
        else:
            self.world = build_world()
            self.rows = {table: _read(table) for table in sorted(filled_tables())}
        return copy.deepcopy(self.world)

    def _write(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_AS_COPY)
            for table, rows in self.rows.items():
                with cursor.cursor.copy(f"COPY {table} FROM STDIN") as into:
                    into.write(rows)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def _read(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} TO STDOUT") as out:
        return b"".join(out)


def filled_tables() -> set[str]:
    """有行的表。"""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = [f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for t in sorted(names) if t not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {str(row[0]) for row in cursor.fetchall()}


def empty(case: TransactionTestCase) -> None:
    """清空：Django would truncate every table and make every content type and right anew."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_AS_COPY)
        for table in sorted(filled_tables()):
            cursor.execute(f"DELETE FROM {table}")
