"""核验的读取。"""

from __future__ import annotations

from tuoyu.domains.checks.selectors.accuracy import (
    RuleNow,
    count_states,
    last_run,
    rules_now,
)
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
    "RuleNow",
    "access_case",
    "access_finding",
    "count_states",
    "evidence_of",
    "last_run",
    "list_cases",
    "list_changes",
    "list_months",
    "name_institution",
    "open_hits",
    "rules_now",
    "values_of",
    "with_findings",
]
