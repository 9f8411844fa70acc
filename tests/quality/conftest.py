"""认定与评定的测试环境。"""

from __future__ import annotations

import pytest

from tests.quality.world import experts, scheme
from tests.world import World


@pytest.fixture
def ready(world: World) -> World:
    """专家库与两种细则都有。"""
    experts(world)
    scheme(world)
    scheme(world, "inclusive")
    return world
