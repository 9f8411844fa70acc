"""设备的读取；the door's own look-up is kept in memory."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import models

from tuoyu.core.scope import Scope
from tuoyu.domains.devices.models import Device
from tuoyu.domains.devices.rules import PublicKey, read_public_key

SWEEP_EVERY = timedelta(seconds=4)  # a revoked device is refused within five seconds
REMEMBER_FOR = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
_MARGIN = timedelta(minutes=1)  # the clocks of two machines may differ
_READ = (
    "institution_id",
    "region_code",
    "institution__opens_at",
    "institution__closes_at",
    "public_key",
    "seen_at",
)


@dataclass(frozen=True)
class DoorDevice:
    """门口设备（验签所需）。"""

    id: uuid.UUID
    institution_id: int
    region_code: str
    opens_at: time
    closes_at: time
    key: PublicKey
    read_at: datetime


class _Memory:
    """本进程记得的设备。Keys are kept; who was revoked is asked for every few seconds."""

    def __init__(self) -> None:
        self.known: dict[uuid.UUID, DoorDevice] = {}
        self.swept_at: datetime | None = None

    def sweep(self, now: datetime) -> None:
        last = self.swept_at
        if last is not None and timedelta(0) <= now - last < SWEEP_EVERY:
            return
        if last is None or not timedelta(0) <= now - last < REMEMBER_FOR:
            self.known.clear()
        elif self.known:
            revoked = Device.objects.unscoped(reason="设备凭签名自证，据此定其机构").filter(
                revoked_at__gte=last - _MARGIN
            )
            for device_id in revoked.values_list("pk", flat=True):
                self.known.pop(device_id, None)
        self.swept_at = now


_memory = _Memory()


def find_door_device(device_id: uuid.UUID, now: datetime) -> DoorDevice | None:
    """已配对、未停用的设备；None for any other."""
    _memory.sweep(now)
    found = _memory.known.get(device_id)
    if found is not None and now - found.read_at < REMEMBER_FOR:
        return found
    row = (
        Device.objects.unscoped(reason="设备凭签名自证，据此定其机构")
        .filter(pk=device_id, revoked_at=None)
        .values_list(*_READ)
        .first()
    )
    if row is None:
        _memory.known.pop(device_id, None)
        return None
    institution_id, region_code, opens_at, closes_at, key, seen_at = row
    if seen_at is None or now - seen_at > SEEN_EVERY:
        Device.all_rows.filter(pk=device_id).update(seen_at=now)
    found = DoorDevice(
        device_id,
        institution_id,
        region_code,
        opens_at,
        closes_at,
        read_public_key(bytes(key)),
        now,
    )
    _memory.known[device_id] = found
    return found


def forget(device_id: uuid.UUID) -> None:
    """不再凭记忆采信（停用时）。"""
    _memory.known.pop(device_id, None)


def list_devices(scope: Scope) -> models.QuerySet[Device]:
    """设备一览：in use first."""
    return Device.objects.visible_to(scope).order_by("revoked_at", "-paired_at")
