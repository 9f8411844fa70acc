"""逐行测算：each subject through the policy engine; nothing is worked out anywhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tuoyu.core.periods import month_of, month_period, month_start
from tuoyu.domains.grants.declaration import Programme, Subject
from tuoyu.domains.grants.facts import INPUTS, Facts, Scalar
from tuoyu.domains.policies.engine import (
    PAID,
    UNDETERMINED,
    Book,
    Outcome,
    Resolved,
    Rule,
    digest,
    evaluate_one,
    may_settle,
    receipt,
    resolve,
)
from tuoyu.domains.policies.engine.explain import sentence

STATES = {PAID: 1, UNDETERMINED: 3}
ZERO_STATE = 2


@dataclass(frozen=True)
class Line:
    """算好的一行。"""

    subject: Subject
    inputs: dict[str, Scalar]
    state: int
    amount_fen: int | None
    limit_fen: int | None
    set_fen: int | None
    gate: str
    binding: str
    params: list[str]
    receipt: str
    why: str


@dataclass
class Computer:
    """一条规则在某月、按某日所知的计算；equal inputs are computed once."""

    book: Book
    rule_id: str
    month: date
    known: date
    _done: dict[str, tuple[Outcome, str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resolved: Resolved = resolve(self.book, self.rule_id, month_of(self.month), self.known)

    @property
    def rule(self) -> Rule:
        """规则。"""
        return self.resolved.rule

    def line(self, subject: Subject, given: Mapping[str, Scalar]) -> Line:
        """一行。"""
        outcome, mark, why = self._outcome(given)
        rule = self.rule
        return Line(
            subject=subject,
            inputs=dict(given),
            state=STATES.get(outcome.state, ZERO_STATE),
            amount_fen=outcome.amount_fen,
            limit_fen=outcome.limit_fen,
            set_fen=outcome.set_fen,
            gate="" if outcome.gate is None else rule.gates[outcome.gate].id,
            binding="" if outcome.binding is None else rule.terms[outcome.binding].name,
            params=[row.id for row in outcome.rows.values() if row is not None],
            receipt=mark,
            why=why,
        )

    def _outcome(self, given: Mapping[str, Scalar]) -> tuple[Outcome, str, str]:
        hashed = digest(given)
        if hashed not in self._done:
            outcome = evaluate_one(self.resolved, given)
            mark = receipt(
                pack=self.book.pack.id,
                pack_sha256=self.book.sha256,
                rule=self.rule_id,
                month=month_of(self.month),
                known=self.known,
                input_sha256=hashed,
            )
            self._done[hashed] = outcome, mark, sentence(self.resolved, outcome)
        return self._done[hashed]


def gather(rule: Rule, facts: Facts, subject: Subject) -> dict[str, Scalar]:
    """一个对象的输入，by the names in the rule."""
    return {item.id: INPUTS[item.id](facts, subject) for item in rule.inputs}


def compute(
    programme: Programme, facts: Facts, book: Book, subjects: Iterable[Subject] | None = None
) -> list[Line]:
    """全部行；``subjects`` default to those that the programme finds."""
    computer = Computer(book, programme.rule, facts.month, facts.known or facts.on)
    found = programme.subjects(facts) if subjects is None else subjects
    return [computer.line(s, gather(computer.rule, facts, s)) for s in found]


def total(lines: Iterable[Line]) -> int | None:
    """合计；None while any line is 待定."""
    amounts = [line.amount_fen for line in lines]
    return None if any(a is None for a in amounts) else sum(a or 0 for a in amounts)


def may_pay(book: Book, programme: Programme, month: date, today: date) -> tuple[bool, str]:
    """可否受理：草案不付，过期不付，解释项未签字不付；按月的还须当月已结束。

    A one-off programme is judged by the month in which it is submitted, which need not be over.
    """
    name = month_of(month)
    if programme.is_monthly:
        return may_settle(book, programme.rule, name, today)
    valid = book.pack.document.valid
    if not book.pack.is_draft and today not in valid:
        return False, (
            f"今天 {today} 不在 {book.pack.document.number} 施行期"
            f"（{valid.start} 至 {valid.last_day}）内，须有接续文件"
        )
    ended = month_period(name).end
    return may_settle(book, programme.rule, name, max(today, ended) if ended else today)


def months_open(book: Book, today: date, count: int = 12) -> list[date]:
    """可申报的月份：ended, inside the document's term, newest first."""
    valid, found = book.pack.document.valid, []
    month = today.replace(day=1)
    for _ in range(count):
        month = month_start(month_of(date.fromordinal(month.toordinal() - 1)))
        if month in valid:
            found.append(month)
    return found


def asks_for(rule: Rule, gate_id: str, name: str) -> bool:
    """这个条件是否看某项输入，e.g. whether a floor is held against the approved sum."""
    gate = next((g for g in rule.gates if g.id == gate_id), None)
    if gate is None:
        return False
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(gate.tree))
