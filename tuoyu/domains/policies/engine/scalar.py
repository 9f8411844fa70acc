"""逐个计算：一次算一个人的慢算法，用来说明理由，也用来核对整列计算的结果。

缺任何一个数都得到“空”，绝不当作零；and/or 按三值逻辑，结果与整列计算相同。
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from tuoyu.domains.policies.engine.expr import compare, param_id

Scalar = int | bool | str | None


def value_of(
    node: ast.expr, given: Mapping[str, Scalar], param: Callable[[str], int | None]
) -> Scalar:
    """算式的值。"""

    def ev(child: ast.expr) -> Scalar:
        return value_of(child, given, param)

    match node:
        case ast.Constant(value=value):
            assert isinstance(value, bool | int | str)
            return value
        case ast.Name(id=name):
            return given.get(name)
        case ast.BoolOp(op=op, values=values):
            decisive = isinstance(op, ast.Or)
            parts = [ev(value) for value in values]
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        case ast.UnaryOp(operand=operand):
            part = ev(operand)
            return None if part is None else not part
        case ast.IfExp(test=test, body=body, orelse=orelse):
            answer = ev(test)
            return None if answer is None else ev(body) if answer else ev(orelse)
        case ast.BinOp(op=op, left=left, right=right):
            return _arithmetic(op, ev(left), ev(right))
        case ast.Compare(left=left, ops=[op], comparators=[ast.Tuple(elts=elts)]):
            value = ev(left)
            found = value in [ev(item) for item in elts]
            return None if value is None else found == isinstance(op, ast.In)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            one, two = ev(left), ev(right)
            return None if one is None or two is None else compare(op, one, two)
        case ast.Call(func=ast.Name(id=name), args=args):
            if param_id(node):
                return param(param_id(node))
            numbers = [ev(arg) for arg in args]
            if None in numbers:
                return None
            choose = min if name == "min" else max
            return choose(number for number in numbers if isinstance(number, int))
        case _:
            raise AssertionError(ast.dump(node))


def _arithmetic(op: ast.operator, one: Scalar, two: Scalar) -> Scalar:
    if not isinstance(one, int) or not isinstance(two, int):
        return None
    match op:
        case ast.Add():
            return one + two
        case ast.Sub():
            return one - two
        case ast.Mult():
            return one * two
        case _:
            return one // two if two else None
