"""班级平板：four digits locked after five wrong tries; signed packets, who acted on every event."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.world import NOW, World
from tuoyu.core.errors import DomainError
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.care.models import ActingPin, CareEvent
from tuoyu.domains.care.services import Sender, receive, set_pin, unlock

pytestmark = pytest.mark.django_db


DEVICE = uuid.UUID(int=7)


def _pin(w: World, pin: str = "2749") -> int:
    user = w.users["teacher"].pk
    set_pin(institution_id=w.institutions["a1"].pk, user_id=user, pin=pin, again=pin, at=NOW)
    return user


def _unlock(w: World, pin: str, minutes: int = 0) -> str:
    return unlock(
        institution_id=w.institutions["a1"].pk,
        device_id=DEVICE,
        user_id=w.users["teacher"].pk,
        pin=pin,
        at=NOW + timedelta(minutes=minutes),
    )


def test_pin_locks_after_five_wrong_tries(world: World) -> None:
    _pin(world)
    row = ActingPin.all_rows.get()
    assert row.secret_hash.startswith("pbkdf2_sha256$")  # the slow one, salted
    assert "2749" not in row.secret_hash
    for _ in range(4):
        with pytest.raises(DomainError, match="还可以再试"):
            _unlock(world, "0000")
    with pytest.raises(DomainError, match="已锁定"):
        _unlock(world, "0000")
    with pytest.raises(DomainError, match="已锁定"):
        _unlock(world, "2749", minutes=14)
    assert _unlock(world, "2749", minutes=16)


@pytest.mark.parametrize("pin", ["1111", "1234", "12", "12a4", "\uff12\uff17\uff14\uff19"])
def test_weak_pin_is_refused(world: World, pin: str) -> None:
    with pytest.raises(DomainError):
        _pin(world, pin)


def test_pin_of_another_institution_opens_nothing(world: World) -> None:
    _pin(world)
    with pytest.raises(DomainError, match="还没有设口令"):
        unlock(
            institution_id=world.institutions["b1"].pk,
            device_id=DEVICE,
            user_id=world.users["teacher"].pk,
            pin="2749",
            at=NOW,
        )


def _signed(is_true: bool) -> Callable[[str, object], bool]:
    return lambda body, signature: is_true


def _packet(w: World, by: int, proof: str, count: int = 1) -> dict[str, str]:
    child = w.children["he"].pk
    events = [
        {
            "id": str(uuid7()),
            "kind": "drink",
            "child": child,
            "at": NOW.isoformat(),
            "detail": {"ml": 100},
        }
        for _ in range(count)
    ]
    return {"body": json.dumps({"by": by, "proof": proof, "events": events}), "signature": "x"}


def _send(w: World, *packets: dict[str, str], is_true: bool = True) -> list[dict[str, Any]]:
    body = json.dumps({"sent_at": NOW.isoformat(), "packets": packets}).encode()
    sender = Sender(w.institutions["a1"].pk, DEVICE, _signed(is_true))
    return list(receive(sender=sender, body=body, at=NOW))


def test_who_acted_stands_on_the_event(world: World) -> None:
    user = _pin(world)
    proof = _unlock(world, "2749")
    assert [a["outcome"] for a in _send(world, _packet(world, user, proof))] == ["stored"]
    row = CareEvent.all_rows.get()
    assert (row.user_id, row.by_name, row.device_id) == (user, "老师甲（虚构）", DEVICE)


def test_without_proof_or_signature_nothing_is_kept(world: World) -> None:
    user = _pin(world)
    proof = _unlock(world, "2749")
    other = world.users["director"].pk
    assert _send(world, _packet(world, other, proof))[0]["code"] == "locked"
    assert _send(world, _packet(world, user, ""))[0]["code"] == "locked"
    forged = _packet(world, user, proof)
    assert _send(world, forged, is_true=False)[0]["code"] == "signature"
    assert not CareEvent.all_rows.exists()


def test_a_day_offline_comes_in_within_ten_seconds(world: World) -> None:
    """断网一天 500 条：two requests of 250, sent twice as after a lost answer."""
    user = _pin(world)
    proof = _unlock(world, "2749")
    packets = [_packet(world, user, proof, count=10) for _ in range(50)]
    began = time.perf_counter()
    first = _send(world, *packets[:25]) + _send(world, *packets[25:])
    took = time.perf_counter() - began
    again = _send(world, *packets)
    print(f"\n班级平板断网一天：500 条用 {took:.2f} 秒（目标 10 秒）")
    assert [a["outcome"] for a in first] == ["stored"] * 500
    assert [a["outcome"] for a in again] == ["duplicate"] * 500
    assert CareEvent.all_rows.count() == 500
    assert took < 10
