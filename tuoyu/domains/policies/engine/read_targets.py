"""读计量、指标、任务与算例。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tuoyu.core.periods import month_start
from tuoyu.domains.policies.engine.model import Duty, Example, Indicator, Measure, Rule
from tuoyu.domains.policies.engine.quantities import read_fraction
from tuoyu.domains.policies.engine.read_document import read_cite
from tuoyu.domains.policies.engine.source import Fields, Node, PackError

COMPARISONS = (">=", ">", "<=", "<", "track")
TARGET_WORDS: Mapping[str, tuple[str, ...]] = {
    ">": ("超", "超过"),
    "<=": ("不高于", "不超过"),
    ">=": ("不低于", "不少于", "以上", "达", "达到", "全覆盖", "人人", "", "建设"),
    "<": ("低于",),
    "track": ("提高", "", "足额"),
}
ENDS = ("government", "institution", "family", "clinic", "academy", "devices", "public")


def read_measure(node: Node) -> Measure:
    """读一个计量。"""
    fields = Fields(node, "id name unit source")
    return Measure(*(fields.text(name) for name in ("id", "name", "unit", "source")))


def read_indicator(node: Node, measures: Mapping[str, Measure], rank: int) -> Indicator:
    """读一个指标；比较方式须与原文用词相符（“超”是 >，“不低于”是 ≥）。"""
    fields = Fields(
        node,
        "id name unit numerator comparison grain source cite",
        "denominator scale target label implied_by deadline headline interpretations note",
    )
    comparison = fields.one_of("comparison", COMPARISONS)
    cite = read_cite(fields["cite"])
    if cite.word not in TARGET_WORDS[comparison]:
        raise PackError(
            fields["cite"].spot,
            f"用词“{cite.word}”与比较方式 {comparison} 不符",
            "“超”是 >，“不低于、不少于、达到”是 >=，“不高于”是 <=",
        )
    if (comparison == "track") == ("target" in fields):
        raise PackError(node.spot, "只跟踪的指标不设 target，其余必须有", "请改正其一")
    scale = fields.integer("scale") or 1
    if scale not in (1, 100, 1000):
        raise PackError(fields["scale"].spot, f"倍数 {scale} 不认识", "可用 1、100、1000")
    target, implied = fields.get("target"), fields.text("implied_by")
    if target is not None and not implied and "label" not in fields:
        raise PackError(
            target.spot, "目标值没有写明旁边的字样", "请补 label，或用 implied_by 写原文词语"
        )
    if implied:
        cite = replace(cite, words=(*cite.words, implied))
    return Indicator(
        id=fields.text("id"),
        name=fields.text("name"),
        unit=fields.text("unit"),
        numerator=_measure(fields["numerator"], measures),
        denominator=_measure(fields["denominator"], measures) if "denominator" in fields else None,
        scale=scale,
        target=None if target is None else read_fraction(target),
        comparison=comparison,
        deadline=fields.day("deadline"),
        grain=fields.text("grain"),
        source=fields.text("source"),
        cite=cite,
        rank=rank,
        headline=fields.boolean("headline"),
        figure="" if target is None or implied else target.text(),
        label=fields.text("label"),
        interpretations=fields.texts("interpretations"),
        note=fields.text("note"),
        spot=node.spot,
    )


def _measure(node: Node, measures: Mapping[str, Measure]) -> Measure:
    found = measures.get(node.text())
    if found is None:
        raise PackError(node.spot, f"没有计量“{node.text()}”", "请先在 measures 里登记")
    return found


def read_duty(node: Node) -> Duty:
    """读一项任务。"""
    fields = Fields(
        node, "id name detail who ends cite", "cadence times_per_year due headline figures"
    )
    for end in fields.items("ends"):
        if end.text() not in ENDS:
            raise PackError(end.spot, f"不认识的端“{end.text()}”", f"可用：{'、'.join(ENDS)}")
    return Duty(
        id=fields.text("id"),
        name=fields.text("name"),
        detail=fields.text("detail"),
        who=fields.texts("who"),
        ends=fields.texts("ends"),
        cadence=fields.text("cadence"),
        times_per_year=fields.integer("times_per_year"),
        due=fields.day("due"),
        headline=fields.boolean("headline"),
        figures=fields.texts("figures"),
        cite=read_cite(fields["cite"]),
        spot=node.spot,
    )


def read_example(node: Node, rules: Mapping[str, Rule]) -> Example:
    """读一个算例。"""
    fields = Fields(node, "rule month given pays", "known binding fails limit set note")
    rule = rules.get(fields.text("rule"))
    if rule is None:
        raise PackError(node.spot, f"没有规则“{fields.text('rule')}”", "请核对规则号")
    try:
        month_start(fields.text("month"))
    except ValueError as error:
        raise PackError(fields["month"].spot, str(error), "请改正月份") from None
    if ("binding" in fields) == ("fails" in fields):
        raise PackError(node.spot, "binding 与 fails 应恰有一个", "付款写 binding，不付写 fails")
    return Example(
        rule=rule.id,
        month=fields.text("month"),
        known=fields.day("known"),
        given={name: _given(name, value, rule) for name, value in fields["given"].entries()},
        pays=_money(fields.get("pays")),
        binding=fields.text("binding"),
        fails=fields.text("fails"),
        limit=_money(fields.get("limit")),
        set=_money(fields.get("set")),
        note=fields.text("note"),
        spot=node.spot,
    )


def _money(node: Node | None) -> int | None:
    if node is None or node.raw.tag.endswith(":null"):
        return None
    return node.fen()


def _given(name: str, node: Node, rule: Rule) -> int | bool | str | None:
    if node.raw.tag.endswith(":null"):
        return None
    if name == "birth":
        return node.day().isoformat()
    found = next((item for item in rule.inputs if item.id == name), None)
    if found is None:
        known = "、".join(item.id for item in rule.inputs)
        raise PackError(node.spot, f"规则 {rule.id} 没有输入“{name}”", f"可用：{known}")
    if found.type == "bool":
        return node.boolean()
    if found.type == "code":
        return node.text()
    if found.type == "fen":
        return node.fen()
    return node.integer()
