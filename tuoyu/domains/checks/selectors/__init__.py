"""核验的读取。"""

from __future__ import annotations

from tuoyu.domains.checks.selectors.evidence import HitTold, evidence_of
from tuoyu.domains.checks.selectors.findings import (
    access_case,
    access_finding,
    list_cases,
    list_months,
    name_institution,
    open_hits,
    with_findings,
)
from tuoyu.domains.checks.selectors.params import list_changes, values_of

__all__ = [
    "HitTold",
    "access_case",
    "access_finding",
    "evidence_of",
    "list_cases",
    "list_changes",
    "list_months",
    "name_institution",
    "open_hits",
    "values_of",
    "with_findings",
]
