"""计算：整列（Polars）与逐个（说明、核对）两种算法，结果逐分相同。

结果分三种：应付、不付（某个条件不满足，或金额为零）、待定（缺数、缺通知、不在施行期）。
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tuoyu.domains.policies.engine.columns import column_of, known, one_cell, only
from tuoyu.domains.policies.engine.model import Input, Key, Row
from tuoyu.domains.policies.engine.resolve import NO_VALUE, Resolved
from tuoyu.domains.policies.engine.scalar import Scalar, value_of

ZERO, PAID, UNDETERMINED = 0, 1, 2
STATES = {ZERO: "zero", PAID: "paid", UNDETERMINED: "undetermined"}
STATE_NAMES = {ZERO: "不付", PAID: "应付", UNDETERMINED: "待定"}

_STEP, _FEN, _ROW, _PLACE = pl.Int8(), pl.Int64(), pl.Int16(), pl.UInt32()


class InputError(ValueError):
    """输入有误：少了一列、类型不对、代码不认识。"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """逐个计算的结果。"""

    state: int
    amount_fen: int | None
    gate: int | None
    binding: int | None
    limit_fen: int | None
    set_fen: int | None
    missing: tuple[str, ...]
    named: Mapping[str, Scalar]
    rows: Mapping[str, Row | None]
    values: Mapping[str, int | None]
    terms: tuple[int | None, ...]


def evaluate_one(resolved: Resolved, given: Mapping[str, Scalar]) -> Outcome:
    """逐个计算：一个对象，一个月。"""
    rule = resolved.rule
    named: dict[str, Scalar] = {item.id: given.get(item.id) for item in rule.inputs}
    for item in rule.inputs:
        _check_value(item.id, item.type, named[item.id], item.codes)

    def param(name: str) -> int | None:
        return resolved.value(name, named)

    for step in rule.derived:
        named[step.id] = value_of(step.tree, named, param)
    gate, unknown = None, not resolved.in_force
    for place, one in enumerate(rule.gates):
        passed = value_of(one.tree, named, param)
        if passed is None:
            unknown = True
        elif not passed and not unknown:
            gate = place
        if gate is not None or unknown:
            break
    values = {name: param(name) for name in rule.params}
    terms = tuple(_integer(value_of(term.tree, named, param)) for term in rule.terms)
    known = [term for term in terms if term is not None]
    amount: int | None = None
    binding = None
    if gate is not None:
        amount = 0
    elif not unknown and len(known) == len(terms):
        amount = min(known)
        binding = terms.index(amount)
    state = UNDETERMINED if amount is None else PAID if amount > 0 else ZERO
    return Outcome(
        state=state,
        amount_fen=amount,
        gate=gate,
        binding=binding,
        limit_fen=_role(resolved, terms, "limit"),
        set_fen=_role(resolved, terms, "set"),
        missing=_missing(resolved, named, values) if state == UNDETERMINED else (),
        named=named,
        rows={name: resolved.row(name, named) for name in rule.params},
        values=values,
        terms=terms,
    )


def _integer(value: Scalar) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _role(resolved: Resolved, terms: tuple[int | None, ...], role: str) -> int | None:
    for term, value in zip(resolved.rule.terms, terms, strict=True):
        if term.role == role:
            return value
    return None


def _missing(
    resolved: Resolved, named: Mapping[str, Scalar], values: Mapping[str, int | None]
) -> tuple[str, ...]:
    inputs = [item.id for item in resolved.rule.inputs if named[item.id] is None]
    return (*inputs, *(name for name, value in values.items() if value is None))


def _check_value(name: str, kind: str, value: Scalar, codes: tuple[str, ...]) -> None:
    if value is None:
        return
    if kind == "bool":
        fine = isinstance(value, bool)
    elif kind == "code":
        fine = isinstance(value, str) and value in codes
    else:
        fine = isinstance(value, int) and not isinstance(value, bool)
    if not fine:
        listed = f"，可用：{'、'.join(codes)}" if kind == "code" else f"，应为 {kind}"
        raise InputError(f"输入“{name}”的值“{value}”不对{listed}")
    if isinstance(value, int) and value < 0:
        raise InputError(f"输入“{name}”的值 {value} 是负数；冲减请另立更正记录")


def encode(resolved: Resolved, frame: pl.DataFrame) -> dict[str, pl.Series]:
    """输入各列，代码列化为整数；已是整数的核对范围后原样使用。不认识的代码即报错。"""
    present = set(frame.columns)
    for item in resolved.rule.inputs:
        if item.id not in present:
            raise InputError(f"表里没有“{item.name}”列（{item.id}），请补上；缺数的行留空即可")
    try:
        return {item.id: _input(resolved, item, frame[item.id]) for item in resolved.rule.inputs}
    except pl.exceptions.InvalidOperationError as error:
        raise InputError(f"有一列的数超出可算的范围，请核对单位是否为分：{error}") from None


def _input(resolved: Resolved, item: Input, column: pl.Series) -> pl.Series:
    if item.type == "bool":
        return _cast(column, pl.Boolean())
    if item.type == "code":
        return _coded(resolved, item, column)
    if column.dtype.is_float() or column.dtype.is_decimal():
        raise InputError(f"“{item.name}”列（{item.id}）是小数，金额须以整数分计")
    numbers = _cast(column, resolved.number)
    least = numbers.min()
    if isinstance(least, int) and least < 0:
        raise InputError(f"“{item.name}”列（{item.id}）有负数 {least}；冲减请另立更正记录")
    return numbers


def _cast(column: pl.Series, kind: pl.DataType) -> pl.Series:
    return column if column.dtype == kind else column.cast(kind)


def _coded(resolved: Resolved, item: Input, column: pl.Series) -> pl.Series:
    places = [resolved.book.codes[code] for code in item.codes]
    if column.dtype.is_integer():
        coded = _cast(column, _ROW)
        _refuse(item, [] if _within(coded, places) else set(coded.unique()) - set(places))
        return coded
    text = column.cast(pl.String)
    ranks = text.cast(pl.Enum(item.codes), strict=False)
    if ranks.null_count() > text.null_count():
        _refuse(item, set(text.unique()) - set(item.codes))
    return pl.Series(places, dtype=_ROW)[ranks.to_physical().cast(_PLACE)]


def _within(coded: pl.Series, places: list[int]) -> bool:
    """同一套代码的编号通常相连，看两头即知；不相连的须逐个核对。"""
    low, high = min(places), max(places)
    least, most = coded.min(), coded.max()
    if not isinstance(least, int) or not isinstance(most, int):
        return True
    return high - low == len(places) - 1 and low <= least and most <= high


def _refuse(item: Input, strange: Collection[object]) -> None:
    found = sorted(str(code) for code in strange if code is not None)
    if found:
        raise InputError(f"“{item.id}”列有不认识的代码：{'、'.join(found)}")


class _Batch:
    """一批对象：输入、推算与参数各成一列，用到时才取，取过的不再取。"""

    def __init__(self, resolved: Resolved, inputs: dict[str, pl.Series]) -> None:
        self._resolved = resolved
        self._named = inputs
        self._places: dict[Key, pl.Series] = {}
        self._known: dict[str, pl.Series | None] = {}
        self._params: dict[str, pl.Series] = {}
        for step in resolved.rule.derived:
            self._named[step.id] = self.value(step.tree)

    def value(self, tree: ast.expr) -> pl.Series:
        """算式的整列值。"""
        resolved = self._resolved
        return column_of(
            tree, resolved.book.codes, resolved.number, self._named.__getitem__, self.param
        )

    def param(self, name: str) -> pl.Series:
        """参数的取值；没有维度的只有一格。"""
        if name not in self._params:
            self._params[name] = self._taken(name, self._resolved.dense[name].values)
        return self._params[name]

    def row(self, name: str) -> pl.Series:
        """参数取自哪一行：resolved.rows 里的位置。"""
        return self._taken(name, self._resolved.dense[name].rows)

    def _taken(self, name: str, table: pl.Series) -> pl.Series:
        by = self._resolved.book.params[name].by
        column = table[self._place(by)] if by else table
        if name not in self._known:
            # 取值表与出处表的空格相同，只认一次。
            least = column.min()
            gap = isinstance(least, int) and least <= NO_VALUE
            self._known[name] = column > one_cell(NO_VALUE, column.dtype) if gap else None
        kept = self._known[name]
        # 表里的空格以 NO_VALUE 记（整列取值时比空值快数倍），取出后立刻还原成空。
        return column if kept is None else only(column, kept)

    def _place(self, by: Key) -> pl.Series:
        """各维代码合成稠密表里的位置。代码都已核对过，不会越界。"""
        if by not in self._places:
            *before, last = by
            if before:
                step = one_cell(len(self._resolved.book.codes), _PLACE)
                place = self._place(tuple(before)) * step + self._place((last,))
            else:
                place = self._named[last].cast(_PLACE, wrap_numerical=True)
            self._places[by] = place
        return self._places[by]


def evaluate(resolved: Resolved, frame: pl.DataFrame, *, rows: bool = True) -> pl.DataFrame:
    """整列计算：在 frame 后面加上结果各列。

    state、amount_fen、gate、binding、limit_fen、set_fen；参数的行号列名为 row:参数号，
    值是 resolved.rows 里的位置。只作测算、不出凭据的，可以不取行号（rows=False）。
    """
    inputs = encode(resolved, frame)
    batch = _Batch(resolved, inputs) if resolved.in_force else None
    answer = _settled(resolved, batch) if batch else _nothing(resolved)
    for name in resolved.rule.params if rows else ():
        answer[f"row:{name}"] = batch.row(name) if batch else one_cell(None, _ROW)
    height = frame.height
    return frame.hstack([_spread(column, height).alias(name) for name, column in answer.items()])


def _spread(column: pl.Series, height: int) -> pl.Series:
    return column if len(column) == height else column.new_from_index(0, height)


def _settled(resolved: Resolved, batch: _Batch) -> dict[str, pl.Series]:
    rule = resolved.rule
    gates = [batch.value(gate.tree) for gate in rule.gates]
    terms = [_cast(batch.value(term.tree), resolved.number) for term in rule.terms]
    passed = functools.reduce(operator.and_, gates, one_cell(True, pl.Boolean()))
    failing = _first_failed(gates)
    least, binding = _least(terms)
    # 都满足的取低，缺任何一项即为空；有不满足的为零；先遇到不明的为空。
    amount = least.zip_with(passed, one_cell(0, resolved.number))
    if any(gate.null_count() for gate in gates):
        amount = only(amount, passed | (failing >= one_cell(0, _STEP)))
    paid = amount > one_cell(0, resolved.number)
    state = one_cell(PAID, _STEP).zip_with(paid, one_cell(ZERO, _STEP))
    if paid.null_count():
        state = state.zip_with(known(paid), one_cell(UNDETERMINED, _STEP))
        passed = passed & known(paid)
    return {
        "state": state,
        "amount_fen": _cast(amount, _FEN),
        "gate": failing,
        "binding": only(binding, passed),
        "limit_fen": _by_role(resolved, terms, "limit"),
        "set_fen": _by_role(resolved, terms, "set"),
    }


def _first_failed(gates: Sequence[pl.Series]) -> pl.Series:
    """第一个不满足的条件的次序；都满足的、先遇到不明的为空。"""
    failing = one_cell(None, _STEP)
    for place, gate in reversed(list(enumerate(gates))):
        failing = failing.zip_with(gate, one_cell(place, _STEP))
        if gate.null_count():
            failing = only(failing, known(gate))
    return failing


def _least(terms: Sequence[pl.Series]) -> tuple[pl.Series, pl.Series]:
    """取低：最小的一项与它的次序（相同时取在前的）。缺任何一项，最小的即为空。"""
    # 有一边为空，比较也为空：记下来，最后一并改回空。
    least, binding = terms[0], one_cell(0, _STEP)
    whole: list[pl.Series] = []
    for place, term in enumerate(terms[1:], 1):
        kept = least <= term
        least = least.zip_with(kept, term)
        binding = binding.zip_with(kept, one_cell(place, _STEP))
        if kept.null_count():
            whole.append(known(kept))
    if whole:
        least = only(least, functools.reduce(operator.and_, whole))
    return least, binding


def _by_role(resolved: Resolved, terms: Sequence[pl.Series], role: str) -> pl.Series:
    for term, column in zip(resolved.rule.terms, terms, strict=True):
        if term.role == role:
            return column
    return one_cell(None, resolved.number)


def _nothing(resolved: Resolved) -> dict[str, pl.Series]:
    """不在施行期：全部待定。"""
    return {
        "state": one_cell(UNDETERMINED, _STEP),
        "amount_fen": one_cell(None, _FEN),
        "gate": one_cell(None, _STEP),
        "binding": one_cell(None, _STEP),
        "limit_fen": one_cell(None, resolved.number),
        "set_fen": one_cell(None, resolved.number),
    }
