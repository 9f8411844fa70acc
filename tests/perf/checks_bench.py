"""测速：奖补核验 of one month in the full city, and precision and recall against the truth file.

Speed is measured in the bench's full city (1,000 institutions, 8 million day sheets) when it has
been built, each run rolled back. How exact the rules are is measured in a demo city built for it.
"""

from __future__ import annotations

import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tuoyu.core import clock

MONTH = date(2025, 11, 1)
AT = datetime(2026, 1, 5, 2, 40, tzinfo=clock.ZONE)
BUDGET_MS = 30_000
REPEATS = 3


def run() -> dict[str, object]:
    """测一次。"""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return {**_speed(), "accuracy": _accuracy()}


def _speed() -> dict[str, object]:
    from tuoyu.domains.checks.services import CLERK, run_month

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM attendance_daysheet")
        sheets = cursor.fetchone()[0]
    best, rules = None, []
    for _ in range(REPEATS):
        with transaction.atomic():
            began = time.perf_counter()
            done = run_month(month=MONTH, by=CLERK, at=AT)
            spent = round((time.perf_counter() - began) * 1000)
            transaction.set_rollback(True)
        if best is None or spent < best:
            best, rules = (
                spent,
                [{"rule": r.rule, "ms": r.ms, "cases": r.cases} for r in done.rules],
            )
    return {"day_sheets": sheets, "run_ms": best, "budget_ms": BUDGET_MS, "rules": rules}


def _accuracy() -> list[dict[str, Any]]:
    """演示城市：built in a scratch database of its own and dropped."""
    from tuoyu.domains.checks.models import Accuracy
    from tuoyu.domains.checks.rules import RULES
    from tuoyu.sim.build import build

    creation, name = connection.creation, connection.settings_dict["NAME"]
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            build("demo", 1, truth=Path(folder) / "truth.json")
        rows = [
            {"title": RULES[a.rule].title, "cases": a.cases, "true": a.true_cases,
             "planted": a.planted, "found": a.found, "near": a.near, "near_found": a.near_found}
            for a in Accuracy.all_rows.order_by("rule")
        ]  # fmt: skip
    finally:
        creation.destroy_test_db(name, verbosity=0)
    return rows
