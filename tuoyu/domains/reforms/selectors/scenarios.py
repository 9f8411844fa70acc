"""方案的读取。"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.reforms.models import Scenario
from tuoyu.domains.reforms.rules.outcome import VARIANTS


def list_scenarios(scope: Scope) -> QuerySet[Scenario]:
    """本区的方案，新的在前；without the long answers."""
    return Scenario.objects.visible_to(scope).defer("institutions").order_by("-made_at", "-pk")


def access_scenario(scope: Scope, scenario_id: int) -> Scenario:
    """取一个方案。"""
    found = Scenario.objects.visible_to(scope).filter(pk=scenario_id).first()
    if found is None:
        raise NotFound
    return found


def list_compared(scope: Scope, ids: Iterable[int]) -> list[Scenario]:
    """对比的方案：done, single, in the order asked."""
    wanted = list(dict.fromkeys(ids))
    rows = list_scenarios(scope).filter(pk__in=wanted, kind="single", state="done")
    found = {row.pk: row for row in rows}
    return [found[i] for i in wanted if i in found]


def institution_rows(scenario: Scenario, unit: str = "", kind: str = "") -> list[dict[str, Any]]:
    """逐家结果，连同名称；the greatest change first."""
    rows = [
        row
        for row in scenario.institutions
        if (not unit or row["unit"] == unit) and (not kind or row["kind"] == kind)
    ]
    names = dict(
        Institution.objects.unscoped(reason="机构信息公开")
        .filter(pk__in=[row["institution_id"] for row in rows])
        .values_list("pk", "name")
    )
    named = [{**shown(row), "name": names.get(row["institution_id"], "（已注销）")} for row in rows]
    return sorted(named, key=lambda r: (-abs(r["delta_fen"] or 0), r["name"]))


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """给人看的一行：nothing paid while some is 待定 is not zero but unknown."""
    money = {
        f"{v}_fen": None if row[f"{v}_open"] and not row[f"{v}_fen"] else row[f"{v}_fen"]
        for v in VARIANTS
    }
    before, now = money["base_fen"], money["new_fen"]
    return {
        **row,
        **money,
        "delta_fen": None if before is None or now is None else now - before,
    }
