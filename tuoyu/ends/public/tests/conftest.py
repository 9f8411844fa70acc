"""门户测试：free places published at 08:10."""

from __future__ import annotations

import pytest

from tests.world import NOW, World
from tuoyu.domains.indicators import services


@pytest.fixture
def published(world: World) -> World:
    services.publish_vacancies(NOW)
    return world
