"""读表单：what an officer typed, cell by cell; a bad value is refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tuoyu.core.money import MoneyError, parse_fen
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.policies.engine.model import Key, Param
from tuoyu.domains.policies.engine.quantities import show_quantity
from tuoyu.domains.reforms.rules.plans import Axis, cell_name

_WHOLE = re.compile(r"^\d{1,9}$")
UNIT_WORDS = {"fen": "元", "days": "天", "months": "个月", "percent": "%", "count": "个"}
MOST = {"fen": 100_000_000, "days": 31, "months": 120, "percent": 100}


@dataclass(frozen=True)
class CellText:
    """表单的一格：the present value, its limit and its source."""

    key: Key
    name: str
    value: int | None
    text: str
    limit: str
    source: str
    typed: str = ""
    error: str = ""


@dataclass(frozen=True)
class TermText:
    """表单的一个参数：rows by the first dimension, columns by the second."""

    param: Param
    unit: str
    heads: list[tuple[str, str]]
    rows: list[tuple[str, list[CellText]]]
    has_county: bool

    @property
    def keys(self) -> list[Key]:
        """全部格。"""
        return [cell.key for _, cells in self.rows for cell in cells]


@dataclass
class Typed:
    """读到的内容。"""

    cells: dict[str, dict[Key, int]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def unit_word(unit: str) -> str:
    """填数时的单位：元、天、个月、%。"""
    return UNIT_WORDS.get("fen" if unit.startswith("fen") else unit.split("/")[0], "")


def field_name(param: str, key: Key) -> str:
    """一格的字段名。"""
    return f"c:{param}:{','.join(key)}"


def column_name(param: str, rest: str) -> str:
    """整列的字段名：fills every county's cell of that column."""
    return f"a:{param}:{rest}"


def parse_value(text: str, unit: str) -> int:
    """读一个数：yuan to fen, the others whole. Raises ValueError with the sentence to show."""
    base = "fen" if unit.startswith("fen") else unit.split("/")[0]
    plain = text.strip().replace("，", "").replace(",", "").removesuffix(UNIT_WORDS.get(base, ""))
    if base == "fen":
        try:
            value = parse_fen(f"{plain.strip()}元")
        except MoneyError:
            raise ValueError(
                f"“{text}”不是金额；请填如 400 或 400.50，以元计，不能是负数"
            ) from None
    elif _WHOLE.match(plain.strip()):
        value = int(plain)
    else:
        raise ValueError(f"“{text}”不是整数；请填如 10，以{UNIT_WORDS.get(base, '个')}计")
    most = MOST.get(base)
    if most is not None and value > most:
        raise ValueError(f"“{text}”太大；最多 {show_quantity(most, unit)}，请核对单位")
    return value


def read_cells(terms: Sequence[TermText], given: Mapping[str, str]) -> Typed:
    """读全部格：a cell of its own goes before the column; the present value is no change."""
    typed = Typed()
    for term in terms:
        columns = {
            rest: _read(term, column_name(term.param.id, rest), f"全部县区 {title}", given, typed)
            for rest, title in (term.heads if term.has_county else ())
        }
        for label, cells in term.rows:
            for cell, (_, title) in zip(cells, term.heads, strict=True):
                name = field_name(term.param.id, cell.key)
                value = _read(term, name, f"{label} {title}", given, typed)
                if value is None:
                    value = columns.get(",".join(cell.key[1:]))
                if value is not None and value != cell.value:
                    typed.cells.setdefault(term.param.id, {})[cell.key] = value
    return typed


def _read(
    term: TermText, name: str, where: str, given: Mapping[str, str], typed: Typed
) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_value(text, term.param.unit)
    except ValueError as error:
        typed.errors[name] = f"{term.param.name} {where.strip()}：{error}"
        return None


def read_axis(
    book: Book, terms: Sequence[TermText], given: Mapping[str, str], prefix: str
) -> Axis | None:
    """读一条轴；nothing chosen is no axis. Raises ValueError with the sentence to show."""
    wanted = given.get(f"{prefix}param", "")
    if not wanted:
        return None
    name, _, rest = wanted.partition("|")
    term = next((t for t in terms if t.param.id == name), None)
    if term is None:
        raise ValueError("所选参数不在这条规则里；请重新选择")
    county = given.get(f"{prefix}county", "")
    keys = tuple(
        key
        for key in term.keys
        if (not rest or ",".join(key[term.has_county :]) == rest)
        and (not county or not term.has_county or key[0] == county)
    )
    if not keys:
        raise ValueError("所选范围里没有格；请重新选择县区与班型")
    numbers = []
    for part, title in (("first", "起"), ("last", "止"), ("step", "步长")):
        text = given.get(f"{prefix}{part}", "")
        if not text.strip():
            raise ValueError(f"{term.param.name}的{title}没有填")
        numbers.append(parse_value(text, term.param.unit))
    return Axis(name, keys, *numbers)


def axis_title(book: Book, axis: Axis) -> str:
    """轴的名字：专项奖补县定标准 乳儿班（元）。"""
    param = book.params[axis.param]
    has_county = param.by[:1] == ("county",)
    rests = {key[has_county:] for key in axis.keys}
    counties = {key[0] for key in axis.keys} if has_county else set()
    rest = cell_name(book, next(iter(rests))).strip() if len(rests) == 1 else "全部班型"
    where = book.name_of(next(iter(counties))) if len(counties) == 1 else ""
    words = [where, param.name, rest if len(param.by) > has_county else ""]
    return f"{' '.join(word for word in words if word)}（{unit_word(param.unit)}）"


def plan_words(book: Book, cells: Mapping[str, Mapping[Key, int]]) -> list[str]:
    """方案改了什么：equal values of one parameter stand in one sentence."""
    told = []
    for name, table in cells.items():
        param = book.params[name]
        by_value: dict[int, list[Key]] = {}
        for key, value in table.items():
            by_value.setdefault(value, []).append(key)
        for value, keys in sorted(by_value.items()):
            names = [cell_name(book, key).strip() for key in keys]
            shown = "、".join(names[:4]) + (f" 等 {len(names)} 格" if len(names) > 4 else "")
            told.append(f"{param.name}{'：' + shown if shown else ''} → "
                        f"{show_quantity(value, param.unit)}")  # fmt: skip
    return told
