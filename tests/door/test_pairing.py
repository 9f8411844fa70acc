"""配对：a code works once, for ten minutes, and cannot be guessed at leisure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.door.device import Tablet, event, new_key, point
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.rules import to_text
from tuoyu.domains.devices.models import Device, PairingCode
from tuoyu.domains.devices.selectors import list_devices
from tuoyu.domains.devices.services import make_pairing_code, revoke_device


def _scope(world: World, name: str = "a1") -> Scope:
    return Scope(kind="institutions", institution_ids=frozenset({world.institutions[name].pk}))


def _code(world: World) -> str:
    return make_pairing_code(
        scope=_scope(world), institution_id=world.institutions["a1"].pk, by=1, at=clock.now()
    )


def _pair(code: str, address: str = "10.0.0.1", **more: Any) -> Any:
    key = new_key()
    body = {"code": code, "name": "前门平板", "public_key": to_text(point(key)), **more}
    answer: Any = Client().post(
        "/api/v1/devices/pair", body, content_type="application/json", REMOTE_ADDR=address
    )
    answer.key = key
    return answer


def test_pair_once_then_send(world: World) -> None:
    code = _code(world)
    answer = _pair(code)
    assert answer.status_code == 200
    found = answer.json()
    assert found["institution"] == {"id": world.institutions["a1"].pk, "name": "青禾托育园（虚构）"}
    tablet = Tablet(found["device"], answer.key)
    sent = tablet.send([tablet.packet(event(world.children["he"].pk))])
    assert sent[0]["outcome"] == "stored"
    again = _pair(code)
    assert again.status_code == 422
    assert "重新生成" in again.json()["error"]
    assert Device.all_rows.count() == 1


def test_the_code_is_not_stored_in_clear(world: World) -> None:
    code = _code(world)
    assert len(code) == 8
    assert code.encode() not in bytes(PairingCode.all_rows.get().code_index)


def test_a_code_expires_and_a_new_one_replaces_the_old(world: World) -> None:
    first = _code(world)
    second = _code(world)
    assert _pair(first).status_code == 422
    with clock.fixed(NOW + timedelta(minutes=10)):
        assert _pair(second).status_code == 422
    with clock.fixed(NOW + timedelta(minutes=9, seconds=59)):
        assert _pair(second).status_code == 200


def test_wrong_tries_are_counted_by_place(world: World) -> None:
    code = _code(world)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert _pair(wrong).json()["code"] == "bad-code"
    assert _pair(code).json()["code"] == "too-many"
    assert _pair(code, address="10.0.0.2").status_code == 200


def test_wrong_tries_from_everywhere_are_counted_too(world: World) -> None:
    code = _code(world)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for n in range(50):
        assert _pair(wrong, address=f"10.0.1.{n}").json()["code"] == "bad-code"
    assert _pair(code).json()["code"] == "too-many"
    with clock.fixed(NOW + timedelta(minutes=11)):
        assert _pair(_code(world)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"code": "123"},
        {"code": 12345678},
        {"name": ""},
        {"name": "a\x00b"},
        {"public_key": "AAAA"},
        {"public_key": "A" * 87},
        {"institution": 1},
    ],
)
def test_malformed_pairing(world: World, change: dict[str, Any]) -> None:
    code = _code(world)
    answer = _pair(**{"code": code, **change})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert PairingCode.all_rows.get().used_at is None


def test_only_the_own_institution(world: World) -> None:
    with pytest.raises(NotFound):
        make_pairing_code(
            scope=_scope(world, "b1"),
            institution_id=world.institutions["a1"].pk,
            by=1,
            at=NOW,
        )
    device = _pair(_code(world)).json()["device"]
    with pytest.raises(NotFound):
        revoke_device(scope=_scope(world, "b1"), device_id=device, at=NOW)
    assert [str(d.pk) for d in list_devices(_scope(world))] == [device]
    assert not list_devices(_scope(world, "b1"))
