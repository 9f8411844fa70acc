"""核验事项：lists, one with its evidence, and what is open against a settlement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.checks.models import CheckHit, Finding
from tuoyu.domains.checks.rules import RULES, Rule
from tuoyu.domains.checks.states import TYPE, WAITING
from tuoyu.domains.institutions.models import Institution


def list_months(scope: Scope) -> list[date]:
    """有核验事项的月份，新的在前。"""
    rows = Finding.objects.visible_to(scope).order_by("-month")
    return list(rows.values_list("month", flat=True).distinct())


def list_cases(
    scope: Scope,
    *,
    month: date | None = None,
    rule: str = "",
    county: str = "",
    state: str = "",
    only_asked: bool = False,
) -> QuerySet[Case]:
    """核验事项的办件，先到期的在前；``only_asked``: the institution sees what it was asked."""
    own = Finding.objects.visible_to(scope)
    if month is not None:
        own = own.filter(month=month)
    if rule:
        own = own.filter(rule=rule)
    if only_asked:
        own = own.exclude(question="")
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id__in=own.values("pk"))
    if county:
        rows = rows.filter(region_code__startswith=county)
    if state:
        rows = rows.filter(state=state)
    return rows.order_by(F("due_at").asc(nulls_last=True), "-opened_at", "title", "pk")


@dataclass(frozen=True)
class Listed:
    """名单的一行。"""

    case: Case
    finding: Finding
    rule: Rule
    institution_name: str


def with_findings(scope: Scope, cases: Sequence[Case]) -> list[Listed]:
    """一页办件各配上事项与机构名（两次查询）。"""
    found = Finding.objects.visible_to(scope).in_bulk(
        [c.subject_id for c in cases if c.subject_id is not None]
    )
    names = _institutions({f.institution_id for f in found.values()})
    return [
        Listed(c, f, RULES[f.rule], names.get(f.institution_id, "—"))
        for c in cases
        if c.subject_id is not None
        and (f := found.get(c.subject_id)) is not None
        and f.rule in RULES
    ]


def access_finding(scope: Scope, finding_id: int) -> Finding:
    """取一件；outside the scope it is not found."""
    found = Finding.objects.visible_to(scope).filter(pk=finding_id).first()
    if found is None or found.rule not in RULES:
        raise NotFound
    return found


def access_case(scope: Scope, finding: Finding) -> Case:
    """事项的办件。"""
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id=finding.pk)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def name_institution(institution_id: int) -> str:
    """机构名称。"""
    return _institutions([institution_id]).get(institution_id, "—")


def _institutions(ids: Iterable[int]) -> dict[int, str]:
    rows = Institution.objects.unscoped(reason="机构信息公开").filter(pk__in=set(ids))
    return dict(rows.values_list("pk", "name"))


def hits_of(scope: Scope, finding: Finding) -> list[CheckHit]:
    """命中各项。"""
    return list(CheckHit.objects.visible_to(scope).filter(finding=finding))


@dataclass(frozen=True)
class OpenHit:
    """一件未办结的核验事项（供结算复核页提示）。"""

    finding_id: int
    rule: str
    title: str
    hits: int
    state: str


def open_hits(institution_id: int, month: date) -> list[OpenHit]:
    """某机构某月未办结的核验事项。It warns the reviewer and blocks nothing."""
    found = {
        f.pk: f
        for f in Finding.all_rows.filter(institution_id=institution_id, month=month)
        if f.rule in RULES
    }
    rows = Case.all_rows.filter(type=TYPE, subject_id__in=found, state__in=WAITING).order_by("pk")
    return [
        OpenHit(f.pk, f.rule, RULES[f.rule].title, f.hits, c.state_of.title)
        for c in rows
        if c.subject_id is not None and (f := found[c.subject_id])
    ]
