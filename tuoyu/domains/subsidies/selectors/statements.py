"""结算单的读取：lists by month, one statement, its way so far and still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from tuoyu.core import clock
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.subsidies.models import Run, Statement
from tuoyu.domains.subsidies.states import PAID, TYPE


def list_months(scope: Scope) -> list[date]:
    """有结算单的月份，新的在前。"""
    rows = Statement.objects.visible_to(scope).order_by("-month")
    return list(rows.values_list("month", flat=True).distinct())


def list_cases(
    scope: Scope, month: date, *, county: str = "", state: str = ""
) -> models.QuerySet[Case]:
    """某月结算单的办件，先到期的在前：one page of these, then ``with_statements``."""
    own = Statement.objects.visible_to(scope).filter(month=month)
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id__in=own.values("pk"))
    if county:
        rows = rows.filter(region_code__startswith=county)
    if state:
        rows = rows.filter(state=state)
    return rows.order_by(F("due_at").asc(nulls_last=True), "region_code", "title", "pk")


@dataclass(frozen=True)
class Listed:
    """名单的一行。"""

    case: Case
    statement: Statement
    institution_name: str


def with_statements(scope: Scope, cases: Sequence[Case]) -> list[Listed]:
    """一页办件各配上结算单与机构名（两次查询）。"""
    wanted = [c.subject_id for c in cases if c.subject_id is not None]
    rows = Statement.objects.visible_to(scope).filter(pk__in=wanted).select_related("run")
    found = {s.pk: s for s in rows}
    public = Institution.objects.unscoped(reason="机构信息公开")
    names = dict(
        public.filter(pk__in={s.institution_id for s in found.values()}).values_list("pk", "name")
    )
    return [
        Listed(case, found[case.subject_id], names.get(found[case.subject_id].institution_id, "—"))
        for case in cases
        if case.subject_id in found
    ]


@dataclass(frozen=True)
class MonthTotals:
    """某月合计。"""

    statements: int
    paid_lines: int
    zero_lines: int
    undetermined_lines: int
    lines: int
    total_fen: int
    states: dict[str, int]

    @property
    def done(self) -> int:
        return self.states.get(PAID, 0)


def sum_month(scope: Scope, month: date, *, county: str = "") -> MonthTotals:
    """某月合计与各状态数（两次查询）。"""
    rows = Statement.objects.visible_to(scope).filter(month=month)
    if county:
        rows = rows.filter(region_code__startswith=county)
    sums = rows.aggregate(
        statements=Count("pk"),
        paid_lines=Sum("paid_lines", default=0),
        zero_lines=Sum("zero_lines", default=0),
        undetermined_lines=Sum("undetermined_lines", default=0),
        lines=Sum("lines", default=0),
        total_fen=Sum("total_fen", default=0),
    )
    states = list_cases(scope, month, county=county).order_by().values_list("state")
    sums["total_fen"] = int(sums["total_fen"])
    return MonthTotals(**sums, states=dict(states.annotate(n=Count("pk"))))


def list_of_institution(scope: Scope) -> models.QuerySet[Statement]:
    """本机构的结算单，新的在前。"""
    case = Case.objects.visible_to(scope).filter(type=TYPE, subject_id=OuterRef("pk"))
    rows = Statement.objects.visible_to(scope).select_related("run")
    return rows.annotate(
        case_state=Subquery(case.values("state")[:1]), case_due=Subquery(case.values("due_at")[:1])
    ).order_by("-month", "-run__number")


def access_statement(scope: Scope, statement_id: int) -> Statement:
    """取一张结算单；outside the scope it is not found."""
    rows = Statement.objects.visible_to(scope).select_related("run")
    found = rows.filter(pk=statement_id).first()
    if found is None:
        raise NotFound
    return found


def access_case(scope: Scope, statement: Statement) -> Case:
    """结算单的办件。"""
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id=statement.pk)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def access_run(run_id: int) -> Run:
    """一次结算（不含个人信息）。"""
    found = Run.all_rows.filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def list_runs(month: date) -> list[Run]:
    """某月的各次结算。"""
    return list(Run.all_rows.filter(month=month).order_by("rule", "number"))


def name_institution(institution_id: int) -> str:
    """机构名称。"""
    rows = Institution.objects.unscoped(reason="机构信息公开").filter(pk=institution_id)
    return rows.values_list("name", flat=True).first() or "—"


def list_left_out(scope: Scope, run: Run) -> list[Institution]:
    """未月结而没有计入的机构。"""
    rows = Institution.objects.visible_to(scope).filter(pk__in=run.left_out)
    return list(rows.order_by("region_code", "name"))


def change_from_last_month(scope: Scope, statement: Statement) -> int | None:
    """比上月：total of all statements of this month less that of the month before."""
    before = add_months(statement.month, -1)
    rows = Statement.objects.visible_to(scope).filter(institution_id=statement.institution_id)
    sums = rows.aggregate(
        now=Sum("total_fen", filter=Q(month=statement.month)),
        before=Sum("total_fen", filter=Q(month=before)),
    )
    if sums["before"] is None:
        return None
    return int(sums["now"]) - int(sums["before"])


@dataclass(frozen=True)
class Stage:
    """时间线的一格。"""

    state: str
    title: str
    lines: list[str]
    opinion: str = ""


def list_steps(case: Case) -> list[CaseStep]:
    """办理记录。"""
    return list(case.steps.all())


def timeline(case: Case, steps: list[CaseStep]) -> list[Stage]:
    """审批进度：what was done (sent back as well), what waits, what is still to come."""
    made: list[Stage] = []
    since: datetime | None = None
    for step in steps:
        title = "计算" if step.move == "open" else step.label
        who = " · ".join(part for part in (step.organisation, step.by_name) if part)
        took = f" · 用时 {_span(since, step.at)}" if since else ""
        when = f"{step.at.astimezone(clock.ZONE):%m-%d %H:%M}{took}"
        made.append(Stage("done", title, [who, when], step.opinion))
        since = step.at
    if case.closed_at is not None:
        return made
    kind = case.kind
    left = cases.clock_of(case, clock.now())
    due = f"{case.due_at.astimezone(clock.ZONE):%m-%d %H:%M} 前" if case.due_at else ""
    made.append(
        Stage("now", case.state_of.title, [t for t in (due, left.text if left else "") if t])
    )
    ahead = kind.path[kind.path.index(case.state) + 1 :] if case.state in kind.path else ()
    made += [
        Stage("next", kind.states[name].title.removeprefix("待"), [_promise(kind.states[name])])
        for name in ahead
        if kind.states[name].is_open
    ]
    return made


def _promise(state: object) -> str:
    days = getattr(state, "working_days", 0)
    return f"{days} 个工作日内" if days else ""


def _span(start: datetime, end: datetime) -> str:
    minutes = int((end - start).total_seconds()) // 60
    if minutes >= 1440:
        return f"{minutes // 1440} 天"
    return f"{minutes // 60} 小时" if minutes >= 60 else f"{minutes} 分"
