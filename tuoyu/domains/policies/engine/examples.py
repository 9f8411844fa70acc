"""算例：逐个核对，并查有没有漏：每个条件正反两面、每个日期前中后、闰日与月末生日。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from tuoyu.core.money import yuan
from tuoyu.core.periods import month_of, month_start, next_month
from tuoyu.domains.policies.engine.book import Book
from tuoyu.domains.policies.engine.evaluate import Outcome, evaluate, evaluate_one
from tuoyu.domains.policies.engine.explain import failing, with_age
from tuoyu.domains.policies.engine.model import Example, Rule
from tuoyu.domains.policies.engine.resolve import Resolved, resolve
from tuoyu.domains.policies.engine.scalar import Scalar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """已定参的算例。"""

    example: Example
    resolved: Resolved
    facts: dict[str, Scalar]


def prepare(book: Book) -> list[Case]:
    """给每个算例定参；同月同知悉日的只定一次。"""
    held: dict[tuple[str, str, date], Resolved] = {}
    cases = []
    for example in book.examples:
        known = example.known or book.city.settled_on(example.month)
        key = (example.rule, example.month, known)
        if key not in held:
            held[key] = resolve(book, example.rule, example.month, known)
        cases.append(Case(example, held[key], with_age(book, example.month, example.given)))
    return cases


def differs(case: Case, resolved: Resolved | None = None) -> str:
    """算例与实算不符之处；相符则为空。"""
    used = resolved or case.resolved
    outcome = evaluate_one(used, case.facts)
    return _differs(case.example, used, outcome)


def _differs(example: Example, resolved: Resolved, outcome: Outcome) -> str:
    if outcome.amount_fen != example.pays:
        return f"应付 {_shown(example.pays)}，实算 {_shown(outcome.amount_fen)}"
    if example.binding:
        names = [term.name for term in resolved.rule.terms]
        if outcome.binding is None or names[outcome.binding] != example.binding:
            return f"应由“{example.binding}”决定，实算不是"
    elif outcome.binding is not None or failing(resolved, outcome) != example.fails:
        return f"应卡在 {example.fails}，实算 {failing(resolved, outcome)}"
    for name, wanted, found in (
        ("上限", example.limit, outcome.limit_fen),
        ("县定", example.set, outcome.set_fen),
    ):
        if wanted is not None and wanted != found:
            return f"{name}应为 {_shown(wanted)}，实算 {_shown(found)}"
    return ""


def _shown(fen: int | None) -> str:
    return "待定" if fen is None else f"{yuan(fen)} 元"


def same_by_column(cases: Sequence[Case]) -> Iterator[str]:
    """逐个计算与整列计算对同一算例的结果必须相同。"""
    grouped: dict[int, list[Case]] = {}
    for case in cases:
        grouped.setdefault(id(case.resolved), []).append(case)
    for listed in grouped.values():
        resolved = listed[0].resolved
        frame = frame_of(resolved, [case.facts for case in listed])
        columns = evaluate(resolved, frame)
        for case, row in zip(listed, columns.iter_rows(named=True), strict=True):
            one = evaluate_one(resolved, case.facts)
            slow = (one.state, one.amount_fen, one.gate, one.binding, one.limit_fen, one.set_fen)
            fast = tuple(
                row[name]
                for name in ("state", "amount_fen", "gate", "binding", "limit_fen", "set_fen")
            )
            if slow != fast:
                yield f"{case.example.spot}：逐个 {slow}，整列 {fast}"


def frame_of(resolved: Resolved, facts: Sequence[dict[str, Scalar]]) -> pl.DataFrame:
    """把若干份输入排成表。"""
    kinds: dict[str, pl.DataType] = {"bool": pl.Boolean(), "code": pl.String()}
    return pl.DataFrame(
        {
            item.id: pl.Series(
                item.id,
                [one.get(item.id) for one in facts],
                dtype=kinds.get(item.type, resolved.number),
            )
            for item in resolved.rule.inputs
        }
    )


def gaps(book: Book, cases: Sequence[Case]) -> Iterator[str]:
    """算例没有覆盖到的情形。"""
    for rule in book.rules.values():
        mine = [case for case in cases if case.example.rule == rule.id]
        failed = {case.example.fails for case in mine}
        if not any(case.example.binding for case in mine):
            yield f"规则 {rule.id} 没有应付的算例"
        for gate in rule.gates:
            if gate.id not in failed:
                yield f"规则 {rule.id} 没有卡在“{gate.say}”（{gate.id}）的算例"
        if "undetermined" not in failed:
            yield f"规则 {rule.id} 没有待定的算例"
        yield from _span_gaps(book, rule, mine)
        yield from _notice_gaps(book, rule, mine)
        if any(item.id == "age_months" for item in rule.inputs):
            yield from _birthday_gaps(rule, mine)


def _span_gaps(book: Book, rule: Rule, cases: Sequence[Case]) -> Iterator[str]:
    valid = book.pack.document.valid
    assert valid.end is not None
    first = month_of(valid.start)
    first = first if month_start(first) >= valid.start else next_month(first)
    months = {case.example.month for case in cases}
    for month, what in (
        (next_month(first, -1), "施行前一月"),
        (first, "施行首月"),
        (month_of(valid.end - _DAY), "施行末月"),
        (month_of(valid.end), "施行期满后一月"),
    ):
        if month not in months:
            yield f"规则 {rule.id} 没有{what}（{month}）的算例"


def _notice_gaps(book: Book, rule: Rule, cases: Sequence[Case]) -> Iterator[str]:
    for notice in book.notices:
        rows = [row for row in notice.rows if row.param in rule.params]
        if not rows:
            continue
        by_county = any("county" in book.params[row.param].by for row in rows)
        mine = [c for c in cases if not by_county or c.facts.get("county") == notice.issuer]
        known = {case.resolved.known for case in mine}
        for day in (notice.known - _DAY, notice.known, notice.known + _DAY):
            if day not in known:
                yield f"规则 {rule.id} 没有“{notice.number}”知悉日前中后（{day}）的算例"
        months = {case.example.month for case in mine}
        for start in {row.period.start for row in rows}:
            month = month_of(start)
            for wanted in (next_month(month, -1), month):
                if wanted not in months:
                    yield f"规则 {rule.id} 没有“{notice.number}”起始日前后（{wanted}）的算例"


def _birthday_gaps(rule: Rule, cases: Sequence[Case]) -> Iterator[str]:
    births = {str(case.example.given["birth"]) for case in cases if "birth" in case.example.given}
    if not any(birth.endswith("-02-29") for birth in births):
        yield f"规则 {rule.id} 没有 2 月 29 日生日的算例"
    if not any(birth.endswith("-31") for birth in births):
        yield f"规则 {rule.id} 没有 31 日生日的算例"
