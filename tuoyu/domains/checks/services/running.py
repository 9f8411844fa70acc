"""核验一个月：every rule once over the month's rows; what it finds becomes cases."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tuoyu.core import workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases.batch import Opening, open_all
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import move
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import add_months
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.checks.catalogue import CHECK
from tuoyu.domains.checks.models import CheckHit, CheckRun, Finding
from tuoyu.domains.checks.rules import ALL, Rule
from tuoyu.domains.checks.selectors.params import values_of
from tuoyu.domains.checks.states import DECIDE, OPEN
from tuoyu.domains.institutions.models import Institution

CLERK = Actor(None, "定时核验", "system", "系统", "system", frozenset({DECIDE}), SYSTEM)
_MONTH = (Path(__file__).resolve().parents[1] / "sql" / "month.sql").read_text(encoding="utf-8")
_LOCK = 0x63_68_65_63  # one run at a time


@dataclass(frozen=True)
class Hit:
    """一条命中（未入库）。"""

    institution_id: int
    kind: str
    subject_id: int
    measured: int
    threshold: int
    evidence: list[dict[str, Any]]


@dataclass(frozen=True)
class RuleRan:
    """一条规则的结果；``absent`` says why it did not apply."""

    rule: str
    cases: int = 0
    hits: int = 0
    ms: int = 0
    absent: str = ""


@dataclass(frozen=True)
class Ran:
    """一次核验的结果。``opened`` are new cases, ``vanished`` those no longer hit."""

    month: date
    rules: list[RuleRan] = field(default_factory=list)
    opened: int = 0
    vanished: int = 0
    ms: int = 0


@transaction.atomic
def run_month(*, month: date, by: Actor, at: datetime) -> Ran:
    """核验一个月。Run again it changes nothing unless the month's rows or parameters changed:

    cases still waiting with the county are refreshed, and closed when nothing hits any more; from
    the moment the institution is asked, the evidence stays as it was asked.
    """
    month = month.replace(day=1)
    if add_months(month, 1) > at.date():
        raise DomainError("not-yet", f"{month:%Y-%m} 还没有结束，不能核验；请在次月 1 日以后再运行")
    began = time.perf_counter()
    given: dict[str, Any] = {
        "lo": month,
        "hi": add_months(month, 1),
        "workdays": workdays.days_of(month),
    }
    done: list[RuleRan] = []
    opened = vanished = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("DROP TABLE IF EXISTS month_events, month_sheets")
        cursor.execute(_MONTH, given)
    for rule in ALL:
        absent = _absent(rule, given)
        if absent:
            done.append(RuleRan(rule.code, absent=absent))
            continue
        since = time.perf_counter()
        params = values_of(rule)
        hits = _find(rule, {**given, **params})
        ms = round((time.perf_counter() - since) * 1000)
        cases, new, gone = _keep(rule, month, params, hits, by, at)
        opened, vanished = opened + new, vanished + gone
        done.append(RuleRan(rule.code, cases, len(hits), ms))
    CheckRun.all_rows.create(
        month=month, made_at=at, by_name=by.name, rules={r.rule: _told(r) for r in done}
    )
    return Ran(month, done, opened, vanished, round((time.perf_counter() - began) * 1000))


def _told(ran: RuleRan) -> dict[str, Any]:
    """存下的结果：without how long it took, which is nobody's evidence."""
    return {k: v for k, v in asdict(ran).items() if k not in ("rule", "ms")}


def _absent(rule: Rule, given: Mapping[str, Any]) -> str:
    with connection.cursor() as cursor:
        for table in rule.needs:
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0] is None:
                return "平台尚未启用所需的功能"
        if rule.basis:
            cursor.execute(rule.basis, dict(given))
            if not cursor.fetchone()[0]:
                return rule.without
    return ""


def _find(rule: Rule, given: Mapping[str, Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(rule.sql, dict(given))
        found = cursor.fetchall()
    return [
        Hit(inst, kind, subject, measured, threshold, json.loads(rows))
        for inst, kind, subject, measured, threshold, rows in found
    ]


def _keep(
    rule: Rule,
    month: date,
    params: Mapping[str, int],
    hits: Sequence[Hit],
    by: Actor,
    at: datetime,
) -> tuple[int, int, int]:
    """入库；answers (cases, newly opened, vanished)."""
    grouped: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        grouped[hit.institution_id].append(hit)
    known = {
        f.institution_id: f
        for f in Finding.all_rows.select_for_update().filter(rule=rule.code, month=month)
    }
    states = _states([f.pk for f in known.values()])
    public = Institution.objects.unscoped(reason="机构信息公开").filter(pk__in=grouped)
    places = {pk: (name, region) for pk, name, region in public.values_list(
        "pk", "name", "region_code")}  # fmt: skip
    fresh: list[Opening] = []
    for institution_id, rows in grouped.items():
        name, region = places[institution_id]
        finding = known.get(institution_id)
        if finding is None:
            finding = Finding.all_rows.create(
                rule=rule.code,
                institution_id=institution_id,
                region_code=region,
                month=month,
                hits=len(rows),
                params=dict(params),
                found_at=at,
            )
            _store(finding, rows)
            fresh.append(_opening(rule, finding, name))
        elif states.get(finding.pk) == OPEN:
            _refresh(finding, rows, params)
    gone = [f for i, f in known.items() if i not in grouped and states.get(f.pk) == OPEN]
    for finding in gone:
        case = Case.all_rows.get(type=CHECK.code, subject_id=finding.pk)
        move(case_id=case.pk, name="vanish", by=CLERK, at=at, opinion="按现有数据复核，已无命中")
    if fresh:
        open_all(type_code=CHECK.code, openings=fresh, by=by, at=at)
    return len(grouped), len(fresh), len(gone)


def _states(findings: list[int]) -> dict[int, str]:
    rows = Case.all_rows.filter(type=CHECK.code, subject_id__in=findings)
    return {s: state for s, state in rows.values_list("subject_id", "state") if s is not None}


def _opening(rule: Rule, finding: Finding, name: str) -> Opening:
    return Opening(
        title=f"{name} {finding.month.year} 年 {finding.month.month} 月：{rule.title}",
        detail=f"命中 {finding.hits} 项，待核查，不影响拨付",
        subject_id=finding.pk,
        region_code=finding.region_code,
        institution_id=finding.institution_id,
        url=f"/gov/checks/{finding.pk}/",
    )


def _store(finding: Finding, hits: Sequence[Hit]) -> None:
    CheckHit.all_rows.bulk_create(
        CheckHit(
            finding=finding,
            institution_id=finding.institution_id,
            region_code=finding.region_code,
            kind=hit.kind,
            subject_id=hit.subject_id,
            measured=hit.measured,
            threshold=hit.threshold,
            evidence=hit.evidence,
        )
        for hit in hits
    )


def _refresh(finding: Finding, hits: Sequence[Hit], params: Mapping[str, int]) -> None:
    had = [
        Hit(h.institution_id, h.kind, h.subject_id, h.measured, h.threshold, h.evidence)
        for h in finding.rows.all()
    ]
    if _sorted(had) == _sorted(hits) and finding.params == dict(params):
        return
    finding.rows.all().delete()
    _store(finding, hits)
    finding.hits, finding.params = len(hits), dict(params)
    finding.save(update_fields=["hits", "params"])


def _sorted(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda h: (h.kind, h.subject_id))
