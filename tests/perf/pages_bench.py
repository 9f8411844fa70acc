"""全规模读页面：p95 over HTTP at full city, one reader, each page as the role it is for.

The full city (13 units, 1,000 institutions, 41,000 places, the 12 months of 2025) is built once
into the bench's data directory (up to ten minutes) and kept.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

SEED = 2025
TIMES = 30
LIST, COCKPIT, REPORT = 100, 300, 2000
PAGES = [
    ("county-officer", "县级工作台", "/gov/", COCKPIT),
    ("county-officer", "机构列表", "/gov/institutions/", LIST),
    ("county-officer", "机构详情", "first:/gov/institutions/", LIST),
    ("county-officer", "今日考勤", "/gov/attendance/", COCKPIT),
    ("city-officer", "补助结算列表", "/gov/settlements/", LIST),
    ("city-officer", "结算单详情", "first:/gov/settlements/", LIST),
    ("city-officer", "指标", "/gov/indicators/", COCKPIT),
    ("city-officer", "地图", "/gov/map/", COCKPIT),
    ("city-officer", "大屏", "/cockpit/", COCKPIT),
    ("director", "园长今日", "/inst/", LIST),
    ("director", "班级点名", "/inst/wall/", LIST),
    ("director", "月考勤表", "/inst/sheets/month/", REPORT),
    ("director", "月结", "/inst/month/", LIST),
    ("parent", "家长首页", "/family/", LIST),
    ("parent", "家长月表", "/family/month/2025-09/", LIST),
    ("-", "找托育", "/find/", LIST),
]


def run() -> dict[str, object]:
    """测一次：returns a row a page, with p50 and p95 in milliseconds."""
    built = _build()
    rows = []
    with _server() as port:
        for who, title, path, budget in PAGES:
            rows.append(_page(port, who, title, path, budget))
            print(f"  {title}  p95 {rows[-1]['p95_ms']} ms", flush=True)
    return {"rows": rows, "met": all(r["met"] for r in rows), **built}


def _build() -> dict[str, object]:
    from django.core.management import call_command
    from django.db import connection

    from tuoyu.config.loading import load_packs
    from tuoyu.core import clock

    call_command("migrate", verbosity=0)
    load_packs(at=clock.now())
    spent = 0.0
    if _count("institutions_institution") < 1000:
        from tuoyu.sim.build import build

        began = time.perf_counter()
        build("full", SEED, again=_count("institutions_institution") > 0)
        spent = time.perf_counter() - began
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    lines = _settle_june()
    counted = {
        name: _count(table)
        for name, table in [
            ("institutions", "institutions_institution"),
            ("places", "institutions_place"),
            ("day_sheets", "attendance_daysheet"),
            ("events", "attendance_event"),
        ]
    }
    connection.close()
    return {"build_seconds": round(spent), "june_lines": lines, **counted}


def _settle_june() -> int:
    """The settlement pages are read with a whole city's month in them."""
    from tests.settlement.month import OPERATOR, SETTLED_AT
    from tuoyu.domains.policies.books import current_book
    from tuoyu.domains.subsidies.models import Run
    from tuoyu.domains.subsidies.services import settle

    june = Run.all_rows.filter(rule="class_subsidy", month=date(2025, 6, 1), number=0)
    if not june.exists():
        settle(
            book=current_book(),
            rule_id="class_subsidy",
            month="2025-06",
            by=OPERATOR,
            at=SETTLED_AT,
        )
    return int(june.get().lines)


def _count(table: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _server() -> Iterator[int]:
    """A real granian on a free port, in demo mode with the pack's clock."""
    from django.conf import settings

    from tests.perf.door_bench import _free_port as free_port
    from tuoyu.domains.policies.books import current_book

    port = free_port()
    spec = f"{current_book().city.clock.isoformat()}+08:00@{time.time()}"
    if current_book().city.clock.tzinfo:
        spec = f"{current_book().city.clock.isoformat()}@{time.time()}"
    env = {**os.environ, "TUOYU_CLOCK": spec, "TUOYU_DATA": str(settings.DATA_DIR)}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
               "--workers", "1", "--blocking-threads", "2", "--log-level", "error",
               "tuoyu.config.wsgi:application"]  # fmt: skip
    child = subprocess.Popen(command, env=env)
    try:
        for _ in range(300):
            try:
                if _get(port, "/healthz", "")[0] in (200, 503):
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=10)


def _get(port: int, path: str, cookie: str) -> tuple[int, str, str]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = link.getresponse()
    body = answer.read().decode("utf-8", "replace")
    session = "; ".join(
        v.split(";")[0].strip() for k, v in answer.getheaders() if k.lower() == "set-cookie"
    )
    link.close()
    return answer.status, body, session


def _page(port: int, who: str, title: str, path: str, budget: int) -> dict[str, object]:
    cookie = "" if who == "-" else _get(port, f"/demo/enter/{who}/", "")[2]
    if path.startswith("first:"):
        base = path.removeprefix("first:")
        found = re.search(rf'href="({base}\d+/)"', _get(port, base, cookie)[1])
        path = found[1] if found else base
    status = _get(port, path, cookie)[0]
    took = []
    for _ in range(TIMES):
        began = time.perf_counter_ns()
        status = _get(port, path, cookie)[0]
        took.append((time.perf_counter_ns() - began) // 100_000)
    took.sort()
    p95 = took[int(len(took) * 0.95)] / 10
    return {
        "title": title,
        "path": re.sub(r"\d+", "n", path),
        "status": status,
        "p50_ms": took[len(took) // 2] / 10,
        "p95_ms": p95,
        "budget_ms": budget,
        "met": status == 200 and p95 <= budget,
    }
