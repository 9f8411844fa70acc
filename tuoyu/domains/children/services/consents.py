"""监护人同意：给予与撤回；the rows stay, so that the history can be read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core.errors import DomainError
from tuoyu.domains.children.models import Child, Consent, Guardian


@transaction.atomic
def grant_consent(*, child: Child, guardian: Guardian, purpose: str, at: datetime) -> Consent:
    """同意一项用途；asking again while it stands changes nothing."""
    check_purpose(purpose)
    standing = _standing(child, guardian, purpose)
    if standing is not None:
        return standing
    return Consent.all_rows.create(
        child=child,
        institution_id=child.institution_id,
        region_code=child.region_code,
        guardian=guardian,
        purpose=purpose,
        granted_at=at,
    )


@transaction.atomic
def withdraw_consent(*, child: Child, guardian: Guardian, purpose: str, at: datetime) -> None:
    """撤回一项同意；one tap, no reason asked (个人信息保护法第十五条)."""
    check_purpose(purpose)
    standing = _standing(child, guardian, purpose)
    if standing is None:
        raise DomainError("no-consent", "这一项没有生效的同意，无须撤回；请刷新页面查看")
    standing.withdrawn_at = at
    standing.save(update_fields=["withdrawn_at"])


def check_purpose(purpose: str) -> None:
    """用途须在名单内。"""
    if purpose not in Consent.Purpose.values:
        raise DomainError("purpose", "没有这项用途，请刷新页面后再选")


def _standing(child: Child, guardian: Guardian, purpose: str) -> Consent | None:
    rows = Consent.all_rows.select_for_update().filter(
        child=child, guardian=guardian, purpose=purpose, withdrawn_at=None
    )
    return rows.order_by("-granted_at").first()
