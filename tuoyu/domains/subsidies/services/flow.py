"""结算单的办理：confirm, review, approve, send back. One by one, or many with one opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.batch import move_all
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.subsidies.catalogue import APPROVE, STATEMENT
from tuoyu.domains.subsidies.models import Line, Statement
from tuoyu.domains.subsidies.selectors.statements import access_case, access_statement
from tuoyu.domains.subsidies.services.paying import find_before_their_time, pay


def confirm(*, statement_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """机构确认。"""
    return _move(statement_id, "confirm", by, at, opinion)


def review(*, statement_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """县级审核通过。"""
    return _move(statement_id, "review", by, at, opinion)


@transaction.atomic
def approve(*, statement_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """市级审批通过：the money is committed and ordered with it, or nothing is approved."""
    case = _move(statement_id, "approve", by, at, opinion)
    pay([access_statement(by.scope, statement_id)], by=by, at=at)
    case.refresh_from_db()
    return case


def return_to_institution(
    *, statement_id: int, by: Actor, at: datetime, opinion: str, line_ids: Sequence[int] = ()
) -> Case:
    """县级退回补正：``line_ids`` are the lines to be looked at again."""
    return _move(statement_id, "return_inst", by, at, opinion, line_ids)


def return_to_county(
    *, statement_id: int, by: Actor, at: datetime, opinion: str, line_ids: Sequence[int] = ()
) -> Case:
    """市级退回县级。"""
    return _move(statement_id, "return_county", by, at, opinion, line_ids)


def _move(
    statement_id: int,
    name: str,
    by: Actor,
    at: datetime,
    opinion: str,
    line_ids: Sequence[int] = (),
) -> Case:
    statement = access_statement(by.scope, statement_id)
    case = access_case(by.scope, statement)
    marks = {"lines": _marked(statement, line_ids)} if line_ids else {}
    return cases.move(case_id=case.pk, name=name, by=by, at=at, opinion=opinion, marks=marks)


def _marked(statement: Statement, line_ids: Sequence[int]) -> list[int]:
    """Only lines of this very statement may be marked."""
    found = Line.all_rows.filter(
        pk__in=line_ids, run_id=statement.run_id, institution_id=statement.institution_id
    ).values_list("pk", flat=True)
    if len(found) != len(set(line_ids)):
        raise DomainError("marks", "标出的行不在这张结算单里，请刷新页面后重新勾选")
    return sorted(found)


@dataclass(frozen=True)
class Approved:
    """批量审批结果。``held`` are those to be decided one by one: with undetermined lines, or with
    money to come back from a statement that is not approved itself.
    """

    done: int
    held: int


@transaction.atomic
def approve_low_risk(*, month: date, by: Actor, at: datetime, opinion: str) -> Approved:
    """批量审批：every waiting statement of the month whose lines are all determined."""
    if not by.may(STATEMENT.moves["approve"].permission):
        raise NotFound
    waiting = Case.objects.visible_to(by.scope).filter(type=STATEMENT.code, state=APPROVE)
    subjects = {s: pk for s, pk in waiting.values_list("subject_id", "pk") if s is not None}
    rows = list(
        Statement.objects.visible_to(by.scope)
        .filter(pk__in=list(subjects), month=month)
        .select_related("run")
    )
    late = find_before_their_time(rows)
    plain = [s for s in rows if s.undetermined_lines == 0 and s.pk not in late]
    held = len(rows) - len(plain)
    if not plain:
        more = f"；另有 {held} 张含待定或前次未办完，请逐张审批" if held else ""
        raise DomainError("nothing", f"{month:%Y-%m} 没有可以批量审批的结算单{more}")
    if not opinion.strip():
        raise DomainError("opinion", "批量审批须写明意见，请补写后再提交")
    move_all(
        type_code=STATEMENT.code,
        case_ids=[subjects[s.pk] for s in plain],
        name="approve",
        by=by,
        at=at,
        opinion=opinion,
    )
    pay(plain, by=by, at=at)
    return Approved(len(plain), held)
