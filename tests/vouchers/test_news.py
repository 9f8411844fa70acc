"""家长得知：a place came back by expiry or revocation; the family is told, with its rank."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.pages.checks import faults_of
from tests.vouchers.scene import Scene
from tests.world import NOW
from tuoyu.core import clock
from tuoyu.core.events import LIVE_CHANNEL
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Applicant, Campaign, Voucher

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def draft_city(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "CITY", "yueqing-2025")
    current_book.cache_clear()
    yield
    current_book.cache_clear()


def lined_up(scene: Scene) -> tuple[Campaign, Voucher]:
    """One place: 江小苗 has it, 方一诺 and 林小禾 wait."""
    campaign = scene.open(quota=1)
    first = scene.voucher(campaign, "miao", who="city-officer")
    scene.claim(campaign, "nuo", who="city-officer", at=NOW + timedelta(minutes=1))
    scene.claim(campaign, "he", at=NOW + timedelta(minutes=2))
    return campaign, first


def messages(scene: Scene, who: str = "parent") -> str:
    html = scene.world.client(who).get("/family/messages/").content.decode()
    assert faults_of(html) == []
    return html


def test_revoked_the_next_family_is_told_with_its_rank(scene: Scene) -> None:
    campaign, first = lined_up(scene)
    assert "已自动发给您" not in messages(scene)
    by, later = scene.actor("city-officer"), NOW + timedelta(hours=1)
    services.revoke(voucher_id=first.pk, reason="资格不符", by=by, at=later)
    with clock.fixed(later):
        assert f"方一诺领到了{campaign.title}" in messages(scene, "sibling-parent")
        assert "已自动发给您" not in messages(scene), "not this family's turn yet"
        second = Applicant.all_rows.get(child_id=scene.world.children["nuo"].pk).voucher
        assert second is not None
        services.revoke(voucher_id=second.pk, reason="转园", by=by, at=later)
        html = messages(scene)
        assert "候补到了：有名额收回" in html
        assert "排入时第 2 位，前面 1 位先后领到或离开，轮到您" in html
        mine = Applicant.all_rows.get(child_id=scene.world.children["he"].pk).voucher
        assert mine is not None
        page = scene.world.client("parent").get(f"/family/vouchers/{mine.pk}/").content.decode()
        assert "候补领到" in page
        assert "轮到您" in page
        gone = messages(scene, "sibling-parent")
        assert "原因：转园" in gone
        assert f"方一诺领到了{campaign.title}" not in gone


def test_expired_at_night_it_is_told_in_the_morning(scene: Scene) -> None:
    campaign, first = lined_up(scene)
    # At the end of the whole policy nothing is given any more: here it goes on for a while.
    Campaign.all_rows.filter(pk=campaign.pk).update(use_until=first.expires_at + timedelta(days=9))
    services.expire_due(first.expires_at)
    with clock.fixed(first.expires_at + timedelta(hours=8)):
        html = messages(scene, "sibling-parent")
    assert "候补到了：有名额收回" in html
    assert "排第 1 位，轮到您；后面还有 1 位在等" in html


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_told_at_once(scene: Scene) -> None:
    """A page that stands open on the family's phone looks again by itself."""
    _, first = lined_up(scene)
    params = connection.get_connection_params()
    wanted = {k: params[k] for k in ("dbname", "host", "port", "user", "password") if k in params}
    with psycopg.connect(**wanted, autocommit=True) as ear:
        ear.execute(f"LISTEN {LIVE_CHANNEL}")
        by = scene.actor("city-officer")
        services.revoke(voucher_id=first.pk, reason="不符", by=by, at=NOW)
        told = [json.loads(n.payload) for n in ear.notifies(timeout=5, stop_after=1)]
    assert told == [{"topics": [f"child:{scene.world.children['nuo'].pk}"], "kind": "voucher"}]
