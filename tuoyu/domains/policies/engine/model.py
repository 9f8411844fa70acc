"""政策包的内容：文件、条款、参数、规则、指标、任务、解释项与城市资料，读入后不再改变。"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tuoyu.core.periods import Period
from tuoyu.domains.policies.engine.source import Spot

Key = tuple[str, ...]
"""参数表的格：按 by 各维的代码，没有维度时为空元组。"""


@dataclass(frozen=True, slots=True)
class Cite:
    """依据：条款、上下限用词、必须在条款里找到的字样。"""

    at: str
    word: str
    words: tuple[str, ...]
    order: tuple[str, ...]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Clause:
    """条款登记：条款号、标题、平台自拟的要点、原文出现的数字与原文摘要值。"""

    at: str
    title: str
    gist: str
    figures: tuple[str, ...]
    sha256: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Document:
    """文件：文号、名称、发文单位、签发与印发日期、施行期间。"""

    number: str
    title: str
    issuers: tuple[str, ...]
    signed_on: date | None
    printed_on: date | None
    valid: Period
    source_file: str
    source_sha256: str
    related: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """解释项：文件没有说死的地方，问什么、选了什么、谁签字。"""

    id: str
    ask: str
    chosen: str
    others: tuple[str, ...]
    effect: str
    blocks: tuple[str, ...]
    signer: str
    signed_on: date | None
    fictitious: bool
    spot: Spot

    def signed_by_day(self, day: date) -> bool:
        """到某日为止是否已经签字。"""
        return self.signed_on is not None and self.signed_on <= day


@dataclass(frozen=True, slots=True)
class Cell:
    """一格的数：折算后的整数、原文写法、旁边的字样。"""

    value: int
    figure: str
    label: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Row:
    """参数的一行：哪一格、多少、何时有效、何时知悉、出自哪份文件。"""

    param: str
    key: Key
    value: int
    period: Period
    known: date
    rank: int
    document: str
    at: str
    fictitious: bool
    spot: Spot

    @property
    def id(self) -> str:
        """行号：参数、格、起始日、文号合成，写进凭据。"""
        cell = ",".join(self.key) or "all"
        return f"{self.param}[{cell}]@{self.period.start}#{self.document}"


@dataclass(frozen=True, slots=True)
class Param:
    """参数：种类（上限、下限、定值、目标、比例、留待下级、未规定）、单位、维度、依据。"""

    id: str
    name: str
    kind: str
    unit: str
    by: Key
    cite: Cite
    bounded_by: str
    set_by: str
    interpretations: tuple[str, ...]
    note: str
    cells: Mapping[Key, Cell]
    rows: tuple[Row, ...]
    spot: Spot

    @property
    def is_money(self) -> bool:
        """单位是否为金额。"""
        return self.unit.startswith("fen")

    @property
    def pays(self) -> bool:
        """能否作为应付金额：只有定值与已填的留待项可以。"""
        return self.kind in ("exact", "open_term")


@dataclass(frozen=True, slots=True)
class Input:
    """规则的输入：名称、类型（int、fen、bool、code、date）。"""

    id: str
    name: str
    type: str
    codes: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Gate:
    """条件：依次判断，第一个不满足的就是不付的理由。"""

    id: str
    when: str
    tree: ast.expr
    say: str
    step: str
    fact: str
    result: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Term:
    """取低的一项：名称与角色（limit 上限、set 县定、input 实际）。"""

    name: str
    role: str
    tree: ast.expr
    param: str


@dataclass(frozen=True, slots=True)
class Derived:
    """推算项：由输入得出的中间量。"""

    id: str
    type: str
    codes: tuple[str, ...]
    text: str
    tree: ast.expr
    spot: Spot


@dataclass(frozen=True, slots=True)
class Rule:
    """规则：对谁、付给谁、依次的条件、金额取低。"""

    id: str
    name: str
    grain: str
    payee: str
    purpose: str
    programme: str
    cite: Cite
    inputs: tuple[Input, ...]
    derived: tuple[Derived, ...]
    gates: tuple[Gate, ...]
    amount: str
    terms: tuple[Term, ...]
    params: tuple[str, ...]
    interpretations: tuple[str, ...]
    note: str
    wide: bool
    spot: Spot


@dataclass(frozen=True, slots=True)
class Measure:
    """计量：指标分子或分母的名称、单位与来源。"""

    id: str
    name: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标：分子、分母、目标、比较方式、期限、粒度、依据。"""

    id: str
    name: str
    unit: str
    numerator: Measure
    denominator: Measure | None
    scale: int
    target: Fraction | None
    comparison: str
    deadline: date | None
    grain: str
    source: str
    cite: Cite
    rank: int
    headline: bool
    figure: str
    label: str
    interpretations: tuple[str, ...]
    note: str
    spot: Spot

    @property
    def formula(self) -> str:
        """公式，供页面显示。"""
        if self.denominator is None:
            return self.numerator.name
        times = {1: "", 100: " × 100%", 1000: " × 1000"}[self.scale]
        return f"{self.numerator.name} ÷ {self.denominator.name}{times}"


@dataclass(frozen=True, slots=True)
class Duty:
    """任务：谁负责、做什么、何时完成或多久一次、在哪些端落实。"""

    id: str
    name: str
    detail: str
    who: tuple[str, ...]
    ends: tuple[str, ...]
    cadence: str
    times_per_year: int | None
    due: date | None
    headline: bool
    figures: tuple[str, ...]
    cite: Cite
    spot: Spot


@dataclass(frozen=True, slots=True)
class Notice:
    """县区通知：谁发的、文号、施行期间、知悉日期、填了哪些留待项。"""

    number: str
    title: str
    issuer: str
    signed_on: date
    known: date
    valid: Period
    replaces: str
    fictitious: bool
    rows: tuple[Row, ...]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Example:
    """算例：给定什么、应付多少、由谁决定或卡在哪里。"""

    rule: str
    month: str
    known: date | None
    given: Mapping[str, int | bool | str | None]
    pays: int | None
    binding: str
    fails: str
    limit: int | None
    set: int | None
    note: str
    spot: Spot
