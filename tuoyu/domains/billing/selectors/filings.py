"""收费备案的读取。"""

from __future__ import annotations

from dataclasses import dataclass

from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.scope import Scope
from tuoyu.domains.billing.models import FeeFiling, FeeItem

TYPE = "fee_filing"


@dataclass(frozen=True)
class FilingRow:
    """备案一行。"""

    filing: FeeFiling
    case: Case
    items: int


def list_filings(scope: Scope, institution_id: int | None = None) -> list[FilingRow]:
    """备案，newest first; of one institution or of the whole scope."""
    rows = FeeFiling.objects.visible_to(scope).select_related("institution")
    if institution_id is not None:
        rows = rows.filter(institution_id=institution_id)
    listed = list(rows.order_by("-made_at", "-id")[:200])
    cases = Case.objects.visible_to(scope).filter(type=TYPE, subject_id__in=[f.pk for f in listed])
    by_subject = {c.subject_id: c for c in cases}
    counts: dict[int | None, int] = {}
    for filing in FeeItem.all_rows.filter(filing__in=listed).values_list("filing_id", flat=True):
        counts[filing] = counts.get(filing, 0) + 1
    return [
        FilingRow(f, by_subject[f.pk], counts.get(f.pk, 0)) for f in listed if f.pk in by_subject
    ]


def list_steps(case: Case) -> list[CaseStep]:
    """办理经过。"""
    return list(case.steps.order_by("at", "id"))
