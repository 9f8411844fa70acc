"""政策书：国家包、城市包与县区通知合读成一本，读入即全部核对，此后不再改变。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from tuoyu.domains.policies.engine.city import City, read_city
from tuoyu.domains.policies.engine.funds import NO_FUNDS, Funds, read_funds
from tuoyu.domains.policies.engine.model import (
    Cite,
    Clause,
    Duty,
    Example,
    Indicator,
    Interpretation,
    Measure,
    Notice,
    Param,
    Row,
    Rule,
)
from tuoyu.domains.policies.engine.national import (
    ClassType,
    National,
    Norm,
    read_class_type,
    read_norm,
)
from tuoyu.domains.policies.engine.notices import rank_notices, read_notice
from tuoyu.domains.policies.engine.read_document import (
    PackHead,
    read_clause,
    read_head,
    read_interpretation,
    sign,
)
from tuoyu.domains.policies.engine.read_rules import read_param, read_rule
from tuoyu.domains.policies.engine.read_targets import (
    read_duty,
    read_example,
    read_indicator,
    read_measure,
)
from tuoyu.domains.policies.engine.source import Fields, Node, PackError, Spot, read_yaml

T = TypeVar("T")
Item = TypeVar("Item", Param, Rule, Indicator, Duty)

TOPICS = {
    "document": "",
    "city": "",
    "codes": "",
    "clauses": "clauses",
    "interpretations": "interpretations",
    "params": "params",
    "rules": "rules",
    "indicators": "measures indicators",
    "duties": "duties",
    "funds": "sources uses goals",
    "examples": "examples",
}
"""城市包可有的文件，以及文件里的列表名；大的可拆成同名文件夹。"""

NATIONAL_TOPICS = {"codes": "", "classes": "classes", "norms": "norms", "quality": ""}


@dataclass(frozen=True, slots=True)
class Book:
    """政策书：一个城市在用的全部政策内容。"""

    slug: str
    folder: Path
    pack: PackHead
    city: City
    national: National
    words: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, int]
    clauses: Mapping[str, Clause]
    interpretations: Mapping[str, Interpretation]
    params: Mapping[str, Param]
    rules: Mapping[str, Rule]
    indicators: Mapping[str, Indicator]
    duties: Mapping[str, Duty]
    notices: tuple[Notice, ...]
    examples: tuple[Example, ...]
    files: tuple[tuple[str, str], ...]
    sha256: str
    funds: Funds = NO_FUNDS

    def rule(self, rule_id: str) -> Rule:
        """按编号取规则。"""
        if rule_id not in self.rules:
            known = "、".join(self.rules)
            raise KeyError(f"包 {self.slug} 没有规则“{rule_id}”，可用：{known}")
        return self.rules[rule_id]

    def name_of(self, code: str) -> str:
        """代码的中文名；没有登记的原样返回。"""
        for listed in self.words.values():
            if code in listed:
                return listed[code]
        return code

    def rows_of(self, param_id: str) -> tuple[Row, ...]:
        """参数的全部行：包内自带的与通知填写的。"""
        filled = (row for notice in self.notices for row in notice.rows if row.param == param_id)
        return (*self.params[param_id].rows, *filled)

    def choice(self, interpretation_id: str) -> str:
        """解释项所选。"""
        return self.interpretations[interpretation_id].chosen


def pack_folder(root: Path, city: str) -> Path:
    """由包名（quanzhou-2024）、城市名（quanzhou）或包编号找到文件夹。"""
    folders = sorted(
        path.parent for path in root.glob("*/document.yaml") if path.parent.name != "national"
    )
    for folder in folders:
        if city in (folder.name, folder.name.rsplit("-", 1)[0]):
            return folder
    for folder in folders:
        if f"pack: {city}" in (folder / "document.yaml").read_text(encoding="utf-8").splitlines():
            return folder
    known = "、".join(folder.name for folder in folders)
    raise PackError(Spot(str(root), 1), f"没有政策包“{city}”", f"可用：{known or '（无）'}")


def load_book(root: Path, city: str) -> Book:
    """读入国家包、城市包与通知；有一处不对即拒绝，并说明文件、行号与缘由。"""
    folder = pack_folder(root, city)
    files = _Files(root)
    national_codes = files.topic(root / "national", NATIONAL_TOPICS)
    nodes = files.topic(folder, TOPICS)
    notices = files.loose(folder / "notices")
    head = read_head(nodes.one("document"))
    town = read_city(nodes.one("city"), folder)
    words = _words(town, national_codes.one("codes"), nodes.one("codes"))
    national = National(
        class_types=_index(map(read_class_type, national_codes.items("classes")), lambda c: c.code),
        norms=_index(map(read_norm, national_codes.items("norms")), lambda norm: norm.id),
    )
    clauses = _index(map(read_clause, nodes.items("clauses")), lambda clause: clause.at)
    asked = _index(map(read_interpretation, nodes.items("interpretations")), lambda item: item.id)
    params = _unique(read_param(node, head, words) for node in nodes.items("params"))
    _check_bounds(params)
    rules = _unique(read_rule(node, params, words) for node in nodes.items("rules"))
    measures: dict[str, Measure] = _index(
        map(read_measure, nodes.items("measures")), lambda measure: measure.id
    )
    indicators = _unique(
        read_indicator(node, measures, rank) for rank, node in enumerate(nodes.items("indicators"))
    )
    duties = _unique(map(read_duty, nodes.items("duties")))
    signatures = [node for node in notices if _is_signatures(node)]
    for node in signatures:
        sign(node, asked)
    listed = rank_notices(
        [read_notice(node, head, town, params, words) for node in notices if node not in signatures]
    )
    params = {
        name: replace(param, rows=tuple(replace(row, at=param.cite.at) for row in param.rows))
        for name, param in params.items()
    }
    _check_cites(clauses, params, rules, indicators, duties)
    _check_asked(asked, params, rules, indicators)
    funds = read_funds(*(nodes.items(name) for name in TOPICS["funds"].split()))
    for cite in funds.cites():
        _check_at(cite, clauses)
    return Book(
        slug=folder.name,
        folder=folder,
        pack=head,
        city=town,
        national=national,
        words=words,
        codes={word: index for index, word in enumerate(_all_words(words))},
        clauses=clauses,
        interpretations=asked,
        params=params,
        rules=rules,
        indicators=indicators,
        duties=duties,
        notices=listed,
        examples=tuple(read_example(node, rules) for node in nodes.items("examples")),
        files=tuple(files.digests),
        sha256=files.sha256(),
        funds=funds,
    )


class _Topics:
    """一个文件夹里按主题分开的内容。"""

    def __init__(self, folder: Path, singles: dict[str, Node], lists: dict[str, list[Node]]):
        self._folder, self._singles, self._lists = folder, singles, lists

    def one(self, topic: str) -> Node:
        if topic not in self._singles:
            spot = Spot(f"{self._folder.name}/{topic}.yaml", 1)
            raise PackError(spot, "缺少这个文件", "请照“新增城市”说明补上")
        return self._singles[topic]

    def items(self, name: str) -> list[Node]:
        return self._lists.get(name, [])


class _Files:
    """读文件并记下每个文件的摘要值。"""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.digests: list[tuple[str, str]] = []

    def read(self, path: Path) -> Node:
        shown = path.relative_to(self._root).as_posix()
        self.digests.append((shown, hashlib.sha256(path.read_bytes()).hexdigest()))
        return read_yaml(path, shown)

    def topic(self, folder: Path, topics: Mapping[str, str]) -> _Topics:
        singles: dict[str, Node] = {}
        lists: dict[str, list[Node]] = {}
        for path in sorted(folder.rglob("*.yaml")):
            parts = path.relative_to(folder).parts
            topic = path.stem if len(parts) == 1 else parts[0]
            if topic == "notices":
                continue
            if topic not in topics:
                spot = Spot(path.relative_to(self._root).as_posix(), 1)
                known = "、".join((*topics, "notices/"))
                raise PackError(spot, "不认识的文件", f"可用的文件：{known}")
            node = self.read(path)
            names = topics[topic]
            if not names:
                singles[topic] = node
                continue
            fields = Fields(node, "", names)
            for name in names.split():
                lists.setdefault(name, []).extend(fields.items(name))
        return _Topics(folder, singles, lists)

    def loose(self, folder: Path) -> list[Node]:
        return [self.read(path) for path in sorted(folder.glob("*.yaml"))]

    def sha256(self) -> str:
        text = json.dumps(sorted(self.digests), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _is_signatures(node: Node) -> bool:
    return any(name == "signatures" for name, _ in node.entries())


def _words(city: City, *nodes: Node) -> dict[str, dict[str, str]]:
    words = {"county": {unit.code: unit.name for unit in city.units}}
    for node in nodes:
        for name, listed in node.entries():
            if name in words:
                raise PackError(listed.spot, f"词表“{name}”重复", "城市包不能改写国家包的词表")
            words[name] = {code: text.text() for code, text in listed.entries()}
    return words


def _all_words(words: Mapping[str, Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(code for listed in words.values() for code in listed))


def _index(items: Iterable[T], key: Callable[[T], str]) -> dict[str, T]:
    return {key(item): item for item in items}


def _unique(items: Iterable[Item]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for item in items:
        if item.id in found:
            raise PackError(item.spot, f"编号“{item.id}”重复", "请改成各不相同的编号")
        found[item.id] = item
    return found


def _check_bounds(params: Mapping[str, Param]) -> None:
    for param in params.values():
        if not param.bounded_by:
            continue
        bound = params.get(param.bounded_by)
        if bound is None or bound.kind not in ("ceiling", "floor"):
            raise PackError(param.spot, f"“{param.bounded_by}”不是上限或下限", "请核对 bounded_by")
        if bound.unit != param.unit or not set(bound.by) <= set(param.by):
            raise PackError(param.spot, f"与“{bound.name}”的单位或维度不符", "请改成一致")


def _check_at(cite: Cite, clauses: Mapping[str, Clause]) -> Clause:
    clause = clauses.get(cite.at)
    if clause is None:
        raise PackError(cite.spot, f"没有条款“{cite.at}”", "请先在 clauses.yaml 登记")
    return clause


def _check_cites(
    clauses: Mapping[str, Clause],
    params: Mapping[str, Param],
    rules: Mapping[str, Rule],
    indicators: Mapping[str, Indicator],
    duties: Mapping[str, Duty],
) -> None:
    def need(cite: Cite, figures: Iterable[tuple[str, Spot]]) -> None:
        clause = _check_at(cite, clauses)
        for figure, spot in figures:
            if figure not in clause.figures:
                listed = "、".join(clause.figures) or "（无）"
                raise PackError(spot, f"“{figure}”不在条款 {cite.at} 里", f"该条款的数字：{listed}")

    for param in params.values():
        need(param.cite, ((cell.figure, cell.spot) for cell in param.cells.values()))
    for rule in rules.values():
        need(rule.cite, ())
    for indicator in indicators.values():
        need(indicator.cite, [(indicator.figure, indicator.spot)] if indicator.figure else [])
    for duty in duties.values():
        need(duty.cite, ((figure, duty.spot) for figure in duty.figures))


def _check_asked(
    asked: Mapping[str, Interpretation],
    params: Mapping[str, Param],
    rules: Mapping[str, Rule],
    indicators: Mapping[str, Indicator],
) -> None:
    users: Iterable[Param | Rule | Indicator] = (
        *params.values(),
        *rules.values(),
        *indicators.values(),
    )
    for user in users:
        for name in user.interpretations:
            if name not in asked:
                raise PackError(
                    user.spot, f"没有解释项“{name}”", "请先在 interpretations.yaml 登记"
                )
    for item in asked.values():
        for name in item.blocks:
            if name not in rules:
                raise PackError(item.spot, f"没有规则“{name}”", "请核对 blocks")


__all__ = ["Book", "ClassType", "National", "Norm", "load_book", "pack_folder"]
