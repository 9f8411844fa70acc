"""矩阵的对象：the answers do not depend on which of the twins the page shows first."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.vouchers.subjects import voucher_subjects
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("twin", ["he", "sui"])
def test_either_twin_may_claim(world: World, client: Client, twin: str) -> None:
    campaign = voucher_subjects(world)["campaign_id"][0]
    asked = world.enter(client, "parent").post(
        f"/family/vouchers/claim/{campaign}/", {"child": world.children[twin].pk}
    )
    assert asked.status_code == 302
