"""底表的归并：rows with the same answer under every plan become one cell with a count.

Whole numbers that a rule merely compares with parameters are brought to the nearest threshold;
a number that is one of several 取低 terms is cut just above the greatest that the others can be.
Both leave every amount, state and binding term as it was (tests compare to the fen).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from tuoyu.domains.policies.engine import Resolved, Rule
from tuoyu.domains.policies.engine.expr import param_id

ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
COUNT = "n"


@dataclass(frozen=True, slots=True)
class Use:
    """一个输入怎样被用到。"""

    params: frozenset[str]
    constants: frozenset[int]
    is_term: bool
    is_plain: bool  # 只用于比较或取低，别处没有用到


def uses_of(rule: Rule) -> dict[str, Use]:
    """每个整数输入的用法。"""
    numbers = {item.id for item in rule.inputs if item.type in ("int", "fen")}
    params: dict[str, set[str]] = {name: set() for name in numbers}
    constants: dict[str, set[int]] = {name: set() for name in numbers}
    terms: set[str] = set()
    other: set[str] = set()

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ORDERED):
            pair = (node.left, node.comparators[0])
            for one, two in (pair, pair[::-1]):
                if isinstance(one, ast.Name) and one.id in numbers:
                    if isinstance(two, ast.expr) and param_id(two):
                        params[one.id].add(param_id(two))
                        return
                    if isinstance(two, ast.Constant) and isinstance(two.value, int):
                        constants[one.id].add(two.value)
                        return
        if isinstance(node, ast.Name) and node.id in numbers:
            other.add(node.id)
        for child in ast.iter_child_nodes(node):
            walk(child)

    for tree in (*(step.tree for step in rule.derived), *(gate.tree for gate in rule.gates)):
        walk(tree)
    for term in rule.terms:
        if isinstance(term.tree, ast.Name) and len(rule.terms) > 1:
            terms.add(term.tree.id)
        else:
            walk(term.tree)
    return {
        name: Use(
            frozenset(params[name]), frozenset(constants[name]), name in terms, name not in other
        )
        for name in numbers
    }


def shrink(frame: pl.DataFrame, rule: Rule, tables: Iterable[Resolved]) -> pl.DataFrame:
    """把数归到门槛上；``tables`` are those of all the plans and months to be asked."""
    held: dict[str, set[int]] = {name: set() for name in rule.params}
    for resolved in tables:
        for name, table in resolved.tables.items():
            held[name].update(table.cells.values())
    changed = [
        column
        for name, use in uses_of(rule).items()
        if use.is_plain and (column := _shrunk(frame[name], use, rule, held)) is not None
    ]
    return frame.with_columns(changed)


def _shrunk(column: pl.Series, use: Use, rule: Rule, held: dict[str, set[int]]) -> pl.Series | None:
    steps = {value for name in use.params for value in held[name]} | use.constants
    if use.is_term:
        most = _most(rule, held)
        if most is None:
            return None
        top = max([most, *steps]) + 1
        return column.clip(upper_bound=top)
    breaks = pl.Series(sorted({0, *steps, *(step + 1 for step in steps)}), dtype=column.dtype)
    place = breaks.search_sorted(column.fill_null(0), side="right") - 1
    found = breaks.gather(place)
    return found.zip_with(column.is_not_null(), pl.Series([None], dtype=column.dtype)).alias(
        column.name
    )


def _most(rule: Rule, held: dict[str, set[int]]) -> int | None:
    """其余各项最大能到多少；说不准则为空。"""
    tops = [max(held[name], default=0) for term in rule.terms if (name := param_id(term.tree))]
    return min(tops, default=None)


def group(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """相同的归为一格并计数；ordered, so that the same rows give the same cells."""
    counted = (
        pl.col(COUNT).sum() if COUNT in frame.columns else pl.len().cast(pl.Int64).alias(COUNT)
    )
    return frame.group_by(keys).agg(counted).sort(keys)
