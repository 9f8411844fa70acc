"""读参数与规则。"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from tuoyu.core.periods import Period, inclusive
from tuoyu.domains.policies.engine import expr
from tuoyu.domains.policies.engine.model import (
    Cell,
    Derived,
    Gate,
    Input,
    Key,
    Param,
    Row,
    Rule,
    Term,
)
from tuoyu.domains.policies.engine.quantities import read_quantity
from tuoyu.domains.policies.engine.read_document import PackHead, read_cite
from tuoyu.domains.policies.engine.source import Fields, Node, PackError, Spot

KINDS = ("ceiling", "floor", "exact", "target", "ratio", "open_term", "unspecified")
CAP_WORDS: Mapping[str, tuple[str, ...]] = {
    "ceiling": ("不高于", "最高不超过", "不超过"),
    "floor": ("不低于", "不少于"),
}
Vocabularies = Mapping[str, Mapping[str, str]]


def read_param(node: Node, head: PackHead, words: Vocabularies) -> Param:
    """读一个参数。"""
    fields = Fields(
        node,
        "id name kind unit cite",
        "by bounded_by set_by interpretations note values",
    )
    kind = fields.one_of("kind", KINDS)
    cite = read_cite(fields["cite"])
    _check_word(kind, cite.word, fields["cite"].spot)
    by = fields.texts("by")
    for dimension in by:
        if dimension not in words:
            raise PackError(node.spot, f"不认识的维度“{dimension}”", "请先在 codes.yaml 登记")
    hollow = kind in ("open_term", "unspecified")
    if hollow == ("values" in fields):
        why = "留待下级或未规定的参数不能自带数值" if hollow else f"种类为 {kind} 的参数缺少数值"
        raise PackError(node.spot, why, "数值由通知填写，或改正 kind")
    if kind == "open_term":
        fields.one_of("set_by", ("county", "city"))
    cells: dict[Key, Cell] = {}
    rows: list[Row] = []
    for item in fields.items("values"):
        rows += _read_values(item, fields.text("id"), fields.text("unit"), by, head, words, cells)
    check_spans(rows, head.document.valid, whole=True)
    return Param(
        id=fields.text("id"),
        name=fields.text("name"),
        kind=kind,
        unit=fields.text("unit"),
        by=by,
        cite=cite,
        bounded_by=fields.text("bounded_by"),
        set_by=fields.text("set_by"),
        interpretations=fields.texts("interpretations"),
        note=fields.text("note"),
        cells=cells,
        rows=tuple(rows),
        spot=node.spot,
    )


def _check_word(kind: str, word: str, spot: Spot) -> None:
    for owner, listed in CAP_WORDS.items():
        if kind == owner and word not in listed:
            raise PackError(
                spot, f"种类 {kind} 的用词“{word}”不对", f"原文应有：{'、'.join(listed)}"
            )
        if kind != owner and kind in ("exact", "ceiling", "floor") and word in listed:
            raise PackError(spot, f"用词“{word}”表示 {owner}，与种类 {kind} 不符", "请改正 kind")


def _read_values(
    item: Node,
    param: str,
    unit: str,
    by: Key,
    head: PackHead,
    words: Vocabularies,
    cells: dict[Key, Cell],
) -> list[Row]:
    fields = Fields(item, "from cells", "to")
    period = read_period(fields, head.document.valid)
    rows = []
    for code, node in fields["cells"].entries():
        key = cell_key(code, by, words, node.spot)
        parts = Fields(node, "figure label")
        value = read_quantity(parts["figure"], unit)
        cell = Cell(value, parts.text("figure"), parts.text("label"), parts["figure"].spot)
        cells.setdefault(key, cell)
        rows.append(
            Row(
                param=param,
                key=key,
                value=value,
                period=period,
                known=date.min,
                rank=0,
                document=head.document.number,
                at="",
                fictitious=False,
                spot=cell.spot,
            )
        )
    return rows


def read_period(fields: Fields, valid: Period) -> Period:
    """读 from/to（两端都含）；须落在文件施行期内，没有 to 则到施行期末。"""
    first, last = fields["from"].day(), fields.day("to") or valid.last_day
    if last is not None and last < first:
        raise PackError(fields["from"].spot, "止日早于起日", "请核对 from 与 to")
    period = inclusive(first, last)
    if not valid.covers(period):
        raise PackError(
            fields["from"].spot,
            f"{first} 至 {last} 超出施行期 {valid.start} 至 {valid.last_day}",
            "请改正日期；过期后须有接续文件",
        )
    return period


def cell_key(code: str, by: Key, words: Vocabularies, spot: Spot) -> Key:
    """格的键：没有维度写 all，一个维度写代码。"""
    if not by:
        if code != "all":
            raise PackError(spot, f"没有维度的参数不能有格“{code}”", "请写 all")
        return ()
    if code not in words[by[0]]:
        known = "、".join(words[by[0]])
        raise PackError(spot, f"“{code}”不在维度 {by[0]} 里", f"可用：{known}")
    return (code,)


def check_spans(rows: list[Row], valid: Period, *, whole: bool) -> None:
    """同一格的日期不许重叠、不许留空；whole 表示须从施行首日起。"""
    by_key: dict[Key, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    for listed in by_key.values():
        listed.sort(key=lambda row: row.period.start)
        if whole and listed[0].period.start > valid.start:
            raise PackError(
                listed[0].spot,
                f"{valid.start} 至 {listed[0].period.start} 之间没有数值",
                "请从施行首日起填写",
            )
        for before, after in pairwise(listed):
            if before.period.overlaps(after.period):
                raise PackError(
                    after.spot,
                    f"{after.period.start} 起与前一行（至 {before.period.last_day}）日期重叠",
                    "请给前一行写上 to，止于后一行前一天",
                )
            if before.period.end != after.period.start:
                raise PackError(
                    after.spot,
                    f"{before.period.last_day} 之后到 {after.period.start} 之前没有数值",
                    "请补上空缺的日期，或把前后两行接上",
                )


def read_rule(node: Node, params: Mapping[str, Param], words: Vocabularies) -> Rule:
    """读一条规则，核对名字、类型与金额构成。"""
    fields = Fields(
        node,
        "id name grain payee purpose programme cite inputs gates amount terms",
        "derive interpretations note",
    )
    inputs = tuple(_read_input(item, words) for item in fields.items("inputs"))
    types = {item.id: _plain(item.type) for item in inputs}
    derived = []
    for item in fields.items("derive"):
        derived.append(_read_derived(item, types, words, params))
        types[derived[-1].id] = derived[-1].type
    gates = tuple(_read_gate(item, types, words, params) for item in fields.items("gates"))
    text, spot = fields.text("amount"), fields["amount"].spot
    tree = _checked(text, spot, types, words, params, "int")
    terms = _read_terms(fields.items("terms"), expr.minimum_terms(tree), spot)
    trees = [*(item.tree for item in derived), *(gate.tree for gate in gates), tree]
    used = tuple(dict.fromkeys(name for one in trees for name in expr.params_in(one)))
    purpose = fields.one_of("purpose", ("pay", "limit"))
    if purpose == "pay":
        _check_pays(terms, params, spot)
    asked = dict.fromkeys(fields.texts("interpretations"))
    for name in used:
        asked.update(dict.fromkeys(params[name].interpretations))
    return Rule(
        id=fields.text("id"),
        name=fields.text("name"),
        grain=fields.text("grain"),
        payee=fields.text("payee"),
        purpose=purpose,
        programme=fields.text("programme"),
        cite=read_cite(fields["cite"]),
        inputs=inputs,
        derived=tuple(derived),
        gates=gates,
        amount=text,
        terms=terms,
        params=used,
        interpretations=tuple(asked),
        note=fields.text("note"),
        wide=any(expr.multiplies(one) for one in trees),
        spot=node.spot,
    )


def _plain(kind: str) -> str:
    return "int" if kind == "fen" else kind


def _read_input(node: Node, words: Vocabularies) -> Input:
    fields = Fields(node, "id name type", "codes unit")
    kind = fields.one_of("type", ("int", "fen", "bool", "code"))
    listed: tuple[str, ...] = ()
    if kind == "code":
        if "codes" not in fields or fields.text("codes") not in words:
            raise PackError(node.spot, "代码类输入缺少 codes", "请写 codes.yaml 里的词表名")
        listed = tuple(words[fields.text("codes")])
    return Input(fields.text("id"), fields.text("name"), kind, listed, fields.text("unit"))


def _read_derived(
    node: Node, types: Mapping[str, str], words: Vocabularies, params: Mapping[str, Param]
) -> Derived:
    fields = Fields(node, "id value", "codes")
    kind = "code" if "codes" in fields else "int"
    listed = tuple(words.get(fields.text("codes"), ()))
    text, spot = fields.text("value"), fields["value"].spot
    tree = _checked(text, spot, types, words, params, kind)
    return Derived(fields.text("id"), kind, listed, text, tree, spot)


def _read_gate(
    node: Node, types: Mapping[str, str], words: Vocabularies, params: Mapping[str, Param]
) -> Gate:
    fields = Fields(node, "id when say", "step fact result")
    text, spot = fields.text("when"), fields["when"].spot
    tree = _checked(text, spot, types, words, params, "bool")
    return Gate(
        id=fields.text("id"),
        when=text,
        tree=tree,
        say=fields.text("say"),
        step=fields.text("step"),
        fact=fields.text("fact"),
        result=fields.text("result"),
        spot=spot,
    )


def _checked(
    text: str,
    spot: Spot,
    types: Mapping[str, str],
    words: Vocabularies,
    params: Mapping[str, Param],
    wanted: str,
) -> ast.expr:
    tree = expr.parse(text, spot)
    for name in expr.params_in(tree):
        if name not in params:
            raise PackError(spot, f"算式“{text}”里没有参数“{name}”", "请核对参数号，或先登记参数")
        for dimension in params[name].by:
            if dimension not in types:
                raise PackError(
                    spot,
                    f"参数“{name}”按 {dimension} 分列，规则里却没有 {dimension}",
                    "请在 inputs 或 derive 里加上",
                )
    known = {code for listed in words.values() for code in listed}
    for word in expr.words_in(tree):
        if word not in known:
            raise PackError(spot, f"算式“{text}”里的代码“{word}”没有登记", "请核对 codes.yaml")
    found = expr.type_of(tree, types, text, spot)
    if found != wanted:
        raise PackError(spot, f"算式“{text}”的类型是 {found}", f"此处应为 {wanted}")
    return tree


def _read_terms(
    items: tuple[Node, ...], trees: tuple[ast.expr, ...], spot: Spot
) -> tuple[Term, ...]:
    if len(items) != len(trees):
        raise PackError(spot, f"金额有 {len(trees)} 项，terms 却有 {len(items)} 项", "请逐项起名")
    terms = []
    for item, tree in zip(items, trees, strict=True):
        fields = Fields(item, "name role")
        role = fields.one_of("role", ("set", "limit", "input"))
        terms.append(Term(fields.text("name"), role, tree, expr.param_id(tree)))
    return tuple(terms)


def _check_pays(terms: tuple[Term, ...], params: Mapping[str, Param], spot: Spot) -> None:
    """上限不是金额：至少一项是定值、已填的留待项或实际发生额；有上限的留待项须与上限同列。"""
    bare = [params[term.param] for term in terms if term.param]
    if len(bare) == len(terms) and not any(param.pays for param in bare):
        raise PackError(spot, "金额只由上限或目标构成，不能支付", "请加上核定金额或县定标准")
    for term in terms:
        param = params.get(term.param)
        if (param is not None and param.kind == "ceiling") != (term.role == "limit"):
            raise PackError(spot, f"“{term.name}”的角色与参数种类不符", "上限写 limit，其余不写")
        if param is None or not param.bounded_by or params[param.bounded_by].kind != "ceiling":
            continue
        if param.bounded_by not in [other.param for other in terms]:
            raise PackError(
                spot, f"金额用了“{param.name}”却没有它的上限", f"请加上 param('{param.bounded_by}')"
            )
