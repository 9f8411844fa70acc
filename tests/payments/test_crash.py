"""断电：between reservation and payment nothing is lost, nothing is twice, nothing half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.payments.crash import FEN, STEPS

ROOT = Path(__file__).resolve().parents[2]
WHERE = ["reserved", "committed", "committed", "committed", "ordered", "paid"]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_killed_between_reservation_and_payment(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.payments.crash", str(tmp_path)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    saw = json.loads(done.stdout.splitlines()[-1])
    assert [s["step"] for s in saw] == list(STEPS)
    for step, account in zip(saw, WHERE, strict=True):
        assert step["undone"], step
        assert step["first"] == 0, step
        assert step["done"]["money"] == {account: FEN}, step
        assert step["same"], step
    # again: an act with a key is the same act; a batch or a return is refused the second time
    assert [s["again"] for s in saw] == [0, 0, 0, 3, 3, 3]
    assert saw[-1]["done"]["orders"] == saw[-1]["done"]["instructions"] == ["paid"]
    assert saw[-1]["done"]["transfers"] == 4
