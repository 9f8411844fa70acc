"""园长放行：the recorded way out when a pick-up was refused in red."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import push_live
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import Release
from tuoyu.domains.children.models import Child


def grant_release(
    *,
    scope: Scope,
    child_id: int,
    bearer: str,
    document: str,
    reason: str,
    refused_because: str,
    by: int,
    by_name: str,
    at: datetime,
) -> Release:
    """登记放行：the next leaving of this child with method ``release`` within 30 minutes passes."""
    child = Child.objects.visible_to(scope).filter(pk=child_id).first()
    if child is None or child.institution_id is None:
        raise NotFound
    if not bearer.strip():
        raise DomainError("no-bearer", "请写明接走人的姓名")
    if not document.strip():
        raise DomainError("no-document", "请核对接走人的证件并写明证件种类和末四位")
    if not reason.strip():
        raise DomainError("no-reason", "请写明放行理由，如已与监护人电话核实")
    made = Release.all_rows.create(
        child_id=child.pk,
        institution_id=child.institution_id,
        region_code=child.region_code,
        at=at,
        refused_because=refused_because[:80],
        bearer=bearer.strip()[:40],
        document=document.strip(),
        reason=reason.strip()[:200],
        released_by=by,
        released_by_name=by_name[:80],
    )
    push_live([f"institution:{child.institution_id}", f"child:{child.pk}"], "release")
    return made
