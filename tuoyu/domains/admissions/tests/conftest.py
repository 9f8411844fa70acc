from __future__ import annotations

import pytest

from tests.world import World
from tuoyu.domains.admissions.tests.helpers import Office


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)
