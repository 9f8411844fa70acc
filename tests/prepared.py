"""备好的数据库：made and migrated once, then copied, for the tests and for each power-cut drill.

The database ``tuoyu_prepared`` stands ready in it; the test databases are made from it as their
template, and the drills, which kill a server of their own, take a copy of the whole directory.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from tuoyu.config import postgres

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
NAME = "tuoyu_prepared"


def _copy(place: Path) -> None:
    """一份副本，仍归数据库的用户所有。"""
    prepared = CACHE / f"prepared-pg-{_key()}"
    _once(prepared, _prepare)
    subprocess.run(["cp", "-a", str(prepared), str(place)], check=True)


def _once(place: Path, make: Callable[[Path], None]) -> None:
    """Made by one process; renamed when whole, so that nothing cut short is ever taken for it."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            _forget(place)
            draft = Path(tempfile.mkdtemp(dir=CACHE)) / "pg"
            make(draft)
            draft.rename(place)
            draft.parent.rmdir()


def for_tests() -> str:
    """测试用服务器的地址；started if it is not running."""
    place = CACHE / f"test-pg-{_key()}"
    _once(place, _copy)
    return postgres.url_of(postgres.start(place, for_tests=True))


def for_drill(home: Path) -> str:
    """演练用：a server of one's own, which promises what it answers. Django is set up on it."""
    from tuoyu.core import crypto

    os.environ["TUOYU_DATA"] = str(home / "data")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tuoyu.config.settings"
    _copy(home / "pg")
    url = postgres.url_of(postgres.start(home / "pg", for_tests=True), NAME)
    os.environ["DATABASE_URL"] = url
    with psycopg.connect(url, autocommit=True) as line:
        # Processes die, the machine does not: the system's cache is enough, but nothing less.
        line.execute("ALTER SYSTEM SET synchronous_commit = 'on'")
        line.execute("SELECT pg_reload_conf()")
    crypto.make_key_file(home / "data" / "keys" / "fields.key")
    import django

    django.setup()
    return url


def _forget(newer: Path) -> None:
    """What stood for other tables goes, unless a server still runs on it."""
    kind = newer.name.rpartition("-")[0]
    for old in CACHE.glob(f"{kind}-*"):
        if old.is_dir() and not (old / "postmaster.pid").exists():
            shutil.rmtree(old)


def _prepare(place: Path) -> None:
    place.mkdir()
    server = postgres.start(place, for_tests=True)
    with psycopg.connect(postgres.url_of(server), autocommit=True) as line:
        line.execute(f"CREATE DATABASE {NAME}")
    env = {**os.environ, "DATABASE_URL": postgres.url_of(server, NAME)}
    env["DJANGO_SETTINGS_MODULE"] = "tuoyu.config.settings"
    try:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
    finally:
        server.stop()


def _key() -> str:
    """What the tables are made of: other migrations, another directory."""
    found = hashlib.sha256(sys.version.encode())
    sql = (*ROOT.glob("tuoyu/**/migrations/*.py"), *ROOT.glob("tuoyu/**/*.sql"))
    for path in sorted((*sql, ROOT / "tuoyu/core/rls.py", ROOT / "requirements/dev.lock")):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
