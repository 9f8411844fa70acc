"""可改的参数：each cell with its present value, its ceiling and its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

from tuoyu.core.money import yuan_short
from tuoyu.core.periods import month_of
from tuoyu.core.scope import Scope
from tuoyu.domains.policies.engine import Book, Resolved, resolve
from tuoyu.domains.policies.engine.model import Key, Param
from tuoyu.domains.policies.engine.quantities import show_quantity
from tuoyu.domains.reforms.rules.plans import editable
from tuoyu.domains.reforms.rules.reading import CellText, TermText, field_name, unit_word


def list_terms(
    book: Book,
    rule_id: str,
    months: Sequence[str],
    known: date,
    scope: Scope,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[TermText]:
    """一条规则可改的参数；a county officer sees the cells of the own county only."""
    resolved = _latest(book, rule_id, months, known)
    found = [
        _term(book, resolved, book.params[name], scope, typed or {}, errors or {})
        for name in editable(book, rule_id)
    ]
    return sorted(found, key=lambda t: (t.has_county, not t.param.is_money))


def _latest(book: Book, rule_id: str, months: Sequence[str], known: date) -> Resolved:
    """现行的数：the last of the months in force."""
    found = [resolve(book, rule_id, month, known) for month in (*months, month_of(known))]
    standing = [r for r in found[:-1] if r.in_force]
    return standing[-1] if standing else found[-1]


def _term(
    book: Book,
    resolved: Resolved,
    param: Param,
    scope: Scope,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> TermText:
    codes = [_codes(book, resolved, param, dimension, scope) for dimension in param.by]
    has_county = param.by[:1] == ("county",)
    first, rest = (codes[0], codes[1:]) if has_county else ([""], codes)
    columns = list(product(*rest))
    rows = []
    for code in first:
        cells = []
        for column in columns:
            key: Key = (code, *column) if has_county else column
            name = field_name(param.id, key)
            cells.append(_cell(book, resolved, param, key, typed.get(name, ""), errors.get(name)))
        rows.append((book.name_of(code) if code else "全市", cells))
    heads = [(",".join(c), " ".join(book.name_of(x) for x in c)) for c in columns]
    return TermText(param, unit_word(param.unit), heads, rows, has_county)


def _codes(book: Book, resolved: Resolved, param: Param, dimension: str, scope: Scope) -> list[str]:
    if dimension == "county":
        return [
            unit.code
            for unit in book.city.units
            if unit.counted and unit.code.startswith(scope.region_prefix)
        ]
    place = param.by.index(dimension)
    bound = book.params.get(param.bounded_by)
    if bound is not None and dimension in bound.by:
        at = bound.by.index(dimension)
        return list(dict.fromkeys(row.key[at] for row in bound.rows))
    used = dict.fromkeys(row.key[place] for row in book.rows_of(param.id))
    return list(used) or list(book.words.get(dimension, {}))


def _cell(
    book: Book, resolved: Resolved, param: Param, key: Key, typed: str, error: str | None
) -> CellText:
    table = resolved.tables[param.id]
    value, row = table.cells.get(key), table.origin.get(key)
    bound = resolved.tables.get(param.bounded_by)
    limit = None
    if bound is not None:
        at = [param.by.index(dimension) for dimension in bound.param.by]
        limit = bound.cells.get(tuple(key[place] for place in at))
    word = "上限" if bound is None or bound.param.kind == "ceiling" else "下限"
    if row is None:
        source = "待定：没有通知"
    elif row.fictitious and "虚构" not in row.document:
        source = f"{row.document}（虚构）"
    else:
        source = row.document or f"{book.pack.document.number} {param.cite.at}"
    return CellText(
        key=key,
        name=field_name(param.id, key),
        value=value,
        text=_plain(value, param),
        limit=f"{word} {show_quantity(limit, param.unit)}" if limit is not None else "",
        source=source,
        typed=typed,
        error=error or "",
    )


def _plain(value: int | None, param: Param) -> str:
    if value is None:
        return "待定"
    return yuan_short(value) if param.is_money else str(value)
