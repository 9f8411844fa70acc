"""迁移之后：SQL functions, row-level security and the grants of the application's roles."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tuoyu.core import rls

_DOMAINS = Path(__file__).resolve().parents[1] / "domains"
FUNCTIONS = [
    _DOMAINS / "attendance" / "sql" / "record.sql",
    _DOMAINS / "funds" / "sql" / "ledger.sql",
    _DOMAINS / "vouchers" / "sql" / "ledger.sql",
    _DOMAINS / "vouchers" / "sql" / "claim.sql",
    _DOMAINS / "incidents" / "sql" / "guard.sql",
]


def after_migrate(sender: Any, **_: Any) -> None:
    """安装函数、外键与行级安全；does nothing when what is installed is already this."""
    if "attendance_event" not in connection.introspection.table_names():
        return
    statements = [path.read_text() for path in FUNCTIONS] + [rls.install_sql()]
    wanted = _fingerprint(statements)
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('public'::regnamespace)")
        row = cursor.fetchone()
        if row and row[0] == wanted:
            return
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON SCHEMA public IS '{wanted}'")


def _fingerprint(statements: list[str]) -> str:
    """The same statements over the same migrations need not run twice."""
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    text = "\n".join([*statements, repr(applied)])
    return "tuoyu " + hashlib.sha256(text.encode()).hexdigest()
