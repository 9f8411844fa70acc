"""测试用数据库：loaded before everything else (``-p tests.database``), since settings read it."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("TUOYU_DATA", tempfile.mkdtemp(prefix="tuoyu-test-"))
if not os.environ.get("DATABASE_URL"):
    from tests import prepared

    os.environ["DATABASE_URL"] = prepared.for_tests()
    os.environ["TUOYU_TEST_TEMPLATE"] = prepared.NAME
