"""成批办件：the same rules as one by one (``services``), in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from django.db import connection, transaction

from tuoyu.core import workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases import machine
from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.errors import DomainError, NotFound

_OPEN = """
INSERT INTO cases_case (type, state, opened_at, arrived_at, due_at, title, detail, subject_id,
    region_code, institution_id, url)
SELECT %s, %s, %s, %s, %s, o.* FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[],
    %s::bigint[], %s::text[]) AS o
RETURNING id
"""
_STEPS = """
INSERT INTO cases_casestep (move, label, source, target, by_user_id, by_name, by_role, organisation,
    at, opinion, marks, case_id)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '{}', c FROM unnest(%s::bigint[]) AS c
"""


@dataclass(frozen=True)
class Opening:
    """待发起的一件。"""

    title: str
    detail: str
    subject_id: int
    region_code: str
    institution_id: int | None = None
    url: str = ""


@transaction.atomic
def open_all(*, type_code: str, openings: Sequence[Opening], by: Actor, at: datetime) -> list[int]:
    """成批发起；answers the case ids."""
    kind = machine.get(type_code)
    first = kind.first
    columns = [list(column) for column in zip(*map(astuple, openings), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [type_code, first, at, at, _due(kind.states[first], at), *columns])
        cases = [row[0] for row in cursor.fetchall()]
    _steps(cases, "open", "发起", "", first, by, at, "")
    return cases


@transaction.atomic
def move_all(
    *,
    type_code: str,
    case_ids: Sequence[int],
    name: str,
    by: Actor,
    at: datetime,
    opinion: str = "",
) -> list[Case]:
    """成批办理一步：all or none; the first that may not move is named."""
    step = machine.get(type_code).moves.get(name)
    if step is None or not by.may(step.permission):
        raise NotFound
    wanted = set(case_ids)
    cases = list(
        Case.objects.visible_to(by.scope)
        .select_for_update()
        .filter(pk__in=wanted, type=type_code)
        .order_by("pk")
    )
    if len(cases) != len(wanted):
        raise NotFound
    for case in cases:
        if case.state != step.source:
            raise DomainError(
                "moved-on",
                f"「{case.title}」现为「{case.state_of.title}」，不能{step.label}；整批未办，请刷新后重选",
            )
    if step.needs_opinion and not opinion.strip():
        raise DomainError("opinion", f"{step.label}须写明意见，请补写后再提交")
    _check_apart(cases, step, by)
    target = machine.get(type_code).states[step.target]
    Case.all_rows.filter(pk__in=wanted).update(
        state=step.target,
        arrived_at=at,
        due_at=_due(target, at),
        closed_at=None if target.is_open else at,
    )
    _steps(sorted(wanted), name, step.label, step.source, step.target, by, at, opinion.strip())
    return cases


def _check_apart(cases: Sequence[Case], step: machine.Move, by: Actor) -> None:
    if not step.apart_from:
        return
    earlier = (
        CaseStep.objects.filter(case__in=cases, move__in=step.apart_from, by_user_id=by.user_id)
        .select_related("case")
        .order_by("pk")
        .first()
    )
    if earlier is not None:
        raise DomainError(
            "same-person",
            f"您在「{earlier.case.title}」中办过「{earlier.label}」，不能再{step.label}；"
            "整批未办，请由另一位有权限的人办理",
        )


def _due(state: machine.State, at: datetime) -> datetime | None:
    return workdays.add(at, state.working_days) if state.working_days else None


def _steps(
    cases: Sequence[int],
    move: str,
    label: str,
    source: str,
    target: str,
    by: Actor,
    at: datetime,
    opinion: str,
) -> None:
    said = [move, label, source, target, by.user_id, by.name, by.role_title, by.organisation]
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [*said, at, opinion, list(cases)])
