"""计算：整列（Polars）与逐个（说明、核对）两种算法，结果逐分相同。

结果分三种：应付、不付（某个条件不满足，或金额为零）、待定（缺数、缺通知、不在施行期）。
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tuoyu.domains.policies.engine.columns import column_of
from tuoyu.domains.policies.engine.model import Row
from tuoyu.domains.policies.engine.resolve import NO_VALUE, Resolved
from tuoyu.domains.policies.engine.scalar import Scalar, value_of

ZERO, PAID, UNDETERMINED = 0, 1, 2
STATES = {ZERO: "zero", PAID: "paid", UNDETERMINED: "undetermined"}
STATE_NAMES = {ZERO: "不付", PAID: "应付", UNDETERMINED: "待定"}

_PASSED, _UNKNOWN = -1, -2
_INT16 = 32_767


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


def encode(resolved: Resolved, frame: pl.DataFrame) -> pl.DataFrame:
    """把代码列由文字化为整数；已是整数的原样使用。不认识的代码即报错。"""
    columns = []
    for item in resolved.rule.inputs:
        if item.id not in frame.columns:
            raise InputError(f"表里没有“{item.name}”列（{item.id}），请补上；缺数的行留空即可")
        column = pl.col(item.id)
        kind = frame.schema[item.id]
        if item.type == "bool":
            columns.append(column.cast(pl.Boolean))
        elif item.type != "code":
            if kind.is_float() or kind.is_decimal():
                raise InputError(f"“{item.name}”列（{item.id}）是小数，金额须以整数分计")
            columns.append(column if kind == resolved.number else column.cast(resolved.number))
        elif kind.is_integer():
            columns.append(column if kind == pl.Int16 else column.cast(pl.Int16))
        else:
            columns.append(_coded(resolved, frame, item.id, item.codes))
    try:
        coded = frame.select(columns)
    except pl.exceptions.InvalidOperationError as error:
        raise InputError(f"有一列的数超出可算的范围，请核对单位是否为分：{error}") from None
    for item in resolved.rule.inputs:
        least = coded[item.id].min() if item.type in ("int", "fen") else None
        if isinstance(least, int) and least < 0:
            raise InputError(f"“{item.name}”列（{item.id}）有负数 {least}；冲减请另立更正记录")
    return coded


def _coded(resolved: Resolved, frame: pl.DataFrame, name: str, codes: tuple[str, ...]) -> pl.Expr:
    text = frame[name].cast(pl.String)
    strange = set(text.unique().drop_nulls()) - set(codes)
    if strange:
        raise InputError(f"“{name}”列有不认识的代码：{'、'.join(sorted(strange))}")
    table = {code: resolved.book.codes[code] for code in codes}
    column = pl.col(name).cast(pl.String)
    return column.replace_strict(table, default=None, return_dtype=pl.Int16)


def evaluate(resolved: Resolved, frame: pl.DataFrame) -> pl.DataFrame:
    """整列计算：在 frame 后面加上结果各列。

    state、amount_fen、gate、binding、limit_fen、set_fen；参数的行号列名为 row:参数号，
    值是 resolved.rows 里的位置。
    """
    rule = resolved.rule
    coded = encode(resolved, frame)
    if not resolved.in_force:
        return frame.hstack(_nothing(resolved, frame.height))
    stage = _gathered(resolved, coded)
    for item in rule.derived:
        stage = stage.with_columns(_column(resolved, item.tree).alias(item.id))
        stage = _gathered(resolved, stage)
    terms = [f"term:{place}" for place in range(len(rule.terms))]
    stage = stage.with_columns(
        [_column(resolved, gate.tree).alias(f"gate:{gate.id}") for gate in rule.gates]
        + [
            _column(resolved, term.tree).cast(resolved.number).alias(name)
            for term, name in zip(rule.terms, terms, strict=True)
        ]
    )
    return frame.hstack(_settled(resolved, stage, terms))


def _gathered(resolved: Resolved, stage: pl.DataFrame) -> pl.DataFrame:
    """把各维都已齐备的参数取成列；没有维度的参数直接写成常数，不占列。"""
    params = resolved.book.params
    size = len(resolved.book.codes)
    ready = [
        name
        for name in resolved.rule.params
        if params[name].by
        and f"param:{name}" not in stage.columns
        and set(params[name].by) <= set(stage.columns)
    ]
    places = dict.fromkeys(params[name].by for name in ready)
    stage = stage.with_columns([_place(by, size).alias(_place_name(by)) for by in places])
    stage = stage.with_columns([_gather(resolved, name).alias(f"param:{name}") for name in ready])
    gaps = [name for name in ready if _has_gap(stage[f"param:{name}"])]
    return stage.with_columns([_unfilled(f"param:{name}") for name in gaps])


def _has_gap(column: pl.Series) -> bool:
    least = column.min()
    return column.null_count() > 0 or (isinstance(least, int) and least < 0)


def _unfilled(name: str) -> pl.Expr:
    # 表里的空格以 NO_VALUE 记（整列取值时比空值快数倍），取出后立刻还原成空。
    return pl.when(pl.col(name) > NO_VALUE).then(pl.col(name)).alias(name)


def _place_name(by: tuple[str, ...]) -> str:
    return "place:" + ",".join(by)


def _place(by: tuple[str, ...], size: int) -> pl.Expr:
    small = size ** len(by) <= _INT16
    parts = [pl.col(name) if small else pl.col(name).cast(pl.Int64) for name in by]
    return functools.reduce(lambda one, two: one * size + two, parts).cast(
        pl.UInt32, wrap_numerical=True
    )


def _column(resolved: Resolved, tree: ast.expr) -> pl.Expr:
    return column_of(
        tree, resolved.book.codes, resolved.number, lambda name: _param(resolved, name)
    )


def _param(resolved: Resolved, name: str) -> pl.Expr:
    if resolved.book.params[name].by:
        return pl.col(f"param:{name}")
    value = int(resolved.dense[name].values[0])
    return pl.lit(value if value > NO_VALUE else None, dtype=resolved.number)


def _gather(resolved: Resolved, name: str) -> pl.Expr:
    place = pl.col(_place_name(resolved.book.params[name].by))
    return pl.lit(resolved.dense[name].values).gather(place)


def _row(resolved: Resolved, name: str) -> pl.Expr:
    dense, by = resolved.dense[name], resolved.book.params[name].by
    if not by:
        place = int(dense.rows[0])
        return pl.lit(place if place > NO_VALUE else None, dtype=pl.Int16)
    return pl.lit(dense.rows).gather(pl.col(_place_name(by)))


def _settled(resolved: Resolved, stage: pl.DataFrame, terms: list[str]) -> pl.DataFrame:
    rule = resolved.rule
    gates = [f"gate:{gate.id}" for gate in rule.gates]
    first = pl.lit(_PASSED, dtype=pl.Int8)
    for place, name in reversed(list(enumerate(gates))):
        chain = pl.when(pl.col(name)).then(first).otherwise(pl.lit(place, dtype=pl.Int8))
        if stage[name].null_count():
            chain = (
                pl.when(pl.col(name).is_null())
                .then(pl.lit(_UNKNOWN, dtype=pl.Int8))
                .otherwise(chain)
            )
        first = chain
    stage = _least(stage.with_columns(first.alias("first")), terms)
    passed = pl.col("first") == _PASSED
    amount = pl.when(passed).then(pl.col("least")).when(pl.col("first") >= 0).then(0)
    stage = stage.with_columns(amount.cast(pl.Int64).alias("amount_fen"))
    paid = pl.col("amount_fen")
    bound = passed & paid.is_not_null() if stage["amount_fen"].null_count() else passed
    state = (
        pl.when(paid > 0)
        .then(pl.lit(PAID, dtype=pl.Int8))
        .when(paid.is_null())
        .then(pl.lit(UNDETERMINED, dtype=pl.Int8))
        .otherwise(pl.lit(ZERO, dtype=pl.Int8))
    )
    answer = stage.select(
        state.alias("state"),
        paid,
        pl.when(pl.col("first") >= 0).then(pl.col("first")).alias("gate"),
        pl.when(bound).then(pl.col("bind")).alias("binding"),
        _by_role(resolved, terms, "limit").alias("limit_fen"),
        _by_role(resolved, terms, "set").alias("set_fen"),
        *(_row(resolved, name).alias(f"row:{name}") for name in rule.params),
    )
    rows = [f"row:{name}" for name in rule.params]
    return answer.with_columns([_unfilled(name) for name in rows if _has_gap(answer[name])])


def _least(stage: pl.DataFrame, terms: list[str]) -> pl.DataFrame:
    """取低：least 为最小的一项，bind 为它的次序（相同时取在前的）。缺任何一项即为空。"""
    stage = stage.with_columns(
        pl.col(terms[0]).alias("least"), pl.lit(0, dtype=pl.Int8).alias("bind")
    )
    for place, name in enumerate(terms[1:], 1):
        stage = stage.with_columns((pl.col("least") <= pl.col(name)).alias("kept"))
        number = pl.lit(place, dtype=pl.Int8)
        stage = stage.with_columns(
            pl.when("kept").then("least").otherwise(name).alias("least"),
            pl.when("kept").then("bind").otherwise(number).alias("bind"),
        )
    empty = [pl.col(name).is_null() for name in terms if stage[name].null_count()]
    if not empty:
        return stage
    whole = functools.reduce(operator.or_, empty).not_()
    return stage.with_columns(pl.when(whole).then("least").alias("least"))


def _by_role(resolved: Resolved, terms: list[str], role: str) -> pl.Expr:
    for term, name in zip(resolved.rule.terms, terms, strict=True):
        if term.role == role:
            return pl.col(name)
    return pl.lit(None, dtype=resolved.number)


def _nothing(resolved: Resolved, height: int) -> pl.DataFrame:
    empty = {
        "amount_fen": pl.Int64(),
        "gate": pl.Int8(),
        "binding": pl.Int8(),
        "limit_fen": resolved.number,
        "set_fen": resolved.number,
        **{f"row:{name}": pl.Int16() for name in resolved.rule.params},
    }
    state = pl.repeat(UNDETERMINED, height, dtype=pl.Int8, eager=True).alias("state")
    return pl.DataFrame(
        [state, *(pl.Series(name, [None] * height, dtype=kind) for name, kind in empty.items())]
    )
