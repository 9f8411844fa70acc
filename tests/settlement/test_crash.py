"""断电与并发：nothing lost, nothing twice, two at once or killed at any moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEED = 20250601
NOTHING = dict.fromkeys(("runs", "lines", "statements", "line_fen", "statement_fen"), 0)
WHOLE = {"runs": 1, "lines": 8, "statements": 3, "cases": 3, "steps": 3}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_killed_in_the_middle_nothing_is_lost_and_nothing_is_twice(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.settlement.crash", str(tmp_path), str(SEED)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    saw = json.loads(done.stdout.splitlines()[-1])
    for stored in saw["after_kill"]:
        assert stored.items() >= NOTHING.items()
    total = saw["end"]["line_fen"]
    whole = WHOLE | {"line_fen": total, "statement_fen": total}
    assert total == 72_000
    for stored in saw["after_random"]:
        assert stored in (whole, NOTHING | {"cases": 0, "steps": 0}), SEED
    assert saw["together"] == whole
    assert saw["codes"] == [0, 0, 3, 3, 0, 0]
    assert saw["end"] == whole
