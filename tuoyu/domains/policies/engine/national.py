"""国家规范：班型、月龄、班额、配比与各项运营标准，逐项注明来源与核实程度。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tuoyu.domains.policies.engine.source import Fields, Node, PackError

CONFIDENCE = ("F", "O", "D", "C")
"""核实程度：F 有公开二手来源，O 行内知识未核实，D 文件原文，C 计算所得。"""


@dataclass(frozen=True, slots=True)
class ClassType:
    """班型：月龄左闭右开；ratio 为一名保育人员最多照护的人数，国家未规定则为空。"""

    code: str
    name: str
    age_from: int
    age_to: int
    max_children: int
    ratio: int | None
    scope: str
    source: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Norm:
    """标准：一个有来源的数或要求。"""

    id: str
    name: str
    value: int | None
    text: str
    unit: str
    source: str
    confidence: str
    valid_from: date | None
    note: str


@dataclass(frozen=True, slots=True)
class National:
    """国家包：班型与标准。"""

    class_types: Mapping[str, ClassType]
    norms: Mapping[str, Norm]

    def norm(self, norm_id: str) -> int:
        """某项标准的数；没有登记或没有数即报错，绝不当作零。"""
        found = self.norms.get(norm_id)
        if found is None or found.value is None:
            raise KeyError(f"国家包里没有标准“{norm_id}”的数，请在 packs/national 登记")
        return found.value


def read_class_type(node: Node) -> ClassType:
    """读一种班型。"""
    fields = Fields(
        node, "code name age_from age_to max_children scope source confidence", "ratio note"
    )
    age_from, age_to = fields["age_from"].integer(), fields["age_to"].integer()
    if age_to <= age_from:
        raise PackError(node.spot, "月龄上限应大于下限", "月龄左闭右开：6–12 月写作 6 与 12")
    return ClassType(
        code=fields.text("code"),
        name=fields.text("name"),
        age_from=age_from,
        age_to=age_to,
        max_children=fields["max_children"].integer(),
        ratio=fields.integer("ratio"),
        scope=fields.one_of("scope", ("class", "site")),
        source=fields.text("source"),
        confidence=fields.one_of("confidence", CONFIDENCE),
        note=fields.text("note"),
    )


def read_norm(node: Node) -> Norm:
    """读一项标准。"""
    fields = Fields(node, "id name source confidence", "value text unit from note")
    if "value" not in fields and "text" not in fields:
        raise PackError(node.spot, "标准既没有 value 也没有 text", "请至少填写一项")
    return Norm(
        id=fields.text("id"),
        name=fields.text("name"),
        value=fields.integer("value"),
        text=fields.text("text"),
        unit=fields.text("unit"),
        source=fields.text("source"),
        confidence=fields.one_of("confidence", CONFIDENCE),
        valid_from=fields.day("from"),
        note=fields.text("note"),
    )
