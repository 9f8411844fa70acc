"""查准与查全：cases found against cases planted, both counted as rule × institution × month.

Only months that have been run are counted, and only rules that applied in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tuoyu.domains.checks.models import Accuracy, CheckRun, Finding
from tuoyu.domains.checks.rules import ALL

Key = tuple[str, int, str]  # rule, institution, month (2025-08)


@dataclass(frozen=True)
class Planted:
    """真相：what was planted, and what looks like it and is rightful."""

    frauds: frozenset[Key]
    near: frozenset[Key]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Planted:
        """由真相文件。"""
        return cls(
            frozenset(_keys(told.get("frauds", []))), frozenset(_keys(told.get("near_misses", [])))
        )


def _keys(rows: Iterable[Mapping[str, Any]]) -> Iterable[Key]:
    for row in rows:
        for institution in row.get("institution_ids", []):
            for month in row.get("months", []):
                if row.get("rule"):
                    yield row["rule"], int(institution), str(month)


@transaction.atomic
def measure(*, planted: Planted, at: datetime) -> list[Accuracy]:
    """逐条规则比对并存下；a rule that applied in no month is left out."""
    out = []
    for rule in ALL:
        months = _months(rule.code)
        if not months:
            Accuracy.all_rows.filter(rule=rule.code).delete()
            continue
        found = {
            (rule.code, institution, f"{month:%Y-%m}")
            for institution, month in Finding.all_rows.filter(
                rule=rule.code, month__in=months
            ).values_list("institution_id", "month")
        }
        named = {f"{m:%Y-%m}" for m in months}
        truth = {k for k in planted.frauds if k[0] == rule.code and k[2] in named}
        near = {k for k in planted.near if k[0] == rule.code and k[2] in named}
        row, _ = Accuracy.all_rows.update_or_create(
            rule=rule.code,
            defaults={
                "months": sorted(named),
                "planted": len(truth),
                "found": len(truth & found),
                "cases": len(found),
                "true_cases": len(found & truth),
                "near": len(near),
                "near_found": len(near & found),
                "measured_at": at,
            },
        )
        out.append(row)
    return out


def _months(rule: str) -> list[date]:
    """已核验且该规则适用的月份。"""
    rows = CheckRun.all_rows.order_by("made_at", "pk")
    applied: dict[date, bool] = {}
    for run in rows:
        told = run.rules.get(rule)
        if told is not None:
            applied[run.month] = not told.get("absent")
    return sorted(m for m, did in applied.items() if did)
