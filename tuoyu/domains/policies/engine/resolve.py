"""定参：按月份与知悉日，把一条规则要用的参数定成不变的小表。

三个时钟：编码版本（包的 version）、施行期间（from/to）、知悉日（known）。
参数取当月第一日有效、且在知悉日前已知的那一行；过了止日一律没有值，不沿用旧值。
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from tuoyu.core.periods import month_period, month_start
from tuoyu.domains.policies.engine.book import Book
from tuoyu.domains.policies.engine.model import Key, Param, Row, Rule
from tuoyu.domains.policies.engine.receipt import digest

NO_VALUE = -1
"""稠密表里表示“没有值”；参数都不为负，取出后还原成空，绝不参与计算。"""


@dataclass(frozen=True, slots=True)
class Overlay:
    """改革方案：在定好的小表上改几格，只用于测算；基线不动。

    fills 为真时，还没有值的格（如县区未发通知）也按方案补上；否则改没有值的格即报错。
    """

    name: str
    cells: Mapping[str, Mapping[Key, int]] = field(default_factory=dict)
    local_equals_limit: bool = False
    fills: bool = False

    @property
    def sha256(self) -> str:
        """方案的摘要值，写进凭据。"""
        cells = {
            name: {",".join(key): value for key, value in table.items()}
            for name, table in self.cells.items()
        }
        told = {"cells": cells, "local_equals_limit": self.local_equals_limit}
        return digest(told | {"fills": True} if self.fills else told)


@dataclass(frozen=True, slots=True)
class Table:
    """一个参数在某月的取值：格 → 值，格 → 出处。"""

    param: Param
    cells: Mapping[Key, int]
    origin: Mapping[Key, Row]


@dataclass(frozen=True, slots=True)
class Dense:
    """整列计算用的稠密表：按代码直接取值，不做连接。"""

    values: pl.Series
    rows: pl.Series


@dataclass(frozen=True, slots=True)
class Resolved:
    """已定参的规则：可反复用于整列或逐个计算。"""

    book: Book
    rule: Rule
    month: str
    known: date
    in_force: bool
    tables: Mapping[str, Table]
    rows: tuple[Row, ...]
    dense: Mapping[str, Dense]
    overlay: Overlay | None

    @property
    def number(self) -> pl.DataType:
        """计算用的整数宽度。"""
        return pl.Int64() if self.rule.wide else pl.Int32()

    @property
    def dims(self) -> tuple[str, ...]:
        """用作维度的名字。"""
        used = (dim for name in self.rule.params for dim in self.book.params[name].by)
        return tuple(dict.fromkeys(used))

    def value(self, param_id: str, named: Mapping[str, object]) -> int | None:
        """某一格的值；没有则为空。"""
        table = self.tables[param_id]
        return table.cells.get(self._key(table, named))

    def row(self, param_id: str, named: Mapping[str, object]) -> Row | None:
        """某一格的出处；没有则为空。"""
        table = self.tables[param_id]
        return table.origin.get(self._key(table, named))

    @staticmethod
    def _key(table: Table, named: Mapping[str, object]) -> Key:
        return tuple(str(named.get(dimension)) for dimension in table.param.by)


def resolve(
    book: Book, rule_id: str, month: str, known: date, *, overlay: Overlay | None = None
) -> Resolved:
    """定参。overlay 只改副本，基线的表从不改动。"""
    rule = book.rule(rule_id)
    in_force = month_start(month) in book.pack.document.valid and book.pack.status != "repealed"
    tables = {name: _table(book, name, month, known, in_force) for name in rule.params}
    if overlay is not None and in_force:
        tables = _overlaid(tables, overlay, month, known)
    rows = tuple(row for table in tables.values() for row in table.origin.values())
    index = {id(row): place for place, row in enumerate(rows)}
    wide = pl.Int64() if rule.wide else pl.Int32()
    return Resolved(
        book=book,
        rule=rule,
        month=month,
        known=known,
        in_force=in_force,
        tables=tables,
        rows=rows,
        dense={name: _dense(table, book.codes, index, wide) for name, table in tables.items()},
        overlay=overlay,
    )


def _table(book: Book, name: str, month: str, known: date, in_force: bool) -> Table:
    best: dict[Key, Row] = {}
    day = month_start(month)
    for row in book.rows_of(name) if in_force else ():
        if day not in row.period or row.known > known:
            continue
        held = best.get(row.key)
        if held is None or row.rank > held.rank:
            best[row.key] = row
    return Table(book.params[name], {key: row.value for key, row in best.items()}, best)


def _overlaid(
    tables: Mapping[str, Table], overlay: Overlay, month: str, known: date
) -> dict[str, Table]:
    changed = dict(tables)
    for name, cells in overlay.cells.items():
        if name not in changed:
            raise KeyError(f"方案“{overlay.name}”改的参数“{name}”不在这条规则里")
        table = changed[name]
        values, origin = dict(table.cells), dict(table.origin)
        for key, value in cells.items():
            if key not in values and not overlay.fills:
                raise KeyError(f"方案“{overlay.name}”改的格 {key} 在“{name}”里没有值")
            values[key] = value
            origin[key] = replace(
                origin.get(key) or _assumed(table.param, key, value, month, known),
                value=value,
                document=f"测算方案“{overlay.name}”",
                fictitious=True,
            )
        changed[name] = Table(table.param, values, origin)
    if overlay.local_equals_limit:
        changed.update(_at_limit(changed))
    return changed


def _assumed(param: Param, key: Key, value: int, month: str, known: date) -> Row:
    """假定的一行：原来没有任何文件规定这一格。"""
    return Row(
        param=param.id,
        key=key,
        value=value,
        period=month_period(month),
        known=known,
        rank=0,
        document="",
        at=param.cite.at,
        fictitious=True,
        spot=param.spot,
    )


def _at_limit(tables: Mapping[str, Table]) -> dict[str, Table]:
    """测算上界：假定已发通知的县区都按上限定标准。"""
    raised = {}
    for name, table in tables.items():
        bound = tables.get(table.param.bounded_by)
        if bound is None or bound.param.kind != "ceiling":
            continue
        at = [table.param.by.index(dimension) for dimension in bound.param.by]
        values = {key: bound.cells[tuple(key[place] for place in at)] for key in table.cells}
        raised[name] = Table(table.param, values, table.origin)
    return raised


def _dense(
    table: Table, codes: Mapping[str, int], index: Mapping[int, int], number: pl.DataType
) -> Dense:
    size = len(codes) ** len(table.param.by)
    values = [NO_VALUE] * size
    rows = [NO_VALUE] * size
    for key, value in table.cells.items():
        place = 0
        for code in key:
            place = place * len(codes) + codes[code]
        values[place] = value
        rows[place] = index[id(table.origin[key])]
    return Dense(pl.Series(values, dtype=number), pl.Series(rows, dtype=pl.Int16))
