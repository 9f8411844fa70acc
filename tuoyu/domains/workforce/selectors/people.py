"""从业人员与证书的读取。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.workforce.models import (
    CARE_KINDS,
    Certificate,
    CertificateKind,
    Post,
    Staff,
)

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
            [_certificate(c, on) for c in _latest(s.certificates.all())],
        )
        for s in rows.prefetch_related(held)
    ]


def _latest(rows: Iterable[Certificate]) -> list[Certificate]:
    """每种证书只看最晚到期的一本：a renewed one is no longer a worry."""
    found: dict[tuple[int, str], Certificate] = {}
    for row in rows:
        key = row.staff_id, row.kind
        if key not in found or _end(row) > _end(found[key]):
            found[key] = row
    return list(found.values())


def _end(row: Certificate) -> date:
    return row.expires_on or date.max


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
    id: int


def list_expiring(scope: Scope, on: date, within: int = 60) -> list[Expiring]:
    """若干天内到期（含已到期）的证书，soonest first; a person who has left is not asked."""
    staff = working(Staff.objects.visible_to(scope), on)
    rows = Certificate.objects.visible_to(scope).filter(staff__in=staff).select_related("staff")
    latest = [c for c in _latest(rows.order_by("id")) if _end(c) <= on + timedelta(days=within)]
    return [_expiring(c, on) for c in sorted(latest, key=lambda c: (_end(c), c.pk))]


def _expiring(c: Certificate, on: date) -> Expiring:
    post = Post(c.staff.post).label
    return Expiring(c.staff_id, c.staff.name, post, c.institution_id, _certificate(c, on), c.pk)


def untrained(scope: Scope, on: date) -> QuerySet[Staff]:
    """本年度尚未轮训的人员。"""
    rows = working(Staff.objects.visible_to(scope), on)
    rows = rows.filter(Q(trained_on=None) | Q(trained_on__lt=date(on.year, 1, 1)))
    return rows.select_related("institution").order_by("institution__name", "id")


def count_staff(scope: Scope, on: date) -> int:
    """在册人数。"""
    return working(Staff.objects.visible_to(scope), on).count()


Employed = tuple[int, date, date | None]  # who, since, until


def list_counted(
    scope: Scope, institution_id: int, on: date, people: list[Employed] | None = None
) -> set[int]:
    """当日可计入师幼比的人员。"""
    return counted_on(scope, institution_id, [on], people)[on]


def counted_on(
    scope: Scope,
    institution_id: int,
    days: Iterable[date],
    people: list[Employed] | None = None,
) -> dict[date, set[int]]:
    """各日可计入师幼比的人员，in two queries; one where the page has read its ``people`` already.

    A care certificate in force, and no health card that has run out. Someone whose health card was
    never entered still counts and is shown as missing: a gap in the books is not an expiry.
    """
    kinds = (*CARE_KINDS, CertificateKind.HEALTH)
    papers = list(
        Certificate.objects.visible_to(scope)
        .filter(institution_id=institution_id, kind__in=kinds)
        .values_list("staff_id", "kind", "issued_on", "expires_on")
    )
    if people is None:
        staff = Staff.objects.visible_to(scope).filter(institution_id=institution_id)
        people = list(staff.values_list("pk", "hired_on", "left_on"))
    return {day: _counted(papers, people, day) for day in days}


def _counted(
    papers: list[tuple[int, str, date, date | None]],
    people: list[tuple[int, date, date | None]],
    day: date,
) -> set[int]:
    held = [(staff, kind, ends) for staff, kind, issued, ends in papers if issued <= day]
    lasting = {(staff, kind) for staff, kind, ends in held if ends is None or ends > day}
    run_out = {staff for staff, kind, _ in held if kind == CertificateKind.HEALTH}
    run_out -= {staff for staff, kind in lasting if kind == CertificateKind.HEALTH}
    able = {staff for staff, kind in lasting if kind != CertificateKind.HEALTH}
    here = {pk for pk, hired, left in people if hired <= day and (left is None or left > day)}
    return (able - run_out) & here


def access_staff(scope: Scope, staff_id: int) -> Staff:
    """取一名在册人员。"""
    found = Staff.objects.visible_to(scope).filter(pk=staff_id, left_on=None).first()
    if found is None:
        raise NotFound
    return found


def staff_of_user(scope: Scope, user_id: int | None) -> Staff | None:
    """本人在本机构的人员档案。"""
    if user_id is None:
        return None
    return Staff.objects.visible_to(scope).filter(user_id=user_id, left_on=None).first()
