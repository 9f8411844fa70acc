"""监管端测试的小世界：indicators counted, free places published."""

from __future__ import annotations

import pytest

from tests.world import NOW, World
from tuoyu.domains.indicators import services


@pytest.fixture
def counted(world: World) -> World:
    services.refresh_all(NOW)
    return world
