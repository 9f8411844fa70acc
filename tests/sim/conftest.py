"""一座极小的城市，built once for these tests and rolled back after them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tuoyu.sim.build import build, clear
from tuoyu.sim.state import Built


@pytest.fixture(scope="package")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sim") / "truth.json"


@pytest.fixture(scope="package")
def city(django_db_setup: None, django_db_blocker: Any, truth: Path) -> Iterator[Built]:
    """tiny, seed 1. All tests here share it; what one changes is rolled back after it."""
    from django.conf import settings

    before, settings.DEMO = settings.DEMO, True
    with django_db_blocker.unblock(), transaction.atomic():
        clear()  # also sets the counters back, so that the first city is like any later one
        yield build("tiny", 1, truth=truth)
        transaction.set_rollback(True)
    settings.DEMO = before
