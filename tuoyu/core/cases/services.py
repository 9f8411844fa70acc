"""办件：open, move, list what waits. Writes are keyword-only and atomic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from tuoyu.core import workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases import machine
from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.errors import DomainError, NotFound


@transaction.atomic
def open_case(
    *,
    type_code: str,
    title: str,
    subject_id: int | None,
    region_code: str,
    by: Actor,
    at: datetime,
    institution_id: int | None = None,
    detail: str = "",
    url: str = "",
) -> Case:
    """发起办件。"""
    kind = machine.get(type_code)
    case = Case.all_rows.create(
        type=type_code,
        state=kind.first,
        title=title,
        detail=detail,
        subject_id=subject_id,
        institution_id=institution_id,
        region_code=region_code,
        url=url,
        opened_at=at,
        arrived_at=at,
        due_at=_due(kind.states[kind.first], at),
    )
    _step(case, "open", "发起", "", kind.first, by, at, "", {})
    return case


@transaction.atomic
def move(
    *,
    case_id: int,
    name: str,
    by: Actor,
    at: datetime,
    opinion: str = "",
    marks: dict[str, Any] | None = None,
) -> Case:
    """办理一步。

    Refuses a state that has moved on meanwhile, a missing right, a missing opinion, and a person
    who did an incompatible earlier step (判断的是人，不是账号角色).
    """
    case = Case.objects.visible_to(by.scope).select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NotFound
    step = case.kind.moves.get(name)
    if step is None or not by.may(step.permission):
        raise NotFound
    if case.state != step.source:
        raise DomainError(
            "moved-on",
            f"该件现为「{case.state_of.title}」，不能再{step.label}；请刷新页面查看最新进度",
        )
    if step.needs_opinion and not opinion.strip():
        raise DomainError("opinion", f"{step.label}须写明意见，请补写后再提交")
    _check_apart(case, step, by)
    source, case.state = case.state, step.target
    target = case.kind.states[step.target]
    case.arrived_at, case.due_at = at, _due(target, at)
    case.closed_at = None if target.is_open else at
    case.save(update_fields=["state", "arrived_at", "due_at", "closed_at"])
    _step(case, name, step.label, source, step.target, by, at, opinion.strip(), marks or {})
    return case


def _check_apart(case: Case, step: machine.Move, by: Actor) -> None:
    if not step.apart_from:
        return
    earlier = case.steps.filter(move__in=step.apart_from, by_user_id=by.user_id).first()
    if earlier is not None:
        raise DomainError(
            "same-person",
            f"您已在本件中办过「{earlier.label}」，不能再{step.label}；请由另一位有权限的人办理",
        )


def _due(state: machine.State, at: datetime) -> datetime | None:
    return workdays.add(at, state.working_days) if state.working_days else None


def _step(
    case: Case,
    name: str,
    label: str,
    source: str,
    target: str,
    by: Actor,
    at: datetime,
    opinion: str,
    marks: dict[str, Any],
) -> None:
    CaseStep.objects.create(
        case=case,
        move=name,
        label=label,
        source=source,
        target=target,
        by_user_id=by.user_id,
        by_name=by.name,
        by_role=by.role_title,
        organisation=by.organisation,
        at=at,
        opinion=opinion,
        marks=marks,
    )


@dataclass(frozen=True)
class Clock:
    """剩余时限：share of the promised time still left (0–1000 ‰), and words for it."""

    share_permille: int
    tone: str
    text: str


def clock_of(case: Case, now: datetime) -> Clock | None:
    """剩余时限。Over half plain, 20–50 % warn, under 20 % or overdue danger."""
    if case.due_at is None:
        return None
    total = max(int((case.due_at - case.arrived_at).total_seconds()), 1)
    left = int((case.due_at - now).total_seconds())
    share = max(0, min(1000, left * 1000 // total))
    tone = "" if share > 500 else "is-warn" if share >= 200 else "is-danger"
    if tone == "" and left < 7200:
        tone = "is-warn"
    return Clock(share, tone, _words(left, now, case.due_at))


def _words(left: int, now: datetime, due: datetime) -> str:
    if left < 0:
        over = -left
        days = workdays.between(due.date(), now.date())
        return f"超 {days} 个工作日" if days >= 1 else f"超 {max(over // 3600, 1)} 小时"
    days = workdays.between(now.date(), due.date())
    if days >= 2:
        return f"剩 {days} 个工作日"
    hours, minutes = left // 3600, left % 3600 // 60
    if hours >= 24:
        return f"剩 1 天 {hours - 24} 小时"
    return f"剩 {hours} 小时 {minutes} 分" if hours else f"剩 {minutes} 分"


def todo(actor: Actor) -> models.QuerySet[Case]:
    """待办：open cases whose present state belongs to one of the actor's permissions."""
    wanted = models.Q(pk__in=[])
    for code, kind in machine.all_types().items():
        states = [s for s, state in kind.states.items() if actor.may(state.owner)]
        if states:
            wanted |= models.Q(type=code, state__in=states)
    rows = Case.objects.visible_to(actor.scope).filter(wanted, closed_at=None)
    return rows.order_by(models.F("due_at").asc(nulls_last=True), "id")


def done(actor: Actor) -> models.QuerySet[Case]:
    """已办：cases in which the actor took a step."""
    mine = CaseStep.objects.filter(by_user_id=actor.user_id).exclude(move="open")
    rows = Case.objects.visible_to(actor.scope).filter(pk__in=mine.values("case_id"))
    return rows.order_by("-arrived_at")
