"""核验规则一览：each rule with its parameters, how many cases, and how exact it proved to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from tuoyu.core.cases.models import Case
from tuoyu.core.scope import Scope
from tuoyu.domains.checks.models import Accuracy, CheckRun, Finding, ParamChange
from tuoyu.domains.checks.rules import ALL, Param, Rule
from tuoyu.domains.checks.states import FALSE, TRUE, TYPE, WAITING


@dataclass(frozen=True)
class ParamNow:
    """参数及其现值；``changed`` is the change that holds, if there is one."""

    param: Param
    value: int
    changed: ParamChange | None


@dataclass(frozen=True)
class RuleNow:
    """规则的现状。``absent``: why it did not apply in its last run."""

    rule: Rule
    params: list[ParamNow]
    accuracy: Accuracy | None
    cases: int
    waiting: int
    true: int
    false: int
    absent: str

    @property
    def false_alarm_text(self) -> str:
        """已认定中的误报：「2/9」；— when none was decided."""
        decided = self.true + self.false
        return f"{self.false}/{decided}" if decided else "—"


def rules_now(scope: Scope) -> list[RuleNow]:
    """全部规则（六次查询以内）。"""
    counted = _counts(scope)
    latest = _latest_changes()
    accuracy = {a.rule: a for a in Accuracy.all_rows.all()}
    run = CheckRun.all_rows.order_by("-made_at", "-pk").first()
    out = []
    for rule in ALL:
        states = counted.get(rule.code, {})
        changes = {p.code: latest.get((rule.code, p.code)) for p in rule.params}
        out.append(
            RuleNow(
                rule=rule,
                params=[
                    ParamNow(p, c.value if (c := changes[p.code]) else p.default, c)
                    for p in rule.params
                ],
                accuracy=accuracy.get(rule.code),
                cases=sum(states.values()),
                waiting=sum(states.get(s, 0) for s in WAITING),
                true=states.get(TRUE, 0),
                false=states.get(FALSE, 0),
                absent=(run.rules.get(rule.code) or {}).get("absent", "") if run else "",
            )
        )
    return out


def _counts(scope: Scope) -> dict[str, dict[str, int]]:
    own = dict(Finding.objects.visible_to(scope).values_list("pk", "rule"))
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id__in=own)
    counts: dict[str, dict[str, int]] = {}
    for subject, state in rows.values_list("subject_id", "state"):
        if subject is not None:
            states = counts.setdefault(own[subject], {})
            states[state] = states.get(state, 0) + 1
    return counts


def _latest_changes() -> dict[tuple[str, str], ParamChange]:
    rows = ParamChange.all_rows.order_by("set_at", "pk")
    return {(c.rule, c.code): c for c in rows}


def count_states(scope: Scope, month: date | None = None) -> dict[str, int]:
    """各状态件数。"""
    own = Finding.objects.visible_to(scope)
    if month is not None:
        own = own.filter(month=month)
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id__in=own.values("pk"))
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def last_run() -> CheckRun | None:
    """最近一次核验。"""
    return CheckRun.all_rows.order_by("-made_at", "-pk").first()
