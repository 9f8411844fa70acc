"""班级平板的接口：the same pairing, signatures and packets as at the door."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tuoyu.core.scope import Scope
from tuoyu.domains.care.selectors.state import build_state
from tuoyu.domains.care.services import MAX_BYTES, Sender, receive, unlock
from tuoyu.domains.children.rules import to_bytes
from tuoyu.domains.devices.rules import is_signed
from tuoyu.domains.devices.selectors import DoorDevice, find_door_device
from tuoyu.domains.institutions.models import Institution

__all__ = ["MAX_BYTES", "room_events", "room_state", "room_unlock"]


def room_state(device: DoorDevice, now: datetime) -> dict[str, Any]:
    """班级页内容。"""
    scope = Scope(kind="institutions", institution_ids=frozenset({device.institution_id}))
    inst = Institution.objects.visible_to(scope).get(pk=device.institution_id)
    return build_state(scope, inst, now)


def room_events(device_id: str, body: bytes, now: datetime) -> list[dict[str, str | None]] | None:
    """收一批班上事件；None for a device that is not paired."""
    try:
        device = find_door_device(uuid.UUID(device_id), now)
    except ValueError:
        return None
    if device is None:
        return None
    sender = Sender(device.institution_id, device.id, _checker(device))
    return receive(sender=sender, body=body, at=now)


def _checker(device: DoorDevice) -> Callable[[str, object], bool]:
    def check(body: str, signature: object) -> bool:
        try:
            given = to_bytes(signature) if isinstance(signature, str) else b""
            return is_signed(device.key, body.encode(), given)
        except ValueError:
            return False

    return check


def room_unlock(device: DoorDevice, user: int, pin: str, now: datetime) -> str:
    """核对口令，给出凭据。"""
    return unlock(
        institution_id=device.institution_id,
        device_id=device.id,
        user_id=user,
        pin=pin,
        at=now,
    )
