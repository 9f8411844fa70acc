"""特殊家庭身份的登记与核验。依据：泉卫规〔2024〕2号 二(二)5。"""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.models import StoredFile
from tuoyu.core.files.services import open_file, store
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
def declare_with_file(
    *,
    child: Child,
    kind: str,
    evidence: str,
    from_on: date,
    to_on: date | None,
    upload: UploadedFile[bytes],
    by: int,
    at: datetime,
) -> SpecialStatus:
    """登记一项身份，附佐证材料；the file is stored only after the rest has been judged."""
    row = declare_status(child=child, kind=kind, evidence=evidence, from_on=from_on, to_on=to_on)
    stored = store(
        upload=upload,
        purpose="special_status",
        institution_id=row.institution_id,
        region_code=row.region_code,
        by=by,
        at=at,
    )
    row.evidence_file_id = stored.pk
    row.save(update_fields=["evidence_file_id"])
    return row


def open_evidence(scope: Scope, status_id: int) -> tuple[SpecialStatus, StoredFile, bytes]:
    """取佐证附件；a foreign status, or one without a file, is not found."""
    row = SpecialStatus.objects.visible_to(scope).filter(pk=status_id).first()
    if row is None or row.evidence_file_id is None:
        raise NotFound
    return row, *open_file(scope, row.evidence_file_id)


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
