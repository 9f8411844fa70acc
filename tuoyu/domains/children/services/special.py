"""特殊家庭身份的登记与核验。依据：泉卫规〔2024〕2号 二(二)5。"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child, SpecialStatus


@transaction.atomic
def declare_status(
    *,
    child: Child,
    kind: str,
    evidence: str,
    from_on: date,
    to_on: date | None = None,
    evidence_file_id: int | None = None,
) -> SpecialStatus:
    """登记一项身份；it counts only after it is verified."""
    if kind not in SpecialStatus.Kind.values:
        raise DomainError("kind", "没有这类特殊家庭身份，请从名单里选")
    if not evidence.strip():
        raise DomainError("no-evidence", "须写明佐证材料（证件名称与编号），请补写后再提交")
    if to_on is not None and to_on <= from_on:
        raise DomainError("period", f"止日 {to_on} 应晚于起日 {from_on}，请改正")
    return SpecialStatus.all_rows.create(
        child=child,
        institution_id=child.institution_id,
        region_code=child.region_code,
        kind=kind,
        evidence=evidence.strip(),
        evidence_file_id=evidence_file_id,
        from_on=from_on,
        to_on=to_on,
    )


@transaction.atomic
def verify_status(*, scope: Scope, status_id: int, by: int, at: datetime) -> None:
    """核验通过；once."""
    rows = SpecialStatus.objects.visible_to(scope).select_for_update()
    row = rows.filter(pk=status_id).first()
    if row is None:
        raise NotFound
    if row.verified_at is not None:
        raise DomainError("verified", "这项身份已核验，无须再办；请刷新页面查看")
    row.verified_by, row.verified_at = by, at
    row.save(update_fields=["verified_by", "verified_at"])
