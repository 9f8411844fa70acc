"""保险的读取。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.insurance.models import (
    Claim,
    CountyContract,
    Insured,
    Premium,
    PremiumLine,
    Tender,
)
from tuoyu.domains.insurance.states import BILL, CLAIM


def tender_on(day: date) -> Tender | None:
    """某日生效的中标结果。"""
    return Tender.all_rows.filter(from_on__lte=day, to_on__gt=day).first()


def list_tenders() -> list[Tender]:
    """历次招标，新的在前。"""
    return list(Tender.all_rows.order_by("-from_on"))


def list_contracts(scope: Scope, tender: Tender) -> list[CountyContract]:
    """县区合同。"""
    rows = CountyContract.objects.visible_to(scope).filter(tender=tender)
    return list(rows.select_related("premium").order_by("unit_code"))


def roster(scope: Scope, tender: Tender, on: date) -> QuerySet[Insured]:
    """某日在保的名册。"""
    rows = Insured.objects.visible_to(scope).filter(
        Q(to_on=None) | Q(to_on__gt=on), tender=tender, from_on__lte=on
    )
    return rows.order_by("institution_id", "from_on", "child_id")


def count_by_unit(scope: Scope, tender: Tender, on: date) -> dict[str, int]:
    """各单位在保人数。"""
    rows = roster(scope, tender, on).order_by()
    return dict(rows.values_list("unit_code").annotate(n=Count("child_id", distinct=True)))


def count_by_institution(scope: Scope, tender: Tender, on: date) -> list[tuple[str, str, int]]:
    """各机构在保人数：(name, unit, how many)."""
    rows = roster(scope, tender, on).order_by()
    counted = rows.values_list("institution_id", "unit_code").annotate(
        n=Count("child_id", distinct=True)
    )
    found = list(counted.order_by("unit_code", "institution_id"))
    names = _institutions([i for i, _, _ in found])
    return [(names.get(i, "—"), unit, n) for i, unit, n in found]


def premium_lines(scope: Scope, premium: Premium) -> list[tuple[str, PremiumLine]]:
    """保费各行，配上机构名。"""
    rows = PremiumLine.objects.visible_to(scope).filter(premium=premium)
    lines = list(rows.order_by("institution_id"))
    names = _institutions([x.institution_id for x in lines])
    return [(names.get(x.institution_id, "—"), x) for x in lines]


def _institutions(ids: list[int]) -> dict[int, str]:
    rows = Institution.objects.unscoped(reason="机构信息公开").filter(pk__in=ids)
    return dict(rows.values_list("pk", "name"))


@dataclass(frozen=True)
class Named:
    """名册的一行。"""

    child_id: int
    name: str
    from_on: date
    to_on: date | None


def named_roster(scope: Scope, tender: Tender, on: date) -> list[Named]:
    """在保儿童，配上姓名。"""
    return _named(scope, list(roster(scope, tender, on)))


def child_name(scope: Scope, child_id: int) -> str:
    """儿童姓名（在数据范围内）。"""
    rows = Child.objects.visible_to(scope).filter(pk=child_id)
    return rows.values_list("name", flat=True).first() or "已离园儿童"


def _named(scope: Scope, rows: list[Insured]) -> list[Named]:
    children = Child.objects.visible_to(scope).filter(pk__in=[r.child_id for r in rows])
    names = dict(children.values_list("pk", "name"))
    return [
        Named(r.child_id, names.get(r.child_id, "已离园儿童"), r.from_on, r.to_on) for r in rows
    ]


@dataclass(frozen=True)
class Diff:
    """一个月的增减。"""

    month: date
    added: list[Named]
    removed: list[Named]


def month_diff(scope: Scope, tender: Tender, month: date) -> Diff:
    """当月参保增减。"""
    end = add_months(month, 1)
    rows = Insured.objects.visible_to(scope).filter(tender=tender).order_by("child_id")
    return Diff(
        month,
        _named(scope, list(rows.filter(from_on__gte=month, from_on__lt=end))),
        _named(scope, list(rows.filter(to_on__gte=month, to_on__lt=end))),
    )


def access_contract(scope: Scope, contract_id: int) -> CountyContract:
    """取一份合同；outside the scope it is not found."""
    rows = CountyContract.objects.visible_to(scope).select_related("tender")
    found = rows.filter(pk=contract_id).first()
    if found is None:
        raise NotFound
    return found


def access_premium(scope: Scope, premium_id: int) -> Premium:
    """取一笔保费。"""
    rows = Premium.objects.visible_to(scope).select_related("contract__tender")
    found = rows.filter(pk=premium_id).first()
    if found is None:
        raise NotFound
    return found


def access_claim(scope: Scope, claim_id: int) -> Claim:
    """取一件理赔。"""
    found = Claim.objects.visible_to(scope).select_related("tender").filter(pk=claim_id).first()
    if found is None:
        raise NotFound
    return found


def case_of(scope: Scope, premium: Premium) -> Case:
    """保费的办件。"""
    return _case(scope, BILL, premium.pk)


def claim_case(scope: Scope, claim: Claim) -> Case:
    """理赔的办件。"""
    return _case(scope, CLAIM, claim.pk)


def _case(scope: Scope, kind: str, subject: int) -> Case:
    found = Case.objects.visible_to(scope).filter(type=kind, subject_id=subject).first()
    if found is None:
        raise NotFound
    return found


def list_claims(scope: Scope) -> list[tuple[Claim, Case]]:
    """理赔各件，新的在前。"""
    rows = list(Claim.objects.visible_to(scope).order_by("-made_at", "-pk")[:200])
    cases = {
        c.subject_id: c
        for c in Case.objects.visible_to(scope).filter(
            type=CLAIM, subject_id__in=[r.pk for r in rows]
        )
    }
    return [(r, cases[r.pk]) for r in rows if r.pk in cases]
