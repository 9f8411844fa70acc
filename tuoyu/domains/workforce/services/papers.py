"""证书与从业查询的登记：a renewal is a new row, what was entered stays."""

from __future__ import annotations

from datetime import date, datetime

from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.workforce.models import BackgroundCheck, Certificate, CertificateKind
from tuoyu.domains.workforce.selectors.people import access_staff


def add_certificate(
    *,
    scope: Scope,
    staff_id: int,
    kind: str,
    number: str,
    issued_on: date,
    expires_on: date | None,
    today: date,
) -> Certificate:
    """登记证书或换证。"""
    staff = access_staff(scope, staff_id)
    if issued_on > today:
        raise DomainError("issued", f"发证日期 {issued_on} 晚于今天，请核对")
    if expires_on is not None and expires_on <= issued_on:
        raise DomainError("expires", f"到期日期 {expires_on} 应晚于发证日期 {issued_on}，请核对")
    if kind == CertificateKind.HEALTH and expires_on is None:
        raise DomainError("no-end", "健康合格证有期限，请填到期日期")
    if Certificate.all_rows.filter(staff=staff, kind=kind, number=number).exists():
        raise DomainError("twice", f"{staff.name}已登记过编号 {number} 的这种证书，请核对编号")
    return Certificate.all_rows.create(
        staff=staff,
        institution_id=staff.institution_id,
        region_code=staff.region_code,
        kind=CertificateKind(kind),
        number=number,
        issued_on=issued_on,
        expires_on=expires_on,
    )


def record_check(
    *,
    scope: Scope,
    staff_id: int,
    checked_on: date,
    agency: str,
    result: str,
    by_name: str,
    at: datetime,
    today: date,
) -> BackgroundCheck:
    """登记从业查询；the result is sealed."""
    staff = access_staff(scope, staff_id)
    if checked_on > today:
        raise DomainError("date", f"查询日期 {checked_on} 晚于今天，请核对")
    return BackgroundCheck.all_rows.create(
        staff=staff,
        institution_id=staff.institution_id,
        region_code=staff.region_code,
        checked_on=checked_on,
        agency=agency,
        result=BackgroundCheck.Result(result).value,
        made_at=at,
        made_by_name=by_name,
    )
