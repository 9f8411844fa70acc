from __future__ import annotations

import pytest

from tests.admissions.helpers import Office
from tests.world import World


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)
