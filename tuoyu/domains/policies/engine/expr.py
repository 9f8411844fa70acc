"""算式：只认一小部分写法的表达式，逐字核准后才能使用。"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tuoyu.domains.policies.engine.source import PackError, Spot

_COMPARES = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)
_MEND = "可用：比较、and/or/not、甲 if 条件 else 乙、min/max、+ - * //、param('参数号')"


def parse(text: str, spot: Spot) -> ast.expr:
    """把文字变成语法树；写法不在许可之内即拒绝。"""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise PackError(spot, f"算式“{text}”读不通", _MEND) from None
    _check(tree, text, spot)
    return tree


def _check(node: ast.expr, text: str, spot: Spot) -> None:
    for child in _children(node, text, spot):
        _check(child, text, spot)


def _children(node: ast.expr, text: str, spot: Spot) -> list[ast.expr]:
    match node:
        case ast.Constant(value=value):
            if isinstance(value, bool | int | str):
                return []
            raise PackError(
                spot, f"算式“{text}”里的“{value!r}”不是整数或代码", "金额与天数不用小数"
            )
        case ast.Name():
            return []
        case ast.BoolOp(values=values):
            return list(values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [operand]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return [test, body, orelse]
        case ast.BinOp(op=op, left=left, right=right) if isinstance(op, _OPERATORS):
            return [left, right]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, _COMPARES):
            if isinstance(op, ast.In | ast.NotIn):
                return [left, *_choices(right, text, spot)]
            return [left, right]
        case ast.Call(func=ast.Name(id="param"), args=[ast.Constant(value=str())], keywords=[]):
            return []
        case ast.Call(func=ast.Name(id="min" | "max"), args=args, keywords=[]) if len(args) > 1:
            return list(args)
    raise PackError(spot, f"算式“{text}”用了不许可的写法“{ast.unparse(node)}”", _MEND)


def _choices(node: ast.expr, text: str, spot: Spot) -> list[ast.expr]:
    if isinstance(node, ast.Tuple) and all(isinstance(item, ast.Constant) for item in node.elts):
        return list(node.elts)
    raise PackError(spot, f"算式“{text}”的 in 后面应是一列代码", "请写成 in ('甲', '乙')")


def param_id(node: ast.expr) -> str:
    """param('…') 所指的参数号；不是这种写法则为空。"""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "param":
        argument = node.args[0]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
    return ""


def params_in(node: ast.expr) -> tuple[str, ...]:
    """算式里用到的参数号，按出现先后，不重复。"""
    found = (param_id(child) for child in ast.walk(node) if isinstance(child, ast.expr))
    return tuple(dict.fromkeys(name for name in found if name))


def names_in(node: ast.expr) -> tuple[str, ...]:
    """算式里用到的名字，按出现先后，不重复。"""
    found = (child for child in ast.walk(node) if isinstance(child, ast.Name))
    names = (child.id for child in found if child.id not in ("param", "min", "max"))
    return tuple(dict.fromkeys(names))


def words_in(node: ast.expr) -> Iterator[str]:
    """算式里写到的代码。"""
    if param_id(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from words_in(child)


def multiplies(node: ast.expr) -> bool:
    """算式里有没有乘法或加法：有则用 64 位整数计算。"""
    wide = (ast.Mult, ast.Add, ast.Sub)
    return any(
        isinstance(child, ast.BinOp) and isinstance(child.op, wide) for child in ast.walk(node)
    )


def minimum_terms(tree: ast.expr) -> tuple[ast.expr, ...]:
    """“取低”的各项；不是 min(…) 的算式只有一项。"""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "min":
        return tuple(tree.args)
    return (tree,)


def type_of(node: ast.expr, types: Mapping[str, str], text: str, spot: Spot) -> str:
    """算式的类型：int、bool 或 code；前后不一即拒绝。"""

    def need(child: ast.expr, *allowed: str) -> str:
        found = type_of(child, types, text, spot)
        if found not in allowed:
            part = ast.unparse(child)
            raise PackError(
                spot, f"算式“{text}”里“{part}”的类型不对", f"此处应为{'或'.join(allowed)}"
            )
        return found

    match node:
        case ast.Constant(value=value):
            return (
                "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "code"
            )
        case ast.Name(id=name):
            if name not in types:
                raise PackError(
                    spot, f"算式“{text}”里有不认识的名字“{name}”", "请先在 inputs 里登记"
                )
            return types[name]
        case ast.BoolOp(values=values):
            for part in values:
                need(part, "bool")
            return "bool"
        case ast.UnaryOp(operand=operand):
            return need(operand, "bool")
        case ast.IfExp(test=test, body=body, orelse=orelse):
            need(test, "bool")
            return need(orelse, need(body, "int", "bool", "code"))
        case ast.BinOp(left=left, right=right):
            need(left, "int")
            return need(right, "int")
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            if isinstance(op, ast.In | ast.NotIn):
                kind = need(left, "int", "code")
                for item in right.elts if isinstance(right, ast.Tuple) else []:
                    need(item, kind)
                return "bool"
            ordered = isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
            need(right, need(left, "int") if ordered else need(left, "int", "bool", "code"))
            return "bool"
        case ast.Call(args=args):
            if param_id(node):
                return "int"
            for arg in args:
                need(arg, "int")
            return "int"
        case _:
            raise AssertionError(ast.dump(node))


def compare(op: ast.cmpop, left: int | str, right: int | str) -> bool:
    """比较两个已知的值。"""
    match op:
        case ast.Eq():
            return left == right
        case ast.NotEq():
            return left != right
        case ast.Lt():
            return left < right  # type: ignore[operator]
        case ast.LtE():
            return left <= right  # type: ignore[operator]
        case ast.Gt():
            return left > right  # type: ignore[operator]
        case ast.GtE():
            return left >= right  # type: ignore[operator]
        case _:
            raise AssertionError(op)


__all__ = [
    "compare",
    "minimum_terms",
    "multiplies",
    "names_in",
    "param_id",
    "params_in",
    "parse",
    "type_of",
    "words_in",
]
