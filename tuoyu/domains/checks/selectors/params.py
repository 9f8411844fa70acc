"""核验参数的现值与沿革。"""

from __future__ import annotations

from tuoyu.domains.checks.models import ParamChange
from tuoyu.domains.checks.rules import Rule


def values_of(rule: Rule) -> dict[str, int]:
    """现用参数：the latest change of each, else the declared default."""
    values = dict(rule.defaults())
    rows = ParamChange.all_rows.filter(rule=rule.code, code__in=values).order_by("set_at", "pk")
    values.update(rows.values_list("code", "value"))
    return values


def list_changes(rule: Rule) -> list[ParamChange]:
    """参数沿革，新的在前。"""
    return list(ParamChange.all_rows.filter(rule=rule.code).order_by("-set_at", "-pk")[:50])
