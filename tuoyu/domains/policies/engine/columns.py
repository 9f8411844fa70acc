"""整列计算：把算式变成 Polars 表达式，代码已化为整数，参数已化为列。"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable, Mapping

import polars as pl

from tuoyu.domains.policies.engine.expr import param_id

_COMPARE: Mapping[type[ast.cmpop], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


def column_of(
    node: ast.expr,
    codes: Mapping[str, int],
    number: pl.DataType,
    param: Callable[[str], pl.Expr],
) -> pl.Expr:
    """算式的整列写法。"""

    def ex(child: ast.expr) -> pl.Expr:
        return column_of(child, codes, number, param)

    match node:
        case ast.Constant(value=value):
            return _literal(value, codes, number)
        case ast.Name(id=name):
            return pl.col(name)
        case ast.BoolOp(op=op, values=values):
            join = operator.or_ if isinstance(op, ast.Or) else operator.and_
            return functools.reduce(join, (ex(value) for value in values))
        case ast.UnaryOp(operand=operand):
            return ex(operand).not_()
        case ast.IfExp(test=test, body=body, orelse=orelse):
            # 条件为空时 when 会走 otherwise，须改回空。
            return pl.when(ex(test)).then(ex(body)).when(ex(test).not_()).then(ex(orelse))
        case ast.BinOp(op=op, left=left, right=right):
            return _ARITHMETIC[type(op)](ex(left), ex(right))
        case ast.Compare(left=left, ops=[op], comparators=[ast.Tuple(elts=elts)]):
            found = functools.reduce(operator.or_, (ex(left) == ex(item) for item in elts))
            return found if isinstance(op, ast.In) else found.not_()
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)](ex(left), ex(right))
        case ast.Call(func=ast.Name(id=name), args=args):
            if param_id(node):
                return param(param_id(node))
            better = operator.le if name == "min" else operator.ge
            return functools.reduce(lambda a, b: _choose(a, b, better), (ex(arg) for arg in args))
        case _:
            raise AssertionError(ast.dump(node))


def _choose(one: pl.Expr, two: pl.Expr, better: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pl.Expr:
    # min_horizontal 会跳过空值，把“缺”当成“不限”；这里两边都有数才有结果。
    first = better(one, two)
    return pl.when(first).then(one).when(first.not_()).then(two)


def _literal(value: object, codes: Mapping[str, int], number: pl.DataType) -> pl.Expr:
    if isinstance(value, bool):
        return pl.lit(value)
    if isinstance(value, str):
        return pl.lit(codes[value], dtype=pl.Int16)
    return pl.lit(value, dtype=number)
