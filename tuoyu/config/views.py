"""运行状况与城市配色。"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.core.access import page
from tuoyu.domains.policies.books import current_book


@page(None, title="运行状况", why_public="监控探针；不含个人信息")
def healthz(request: HttpRequest) -> HttpResponse:
    """运行状况：database, worker, migrations, packs."""
    book = current_book()
    state: dict[str, Any] = {
        "database": _database(),
        "worker": _worker(),
        "migrations": "pending" if _pending() else "ok",
        "packs": {"city": settings.CITY, "status": book.pack.status, "sha256": book.sha256},
        "clock": clock.now().isoformat(timespec="seconds"),
    }
    good = state["database"] == "ok" and state["migrations"] == "ok"
    state["status"] = "ok" if good and state["worker"] == "ok" else "degraded" if good else "down"
    return JsonResponse(state, status=200 if good else 503)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return "ok" if cursor.fetchone() else "down"


def _worker() -> str:
    """A worker that has not shown a heartbeat for a minute counts as down."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > clock_timestamp() - interval '60 seconds'"
        )
        row = cursor.fetchone()
    return "ok" if row and row[0] else "down"


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@page(None, title="城市配色", why_public="样式表")
def theme(request: HttpRequest) -> HttpResponse:
    """城市配色：the pack's accent values as a small stylesheet."""
    values = current_book().city.accents
    body = "".join(f"--{name}:{value};" for name, value in values.items())
    css = f':root:not([data-end="screen"]){{{body}}}'
    return HttpResponse(
        css, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=300"}
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
