"""接送码与代接码。"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.world import World
from tuoyu.core import clock
from tuoyu.domains.children import rules
from tuoyu.domains.children.models import PickupCode
from tuoyu.domains.children.pickup_selectors import day_salt
from tuoyu.domains.children.pickup_services import ensure_secret, guardian_qr
from tuoyu.ends.family.tests.conftest import TODAY

pytestmark = pytest.mark.django_db
URL = "/family/code/"


def body(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def drawing(page: str) -> str:
    found = re.search(r'<div id="qr".*?</div>', page, re.S)
    assert found
    return found.group()


def test_the_code_is_the_guardians_and_the_door_takes_it(parent: Client, world: World) -> None:
    page = drawing(body(parent))
    guardian = world.guardians["lin"]
    guardian.refresh_from_db()
    assert guardian.code_secret  # made on first use
    text = guardian_qr(guardian=guardian, at=clock.now())
    import segno

    assert (
        segno.make(text, error="m", micro=False).svg_inline(
            border=2, omitsize=True, svgclass=None, lineclass=None
        )
        in page
    )
    key = rules.day_key(ensure_secret(guardian), TODAY)
    assert rules.check_qr(text, clock.now(), {guardian.pk: key}.get).guardian_id == guardian.pk


def test_it_changes_every_thirty_seconds(parent: Client, world: World) -> None:
    first = drawing(body(parent))
    with clock.fixed(clock.now() + timedelta(seconds=30)):
        assert drawing(body(parent, f"{URL}qr/")) != first
    assert 'hx-trigger="every 20s"' in first
    assert str(world.guardians["lin"].code_secret) not in body(parent)


def test_nothing_inline_in_the_drawing(parent: Client, world: World) -> None:
    assert "style=" not in drawing(body(parent))


def made(client: Client, **fields: object) -> str:
    response = client.post(URL, {"bearer": "舅舅王示例", **fields})
    assert response.status_code == 200
    found = re.search(r'id="fresh-code">(\d{6})<', response.content.decode())
    assert found
    return found.group(1)


def test_a_pickup_code_is_shown_once_and_works_today(parent: Client, world: World) -> None:
    both = [world.children["he"].pk, world.children["sui"].pk]
    code = made(parent, who=both)
    rows = PickupCode.all_rows.all()
    assert {r.child_id for r in rows} == set(both)
    assert {r.valid_on for r in rows} == {TODAY}
    salt = day_salt(world.institutions["a1"].pk, TODAY)
    assert {bytes(r.code_index) for r in rows} == {rules.code_hash(salt, code)}
    again = body(parent)
    assert code not in again
    assert "舅舅王示例" in again
    assert "未使用" in again


def test_a_code_can_be_revoked(parent: Client, world: World) -> None:
    made(parent, child=world.children["he"].pk)
    row = PickupCode.all_rows.get()
    told = parent.post(f"{URL}{row.pk}/cancel/", follow=True).content.decode()
    assert "代接码已作废" in told
    row.refresh_from_db()
    assert row.cancelled_at is not None


def test_without_a_name_there_is_no_code(parent: Client, world: World) -> None:
    response = parent.post(URL, {"bearer": "  "})
    assert response.status_code == 422
    assert "请写明由谁来接" in response.content.decode()
    assert not PickupCode.all_rows.exists()


def test_a_strangers_code_is_not_found(parent: Client, world: World) -> None:
    made(world.client("other-parent"))
    row = PickupCode.all_rows.get()
    assert parent.post(f"{URL}{row.pk}/cancel/").status_code == 404
    row.refresh_from_db()
    assert row.cancelled_at is None
    foreign = parent.post(URL, {"bearer": "某人", "who": world.children["feng"].pk})
    assert foreign.status_code == 404
