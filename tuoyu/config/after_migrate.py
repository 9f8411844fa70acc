"""迁移之后：SQL functions, row-level security and the grants of the application's roles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection

from tuoyu.core import rls

FUNCTIONS = Path(__file__).resolve().parents[1] / "domains" / "attendance" / "sql" / "record.sql"


def after_migrate(sender: Any, **_: Any) -> None:
    """安装函数、外键与行级安全；safe to run again."""
    if "attendance_event" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS.read_text())
    rls.install()
