"""配对与停用。"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from tuoyu.core import crypto
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.devices.models import Device, PairingCode, PairingTry
from tuoyu.domains.devices.rules import read_public_key
from tuoyu.domains.devices.selectors import forget
from tuoyu.domains.institutions.models import Institution

CODE_LIVES = timedelta(minutes=10)
TRIES_OF_ONE = 5
TRIES_OF_ALL = 50


def make_pairing_code(*, scope: Scope, institution_id: int, by: int, at: datetime) -> str:
    """生成配对码：eight digits, shown once to the director; an earlier unused one stops working."""
    inst = Institution.objects.visible_to(scope).filter(pk=institution_id).first()
    if inst is None:
        raise NotFound
    PairingCode.all_rows.filter(institution=inst, used_at=None, expires_at__gt=at).update(
        expires_at=at
    )
    code = f"{secrets.randbelow(100_000_000):08d}"
    PairingCode.all_rows.filter(code_index=_index(code)).delete()  # an old one of the same digits
    PairingCode.all_rows.create(
        institution=inst,
        region_code=inst.region_code,
        code_index=_index(code),
        made_by=by,
        expires_at=at + CODE_LIVES,
    )
    return code


def pair_device(*, code: str, name: str, public_key: bytes, source: str, at: datetime) -> Device:
    """配对：the code is used up; a wrong one is counted against its source."""
    if not name.strip():
        raise DomainError("no-name", "请给设备起个名字，如“前门平板”，方便日后停用")
    try:
        read_public_key(public_key)
    except ValueError as error:
        raise DomainError("bad-key", "设备公钥不合格，请刷新页面后重新配对") from error
    source_index = crypto.blind_index(f"pair-source:{source}")
    _check_tries(source_index, at)
    with transaction.atomic():
        row = (
            PairingCode.objects.unscoped(reason="配对码本身就是凭证")
            .select_for_update()
            .filter(code_index=_index(code), used_at=None, expires_at__gt=at)
            .first()
        )
        if row is not None:
            row.used_at = at
            row.save(update_fields=["used_at"])
            return Device.all_rows.create(
                institution_id=row.institution_id,
                region_code=row.region_code,
                name=name.strip()[:40],
                public_key=public_key,
                paired_at=at,
                seen_at=at,
            )
    PairingTry.objects.create(source_index=source_index, at=at)
    raise DomainError("bad-code", "配对码不对、已用过或已过期，请园长重新生成一个")


def revoke_device(*, scope: Scope, device_id: uuid.UUID, at: datetime) -> Device:
    """停用设备；what it sent before stays."""
    device = Device.objects.visible_to(scope).filter(pk=device_id).first()
    if device is None:
        raise NotFound
    if device.revoked_at is None:
        device.revoked_at = at
        device.save(update_fields=["revoked_at"])
    transaction.on_commit(lambda: forget(device_id))
    return device


def _index(code: str) -> bytes:
    return crypto.blind_index(f"pair:{code}")


def _check_tries(source_index: bytes, at: datetime) -> None:
    """The window is shared by all institutions: a guesser does not know whose code it guesses."""
    since = at - CODE_LIVES
    PairingTry.objects.filter(at__lt=since).delete()
    tries = PairingTry.objects.filter(at__gte=since)
    if tries.filter(source_index=source_index).count() >= TRIES_OF_ONE or (
        tries.count() >= TRIES_OF_ALL
    ):
        raise DomainError("too-many", "配对码试错太多，请 10 分钟后再试，或请园长当面核对数字")
