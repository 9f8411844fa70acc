"""从业人员与证书的读取。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.workforce.models import Certificate, CertificateKind, Post, Staff

SOON = (7, 30, 60)


@dataclass(frozen=True)
class CertificateRow:
    """证书一行。``days_left`` is negative once it has run out; None means no end."""

    title: str
    number: str
    expires_on: date | None
    days_left: int | None

    @property
    def tone(self) -> str:
        if self.days_left is None:
            return "ok"
        return "danger" if self.days_left <= 7 else "warn" if self.days_left <= 60 else "ok"

    @property
    def text(self) -> str:
        if self.days_left is None:
            return "长期有效"
        if self.days_left <= 0:
            return "已到期"
        return f"剩 {self.days_left} 天" if self.days_left <= 60 else "有效"


@dataclass(frozen=True)
class StaffRow:
    """人员一行。"""

    id: int
    institution_id: int
    name: str
    post: str
    hired_on: date
    trained_on: date | None
    certificates: list[CertificateRow]


def working(rows: QuerySet[Staff], on: date) -> QuerySet[Staff]:
    """某日在岗在册的人员。"""
    return rows.filter(hired_on__lte=on).filter(Q(left_on=None) | Q(left_on__gt=on))


def list_staff(institution: Institution, on: date) -> list[StaffRow]:
    """一家机构的人员与证书。"""
    rows = working(Staff.all_rows.filter(institution=institution), on).order_by("post", "id")
    return _rows(rows, on)


def _rows(rows: QuerySet[Staff], on: date) -> list[StaffRow]:
    held = Prefetch("certificates", queryset=Certificate.all_rows.order_by("kind", "-expires_on"))
    return [
        StaffRow(
            s.pk,
            s.institution_id,
            s.name,
            Post(s.post).label,
            s.hired_on,
            s.trained_on,
            [_certificate(c, on) for c in s.certificates.all()],
        )
        for s in rows.prefetch_related(held)
    ]


def _certificate(c: Certificate, on: date) -> CertificateRow:
    left = None if c.expires_on is None else (c.expires_on - on).days
    return CertificateRow(CertificateKind(c.kind).label, c.number, c.expires_on, left)


@dataclass(frozen=True)
class Expiring:
    """将到期的证书。"""

    staff_id: int
    staff: str
    post: str
    institution_id: int
    certificate: CertificateRow


def list_expiring(scope: Scope, on: date, within: int = 60) -> list[Expiring]:
    """若干天内到期（含已到期）的证书，soonest first; a person who has left is not asked."""
    staff = working(Staff.objects.visible_to(scope), on)
    rows = Certificate.objects.visible_to(scope).filter(
        staff__in=staff, expires_on__lte=on + timedelta(days=within)
    )
    rows = rows.select_related("staff").order_by("expires_on", "id")
    return [_expiring(c, on) for c in rows]


def _expiring(c: Certificate, on: date) -> Expiring:
    post = Post(c.staff.post).label
    return Expiring(c.staff_id, c.staff.name, post, c.institution_id, _certificate(c, on))


def untrained(scope: Scope, on: date) -> QuerySet[Staff]:
    """本年度尚未轮训的人员。"""
    rows = working(Staff.objects.visible_to(scope), on)
    rows = rows.filter(Q(trained_on=None) | Q(trained_on__lt=date(on.year, 1, 1)))
    return rows.select_related("institution").order_by("institution__name", "id")


def count_staff(scope: Scope, on: date) -> int:
    """在册人数。"""
    return working(Staff.objects.visible_to(scope), on).count()
