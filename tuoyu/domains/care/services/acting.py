"""班级平板的经手人：a face and four digits; who acted stands on every event.

The PIN opens nothing but a paired tablet of the same institution, so four digits with a lock after
five wrong tries are enough; it is kept as a slow hash. What a tablet gets for a right PIN is a
proof that binds person and device; the tablet keeps it enciphered under the PIN, so that it can be
unlocked without network, and every event carries it.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from tuoyu.core import crypto
from tuoyu.core.errors import DomainError
from tuoyu.domains.care.models import ActingPin
from tuoyu.domains.care.selectors.people import list_actors
from tuoyu.domains.institutions.models import Institution

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
_EASY = frozenset({"1234", "4321", "0123", "2580"})


def set_pin(*, institution_id: int, user_id: int, pin: str, again: str, at: datetime) -> None:
    """设定本人的口令；an earlier one stops working, and a lock is lifted."""
    if not (len(pin) == 4 and pin.isascii() and pin.isdigit()):
        raise DomainError("pin", "口令应是 4 位数字，请重新输入")
    if pin != again:
        raise DomainError("pin", "两次输入不一样，请重新输入")
    if len(set(pin)) == 1 or pin in _EASY:
        raise DomainError("pin", "这个口令太容易猜，请换成不连续、不重复的 4 位数字")
    region = Institution.objects.unscoped(reason="机构信息公开").values_list(
        "region_code", flat=True
    )
    ActingPin.all_rows.update_or_create(
        user_id=user_id,
        defaults={
            "institution_id": institution_id,
            "region_code": region.get(pk=institution_id),
            "secret_hash": make_password(pin),
            "set_at": at,
            "wrong": 0,
            "locked_until": None,
        },
    )


def unlock(
    *, institution_id: int, device_id: uuid.UUID, user_id: int, pin: str, at: datetime
) -> str:
    """核对口令，给出凭据；a wrong try is counted even though the answer is a refusal."""
    with transaction.atomic():
        row = (
            ActingPin.all_rows.select_for_update()
            .filter(user_id=user_id, institution_id=institution_id)
            .first()
        )
        fault = _try(row, pin, at)
    if fault is not None:
        raise fault
    if user_id not in {a.user_id for a in list_actors(institution_id, at)}:
        raise DomainError("not-here", "这个账号已不在本机构任职，请选自己的头像")
    return proof_of(device_id, user_id)


def _try(row: ActingPin | None, pin: str, at: datetime) -> DomainError | None:
    if row is None:
        return DomainError("no-pin", "还没有设口令，请本人登录后在「班级口令」里设 4 位数字")
    if row.locked_until and row.locked_until > at:
        left = int((row.locked_until - at).total_seconds() // 60) + 1
        return DomainError("locked-out", f"连续输错，已锁定，请 {left} 分钟后再试或由本人重设口令")
    if check_password(pin, row.secret_hash):
        if row.wrong or row.locked_until:
            row.wrong, row.locked_until = 0, None
            row.save(update_fields=["wrong", "locked_until"])
        return None
    row.wrong += 1
    left = TRIES - row.wrong
    if left <= 0:
        row.wrong, row.locked_until = 0, at + LOCKED_FOR
    row.save(update_fields=["wrong", "locked_until"])
    if left <= 0:
        return DomainError("locked-out", "连续输错 5 次，已锁定 15 分钟；可由本人登录后重设口令")
    return DomainError("wrong-pin", f"口令不对，还可以再试 {left} 次")


def proof_of(device_id: uuid.UUID, user_id: int) -> str:
    """凭据：this person has unlocked this device."""
    return crypto.blind_index(f"care-acting|{device_id}|{user_id}").hex()


def is_proven(device_id: uuid.UUID, user_id: int, proof: object) -> bool:
    """凭据是否属实。"""
    given = proof.encode() if isinstance(proof, str) and proof.isascii() else b""
    return crypto.same(given, proof_of(device_id, user_id).encode())
