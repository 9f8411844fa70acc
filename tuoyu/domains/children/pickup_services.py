"""接送码与代接码的写入。"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from tuoyu.core import clock, rls
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children import rules
from tuoyu.domains.children.models import Child, Guardian, Guardianship, PickupCode
from tuoyu.domains.children.pickup_selectors import day_salt, list_pickup_codes

DAYS_AHEAD = 7
LIVE_CODES = 5


def ensure_secret(guardian: Guardian) -> bytes:
    """接送码密钥：made on first need, sealed at rest."""
    if not guardian.code_secret:
        made = rules.to_text(secrets.token_bytes(32))
        Guardian.all_rows.filter(pk=guardian.pk, code_secret=None).update(code_secret=made)
        guardian.refresh_from_db(fields=["code_secret"])
    return rules.to_bytes(str(guardian.code_secret))


def guardian_qr(*, guardian: Guardian, at: datetime) -> str:
    """监护人此刻的接送码文字（30 秒一换）。"""
    return rules.qr_text(guardian.pk, ensure_secret(guardian), at, clock.day_of(at))


def make_pickup_code(
    *,
    scope: Scope,
    child_ids: Sequence[int],
    guardian_id: int,
    bearer: str,
    valid_on: date,
    at: datetime,
) -> str:
    """生成代接码：six digits for one day, one row a child; shown once, never stored in clear."""
    today = clock.day_of(at)
    if not bearer.strip():
        raise DomainError("no-bearer", "请写明由谁来接，老师要按姓名核对证件")
    if not today <= valid_on <= today + timedelta(days=DAYS_AHEAD):
        raise DomainError("bad-day", f"代接日期应在今天起 {DAYS_AHEAD} 天之内，请重新选择")
    children = [_own_child(scope, c, guardian_id, valid_on) for c in sorted(set(child_ids))]
    places = {c.institution_id for c in children}
    institution_id = next(iter(places)) if len(places) == 1 else None
    if institution_id is None:
        raise DomainError("two-places", "几个孩子不在同一家机构，请分别生成代接码")
    with transaction.atomic():
        code = _free_code(scope, children, institution_id, valid_on)
        digest = rules.code_hash(day_salt(institution_id, valid_on), code)
        PickupCode.all_rows.bulk_create(
            PickupCode(
                child=child,
                institution_id=institution_id,
                region_code=child.region_code,
                code_index=digest,
                bearer=bearer.strip()[:40],
                valid_on=valid_on,
                made_by_id=guardian_id,
                made_at=at,
            )
            for child in children
        )
    return code


def cancel_pickup_code(*, scope: Scope, code_id: int, at: datetime) -> None:
    """作废代接码；siblings of the same code go with it."""
    row = PickupCode.objects.visible_to(scope).filter(pk=code_id).first()
    if row is None:
        raise NotFound
    PickupCode.objects.visible_to(scope).filter(
        code_index=bytes(row.code_index), valid_on=row.valid_on, cancelled_at=None
    ).update(cancelled_at=at)


def _own_child(scope: Scope, child_id: int, guardian_id: int, day: date) -> Child:
    child = Child.objects.visible_to(scope).filter(pk=child_id).first()
    if child is None:
        raise NotFound
    relation = Guardianship.objects.visible_to(scope).filter(
        child_id=child_id, guardian_id=guardian_id, is_guardian=True, is_blocked=False
    )
    if not relation.filter(from_on__lte=day).exclude(to_on__lte=day).exists():
        raise DomainError("not-guardian", "只有监护人可以生成代接码，请由监护人操作")
    return child


def _free_code(scope: Scope, children: Sequence[Child], institution_id: int, day: date) -> str:
    """A code that nobody of this institution has on that day."""
    rows = list(list_pickup_codes(scope, [c.pk for c in children], day))
    for child in children:
        live = [r for r in rows if r.child_id == child.pk and not (r.cancelled_at or r.used_at)]
        if len(live) >= LIVE_CODES:
            raise DomainError(
                "too-many", f"当日已有 {LIVE_CODES} 个有效代接码，请先作废不用的再生成"
            )
    with rls.as_system("代接码在一个机构一天内不重复，家长看不到别家的码"):
        every = PickupCode.all_rows.filter(institution_id=institution_id, valid_on=day)
        taken = {bytes(index) for index in every.values_list("code_index", flat=True)}
    salt = day_salt(institution_id, day)
    while True:
        code = f"{secrets.randbelow(1_000_000):06d}"
        if rules.code_hash(salt, code) not in taken:
            return code
