"""办理进度：what was done, what waits, what is still to come, for the timeline of a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tuoyu.core import clock
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.machine import State
from tuoyu.core.cases.models import Case, CaseStep


@dataclass(frozen=True)
class Stage:
    """进度的一段。"""

    state: Literal["done", "now", "next"]
    title: str
    lines: list[str] = field(default_factory=list)
    opinion: str = ""


def progress(case: Case, steps: list[CaseStep]) -> list[Stage]:
    """一件的进度。"""
    made = [
        Stage(
            "done", s.label, [_who(s), f"{s.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"], s.opinion
        )
        for s in steps
    ]
    if case.closed_at is not None:
        return [*made, Stage("now", case.state_of.title)]
    now = Stage("now", case.state_of.title, _waits(case, clock.now()))
    path = case.kind.path
    ahead = path[path.index(case.state) + 1 :] if case.state in path else ()
    return [*made, now, *(_next(case.kind.states[name]) for name in ahead)]


def _who(step: CaseStep) -> str:
    return " · ".join(part for part in (step.organisation, step.by_name) if part)


def _waits(case: Case, now: datetime) -> list[str]:
    left = cases.clock_of(case, now)
    if case.due_at is None or left is None:
        return []
    return [f"{case.due_at.astimezone(clock.ZONE):%m-%d %H:%M} 前", left.text]


def _next(state: State) -> Stage:
    days = [f"{state.working_days} 个工作日内"] if state.working_days else []
    return Stage("next", state.title.removeprefix("待"), days)
