"""投诉的读取。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from tuoyu.core import crypto, rls
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.complaints import rules
from tuoyu.domains.complaints.models import Complainant, Complaint, Term
from tuoyu.domains.complaints.states import TYPE
from tuoyu.domains.institutions.models import Institution

OWN = "投诉人看自己的投诉"


@dataclass(frozen=True)
class Row:
    """投诉一行。"""

    complaint: Complaint
    case: Case
    about: str
    person: Complainant | None = None


def list_complaints(scope: Scope, state: str = "") -> QuerySet[Complaint]:
    """看得到的投诉，newest first."""
    rows = Complaint.objects.visible_to(scope)
    if state:
        cases = Case.all_rows.filter(type=TYPE, state=state)
        rows = rows.filter(pk__in=cases.values("subject_id"))
    return rows.order_by("-made_at", "-id")


def rows_of(found: Sequence[Complaint], people: Iterable[Complainant] = ()) -> list[Row]:
    """配上办件与机构名；the caller has already been allowed to see the complaints."""
    with rls.as_system("看得到投诉的人也看得到它办到哪一步"):
        cases = {
            c.subject_id: c
            for c in Case.all_rows.filter(type=TYPE, subject_id__in=[c.pk for c in found])
        }
    names = dict(
        Institution.objects.unscoped(reason="机构信息公开")
        .filter(pk__in=[c.about_id for c in found if c.about_id])
        .values_list("id", "name")
    )
    known = {p.complaint_id: p for p in people}
    return [
        Row(c, cases[c.pk], names.get(c.about_id or 0, "未指明机构"), known.get(c.pk))
        for c in found
    ]


def access_complaint(scope: Scope, complaint_id: int) -> Complaint:
    """看得到的一件。"""
    found = Complaint.objects.visible_to(scope).filter(pk=complaint_id).first()
    if found is None:
        raise NotFound
    return found


def person_of(scope: Scope, found: Complaint) -> Complainant | None:
    """投诉人；None when this reader may not know."""
    return Complainant.objects.visible_to(scope).filter(complaint_id=found.pk).first()


def case_of(found: Complaint) -> Case:
    """办件。"""
    case = Case.all_rows.filter(type=TYPE, subject_id=found.pk).first()
    if case is None:
        raise NotFound
    return case


def steps_of(found: Complaint) -> list[CaseStep]:
    """办理经过：also what was done before it could be seen here."""
    with rls.as_system("看得到投诉的人也看得到它的经过"):
        return list(CaseStep.objects.filter(case__type=TYPE, case__subject_id=found.pk))


def list_mine(by: Actor) -> list[Row]:
    """自己提出的投诉：by account, not by child — the other guardian does not see it."""
    with rls.as_system(OWN):
        mine = list(
            Complainant.all_rows.filter(user_id=by.user_id or 0)
            .select_related("complaint")
            .order_by("-complaint__made_at", "-id")[:50]
        )
    return rows_of([p.complaint for p in mine], mine)


def access_mine(by: Actor, complaint_id: int) -> Complaint:
    """自己的一件。"""
    with rls.as_system(OWN):
        found = (
            Complainant.all_rows.filter(user_id=by.user_id or 0, complaint_id=complaint_id)
            .select_related("complaint")
            .first()
        )
    if found is None or by.user_id is None:
        raise NotFound
    return found.complaint


def find_by_ticket(number: str, secret: str) -> Complaint | None:
    """凭受理编号与查询码查：both or nothing."""
    number, secret = number.strip().upper(), rules.clean_secret(secret)
    with rls.as_system("没有账号的投诉人凭编号与查询码看答复"):
        found = (
            Complainant.all_rows.filter(complaint__number=number, secret_index__isnull=False)
            .select_related("complaint")
            .first()
        )
    if found is None or found.secret_index is None:
        return None
    wanted = crypto.blind_index(f"complaint:{number}:{secret}")
    return found.complaint if crypto.same(bytes(found.secret_index), wanted) else None


def find_term(region_code: str) -> Term | None:
    """答复期限；None while the county has not set one."""
    with rls.as_system("答复期限人人可知"):
        return Term.all_rows.filter(pk=region_code).first()
