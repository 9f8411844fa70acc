"""变异：把规则里的每个常数、每个运算、每一格数改动一点，至少要有一个算例因此不符。

没有算例察觉的改动叫“漏网”，说明算例不够，须补。
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tuoyu.domains.policies.engine.book import Book
from tuoyu.domains.policies.engine.examples import Case, differs
from tuoyu.domains.policies.engine.expr import param_id
from tuoyu.domains.policies.engine.model import Row, Rule
from tuoyu.domains.policies.engine.resolve import Resolved, Table
from tuoyu.domains.policies.engine.source import Spot

_FLIPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}

_YUAN = 100


@dataclass(frozen=True, slots=True)
class Mutant:
    """一处改动：在哪里、改了什么、怎样套到已定参的规则上。"""

    what: str
    spot: Spot
    rule: str
    apply: Callable[[Resolved], Resolved | None]


def survivors(
    book: Book, cases: Sequence[Case], step: Callable[[int, int], None]
) -> Iterator[Mutant]:
    """漏网的改动；step(已做, 总数) 供显示进度。"""
    listed = [mutant for rule in book.rules.values() for mutant in mutants(rule, cases)]
    for place, mutant in enumerate(listed, 1):
        mine = (case for case in cases if case.example.rule == mutant.rule)
        if not any(_caught(case, mutant) for case in mine):
            yield mutant
        step(place, len(listed))


def _caught(case: Case, mutant: Mutant) -> bool:
    changed = mutant.apply(case.resolved)
    return changed is not None and bool(differs(case, changed))


def mutants(rule: Rule, cases: Sequence[Case]) -> Iterator[Mutant]:
    """一条规则的全部改动。"""
    for place, item in enumerate(rule.derived):
        for what, tree in changes(item.tree):
            new = replace(item, tree=tree)
            derived = (*rule.derived[:place], new, *rule.derived[place + 1 :])
            yield _of_rule(rule, replace(rule, derived=derived), f"{item.id}：{what}", item.spot)
    for place, gate in enumerate(rule.gates):
        rest = (rule.gates[:place], rule.gates[place + 1 :])
        for what, tree in changes(gate.tree):
            gates = (*rest[0], replace(gate, tree=tree), *rest[1])
            yield _of_rule(rule, replace(rule, gates=gates), f"{gate.id}：{what}", gate.spot)
        opposite = ast.UnaryOp(op=ast.Not(), operand=gate.tree)
        gates = (*rest[0], replace(gate, tree=opposite), *rest[1])
        yield _of_rule(rule, replace(rule, gates=gates), f"{gate.id}：条件取反", gate.spot)
        gates = (*rest[0], replace(gate, tree=ast.Constant(value=True)), *rest[1])
        yield _of_rule(rule, replace(rule, gates=gates), f"{gate.id}：条件删去", gate.spot)
    for place, term in enumerate(rule.terms):
        for what, tree in changes(term.tree):
            terms = (*rule.terms[:place], replace(term, tree=tree), *rule.terms[place + 1 :])
            yield _of_rule(rule, replace(rule, terms=terms), f"{term.name}：{what}", rule.spot)
        if len(rule.terms) > 1:
            terms = (*rule.terms[:place], *rule.terms[place + 1 :])
            yield _of_rule(rule, replace(rule, terms=terms), f"取低删去“{term.name}”", rule.spot)
    yield from _row_mutants(rule, cases)


def _of_rule(rule: Rule, changed: Rule, what: str, spot: Spot) -> Mutant:
    return Mutant(what, spot, rule.id, lambda resolved: replace(resolved, rule=changed))


def _row_mutants(rule: Rule, cases: Sequence[Case]) -> Iterator[Mutant]:
    seen: dict[str, Row] = {}
    for case in cases:
        if case.example.rule == rule.id:
            seen |= {row.id: row for row in case.resolved.rows}
    bare = {term.param for term in rule.terms}
    for row in seen.values():
        # 直接作金额的改一分也要察觉；经乘除再取整的，一分可能恰被舍去，改一元。
        size = 1 if row.param in bare or row.value < _YUAN else _YUAN
        for step in (size, -size):
            yield Mutant(
                f"{row.id} 的数 {row.value} 改为 {row.value + step}",
                row.spot,
                rule.id,
                _row_change(row, row.value + step),
            )


def _row_change(row: Row, value: int) -> Callable[[Resolved], Resolved | None]:
    def apply(resolved: Resolved) -> Resolved | None:
        table = resolved.tables[row.param]
        if table.origin.get(row.key) is not row:
            return None
        changed = Table(table.param, {**table.cells, row.key: value}, table.origin)
        return replace(resolved, tables={**resolved.tables, row.param: changed})

    return apply


def changes(tree: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """一棵语法树的全部改动：每次只改一处。"""
    for place, node in enumerate(ast.walk(tree)):
        for what, edit in _edits(node):
            changed = copy.deepcopy(tree)
            edit(list(ast.walk(changed))[place])
            yield f"{what}（{ast.unparse(changed)}）", changed


def _edits(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        for step in (1, -1):
            yield f"常数 {node.value} 改为 {node.value + step}", _setter("value", node.value + step)
    elif isinstance(node, ast.Compare):
        yield "比较改动", _setter("ops", [_FLIPS[type(node.ops[0])]()])
        choices = node.comparators[0]
        if isinstance(choices, ast.Tuple) and len(choices.elts) > 1:
            for place, item in enumerate(choices.elts):
                kept = [one for at, one in enumerate(choices.elts) if at != place]
                less = ast.Tuple(elts=kept, ctx=ast.Load())
                yield f"删去 {ast.unparse(item)}", _setter("comparators", [less])
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        yield "运算改动", _setter("op", _FLIPS[type(node.op)]())
    elif isinstance(node, ast.IfExp):
        yield "两支对调", _swap
    elif isinstance(node, ast.Call) and not param_id(node) and isinstance(node.func, ast.Name):
        other = "max" if node.func.id == "min" else "min"
        yield f"{node.func.id} 改为 {other}", _setter("func", ast.Name(id=other, ctx=ast.Load()))


def _setter(name: str, value: object) -> Callable[[ast.AST], None]:
    return lambda node: setattr(node, name, value)


def _swap(node: ast.AST) -> None:
    assert isinstance(node, ast.IfExp)
    node.body, node.orelse = node.orelse, node.body


__all__ = ["Mutant", "changes", "mutants", "survivors"]
