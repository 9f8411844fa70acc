"""监护与接送关系的写入：add, end, block, lift a block."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child, Guardian, Guardianship


@transaction.atomic
def relate_guardian(
    *,
    child: Child,
    guardian: Guardian,
    relation: str,
    from_on: date,
    is_guardian: bool = True,
    can_pick_up: bool = True,
) -> Guardianship:
    """登记一名监护人或接送人；a known pair is brought up to date, and a block on it stays."""
    if relation not in Guardianship.Relation.values:
        raise DomainError("relation", "没有这种关系，请从名单里选")
    row, _ = Guardianship.all_rows.update_or_create(
        child=child,
        guardian=guardian,
        defaults={
            "institution_id": child.institution_id,
            "region_code": child.region_code,
            "relation": relation,
            "is_guardian": is_guardian,
            "can_pick_up": can_pick_up,
            "from_on": from_on,
            "to_on": None,
        },
    )
    return row


def end_relation(*, scope: Scope, guardianship_id: int, on: date) -> None:
    """终止一段关系（自 ``on`` 起无效）。"""
    row = _mine(scope, guardianship_id)
    row.to_on = on
    row.save(update_fields=["to_on"])


def block_pickup(*, scope: Scope, guardianship_id: int, reason: str) -> None:
    """禁止接走：stands above every other right, and the person no longer sees the child."""
    if not reason.strip():
        raise DomainError("no-reason", "禁止接走须写明依据（如法院文书号），请补写后再提交")
    row = _mine(scope, guardianship_id)
    row.is_blocked, row.block_reason = True, reason.strip()
    row.save(update_fields=["is_blocked", "block_reason"])


def lift_block(*, scope: Scope, guardianship_id: int, reason: str) -> None:
    """解除禁止；the reason goes to the 操作日志 by the page."""
    if not reason.strip():
        raise DomainError("no-reason", "解除禁止须写明依据，请补写后再提交")
    row = _mine(scope, guardianship_id)
    row.is_blocked, row.block_reason = False, None
    row.save(update_fields=["is_blocked", "block_reason"])


def _mine(scope: Scope, guardianship_id: int) -> Guardianship:
    rows = Guardianship.objects.visible_to(scope).select_for_update()
    row = rows.filter(pk=guardianship_id).first()
    if row is None:
        raise NotFound
    return row
