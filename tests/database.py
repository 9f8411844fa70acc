"""测试用数据库：loaded before everything else (``-p tests.database``), since settings read it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("TUOYU_DATA", tempfile.mkdtemp(prefix="tuoyu-test-"))
if not os.environ.get("DATABASE_URL"):
    from tuoyu.config import postgres

    _home = ROOT / ".cache" / "test-pg"
    _home.mkdir(parents=True, exist_ok=True)
    os.environ["DATABASE_URL"] = postgres.url_of(postgres.start(_home, for_tests=True))
