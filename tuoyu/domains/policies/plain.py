"""政策的白话：the pack as tables a clerk and a parent can read, each figure with its citation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tuoyu.domains.policies.engine import Book, Interpretation, Notice, Rule
from tuoyu.domains.policies.engine.model import Cite, Clause, Key, Param, Row
from tuoyu.domains.policies.engine.quantities import show_quantity

KINDS = {
    "ceiling": ("上限", "不高于", "info"),
    "floor": ("下限", "不低于", "info"),
    "exact": ("定值", "", "ok"),
    "target": ("目标", "", "accent"),
    "ratio": ("比例", "", "ok"),
    "open_term": ("留待规定", "", "warn"),
    "unspecified": ("原文未定", "", ""),
}
OWNERS = {"county": "县（市、区）", "city": "市级", "town": "乡镇（街道）"}
GRAINS = {
    "fen/child-month": "每人每月",
    "fen/child": "每人",
    "fen/slot": "每个托位",
    "fen/place": "每个托位",
    "fen/institution": "每家",
    "fen/institution-month": "每家每月",
    "fen/package": "每包",
    "fen/child-year": "每人每年",
    "fen/person": "每人",
}


@dataclass(frozen=True)
class CellText:
    """一格：who it is for, how much, until when, from which document."""

    label: str
    text: str
    document: str
    since: date
    last_day: date | None
    fictitious: bool
    unit: str  # 单位代码, empty for the whole city
    in_text: bool  # 文件本身所写，不是通知所填

    @property
    def source(self) -> str:
        """出处：a fictitious notice never stands without the word."""
        if self.fictitious and "虚构" not in self.document:
            return f"{self.document}（虚构）"
        return self.document


@dataclass(frozen=True)
class ParamText:
    """一个参数。"""

    param: Param
    kind: str
    word: str
    tone: str
    per: str
    cells: list[CellText]
    waiting: list[str]  # 应当规定而尚未规定的单位
    owner: str

    @property
    def is_open(self) -> bool:
        return self.param.kind == "open_term"

    @property
    def is_set(self) -> bool:
        return bool(self.cells)

    @property
    def stated(self) -> list[CellText]:
        """文件本身写的数。"""
        return [c for c in self.cells if c.in_text]

    @property
    def sources(self) -> list[str]:
        """填数的通知，每份一次。"""
        return list(dict.fromkeys(c.source for c in self.noticed))

    @property
    def is_fictitious(self) -> bool:
        """所填全是虚构通知。"""
        return bool(self.noticed) and all(c.fictitious for c in self.noticed)

    @property
    def is_waiting(self) -> bool:
        """还没有定全。"""
        return self.is_open and (bool(self.waiting) or not self.is_set)

    @property
    def noticed(self) -> list[CellText]:
        """地方通知定的数。"""
        return [c for c in self.cells if not c.in_text]


@dataclass(frozen=True)
class ClauseText:
    """一条条款和它下面的参数、规则。"""

    clause: Clause
    params: list[ParamText]
    rules: list[Rule]


def citation(book: Book, cite: Cite | str) -> str:
    """依据：泉卫规〔2024〕2号 二(二)5."""
    at = cite if isinstance(cite, str) else cite.at
    return f"{book.pack.document.number} {at}"


def clauses_of(book: Book, on: date) -> list[ClauseText]:
    """全部条款，按原文次序。"""
    params = {name: param_text(book, param, on) for name, param in book.params.items()}
    return [
        ClauseText(
            clause,
            [p for p in params.values() if p.param.cite.at == clause.at],
            [r for r in book.rules.values() if r.cite.at == clause.at],
        )
        for clause in book.clauses.values()
    ]


def param_text(book: Book, param: Param, on: date) -> ParamText:
    """参数的白话：what is in force on the day; of an open term, who has not set it."""
    title, word, tone = KINDS.get(param.kind, (param.kind, "", ""))
    rows = in_force(book, param, on)
    cells = [_cell(book, param, row) for row in rows]
    filled = {c.unit for c in cells}
    waiting: list[str] = []
    if param.kind == "open_term" and "county" in param.by:
        waiting = [u.name for u in book.city.units if u.counted and u.code not in filled]
    elif param.kind == "open_term" and not cells:
        waiting = [OWNERS.get(param.set_by, book.city.name)]
    if param.kind == "open_term" and cells:
        title, tone = ("部分已定", "warn") if waiting else ("通知已定", "info")
    return ParamText(
        param=param,
        kind=title,
        word=word,
        tone=tone,
        per=GRAINS.get(param.unit, ""),
        cells=cells,
        waiting=waiting,
        owner=OWNERS.get(param.set_by, ""),
    )


def in_force(book: Book, param: Param, on: date) -> list[Row]:
    """某日有效且已知悉的行；a newer notice stands above the one it replaces."""
    best: dict[Key, Row] = {}
    for row in book.rows_of(param.id):
        if on not in row.period or row.known > on:
            continue
        held = best.get(row.key)
        if held is None or row.rank > held.rank:
            best[row.key] = row
    return list(best.values())


def _cell(book: Book, param: Param, row: Row) -> CellText:
    named = dict(zip(param.by, row.key, strict=False))
    unit = named.pop("county", "")
    found = book.city.unit(unit) if unit else None
    words = [found.name] if found else []
    words += [book.name_of(code) for code in named.values()]
    return CellText(
        label=" · ".join(words) or "一律",
        text=show_quantity(row.value, param.unit),
        document=row.document,
        since=row.period.start,
        last_day=row.period.last_day,
        fictitious=row.fictitious,
        unit=unit,
        in_text=row.document == book.pack.document.number,
    )


CHOICES = {
    "first_day_of_month": "当月第一日",
    "last_day_of_month": "当月最后一日",
    "pro_rata": "按天数折算",
    "once_per_institution": "每家机构一次",
    "yearly": "每年一次",
}


def choice_text(chosen: str) -> str:
    """所选的说法：the coded choices of a rule in words."""
    return CHOICES.get(chosen, chosen)


@dataclass(frozen=True)
class SignedText:
    """解释项与签字状态。"""

    item: Interpretation
    signed: bool
    blocks: list[str]

    @property
    def chosen(self) -> str:
        return choice_text(self.item.chosen)

    @property
    def others(self) -> list[str]:
        return [choice_text(other) for other in self.item.others]

    @property
    def state(self) -> str:
        if self.signed:
            return "已签字"
        return "未签字，暂不结算" if self.item.blocks else "未签字"

    @property
    def tone(self) -> str:
        return "ok" if self.signed else "warn"


def interpretations_of(book: Book, on: date) -> list[SignedText]:
    """解释项：unsigned ones that block money first."""
    rows = [
        SignedText(
            i, i.signed_by_day(on), [book.rules[r].name for r in i.blocks if r in book.rules]
        )
        for i in book.interpretations.values()
    ]
    return sorted(rows, key=lambda r: (r.signed, not r.blocks))


def notices_of(book: Book, on: date) -> list[Notice]:
    """已知悉的通知，newest first."""
    return sorted((n for n in book.notices if n.known <= on), key=lambda n: n.known, reverse=True)


def money_params(book: Book, on: date) -> list[ParamText]:
    """文件里的钱数：amounts the text itself gives, as ceilings or fixed sums."""
    return [t for t in _texts(book, on) if t.param.is_money and t.stated]


def open_terms(book: Book, on: date) -> list[ParamText]:
    """文件留给地方定的，定没定都在内。"""
    return [t for t in _texts(book, on) if t.is_open]


def noticed_params(book: Book, on: date) -> list[ParamText]:
    """地方通知已经定的：never shown among what the document says."""
    return [t for t in _texts(book, on) if t.noticed]


def _texts(book: Book, on: date) -> list[ParamText]:
    return [param_text(book, p, on) for p in book.params.values()]
