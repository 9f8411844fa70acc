"""县区通知：填写留待下级的参数；越上限、越期、越权、互相抵触的一律拒绝。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tuoyu.domains.policies.engine.city import City
from tuoyu.domains.policies.engine.model import Key, Notice, Param, Row
from tuoyu.domains.policies.engine.quantities import read_quantity, show_quantity
from tuoyu.domains.policies.engine.read_document import PackHead
from tuoyu.domains.policies.engine.read_rules import (
    Vocabularies,
    cell_key,
    check_spans,
    read_period,
)
from tuoyu.domains.policies.engine.source import Fields, Node, PackError


def read_notice(
    node: Node, head: PackHead, city: City, params: Mapping[str, Param], words: Vocabularies
) -> Notice:
    """读一份通知并核对每一格。"""
    fields = Fields(node, "notice title issuer signed_on known valid fills", "replaces fictitious")
    issuer = fields.text("issuer")
    unit = city.unit(issuer)
    if issuer != city.code and (unit is None or not unit.counted):
        raise PackError(fields["issuer"].spot, f"“{issuer}”不是本市的发文单位", "请核对单位代码")
    valid = read_period(Fields(fields["valid"], "from", "to"), head.document.valid)
    if fields["known"].day() < fields["signed_on"].day():
        raise PackError(fields["known"].spot, "知悉日早于签发日", "请核对 known 与 signed_on")
    rows: list[Row] = []
    for item in fields.items("fills"):
        fill = Fields(item, "term values")
        term = params.get(fill.text("term"))
        if term is None or term.kind != "open_term":
            raise PackError(
                fill["term"].spot, f"“{fill.text('term')}”不是留待下级填写的参数", "请核对参数号"
            )
        _check_issuer(fill["term"], term, issuer, city)
        for values in fill.items("values"):
            rows += _read_fill(values, term, fields, head, words, params)
        check_spans([row for row in rows if row.param == term.id], valid, whole=False)
    for row in rows:
        if not valid.covers(row.period):
            raise PackError(row.spot, f"日期超出通知施行期 {valid.start} 起", "请改正 from 或 to")
    return Notice(
        number=fields.text("notice"),
        title=fields.text("title"),
        issuer=issuer,
        signed_on=fields["signed_on"].day(),
        known=fields["known"].day(),
        valid=valid,
        replaces=fields.text("replaces"),
        fictitious=fields.boolean("fictitious"),
        rows=tuple(rows),
        spot=node.spot,
    )


def _check_issuer(node: Node, term: Param, issuer: str, city: City) -> None:
    by_city = issuer == city.code
    if by_city != (term.set_by == "city"):
        owner = "市级" if term.set_by == "city" else "县区"
        raise PackError(
            node.spot, f"“{term.name}”应由{owner}规定，发文单位“{issuer}”无权填写", "请核对发文单位"
        )


def _read_fill(
    node: Node,
    term: Param,
    notice: Fields,
    head: PackHead,
    words: Vocabularies,
    params: Mapping[str, Param],
) -> list[Row]:
    fields = Fields(node, "from cells", "to")
    period = read_period(fields, head.document.valid)
    issuer = notice.text("issuer")
    prefix: Key = (issuer,) if term.by[:1] == ("county",) else ()
    rows = []
    for code, cell in fields["cells"].entries():
        key = prefix + cell_key(code, term.by[len(prefix) :], words, cell.spot)
        row = Row(
            param=term.id,
            key=key,
            value=read_quantity(cell, term.unit),
            period=period,
            known=notice["known"].day(),
            rank=0,
            document=notice.text("notice"),
            at="",
            fictitious=notice.boolean("fictitious"),
            spot=cell.spot,
        )
        _check_bound(row, term, params)
        rows.append(row)
    return rows


def _check_bound(row: Row, term: Param, params: Mapping[str, Param]) -> None:
    if not term.bounded_by:
        return
    bound = params[term.bounded_by]
    named = dict(zip(term.by, row.key, strict=True))
    key = tuple(named[dimension] for dimension in bound.by)
    met = [one for one in bound.rows if one.key == key and one.period.overlaps(row.period)]
    if not met:
        raise PackError(row.spot, f"“{bound.name}”没有“{'、'.join(key)}”这一格", "请删去此格")
    for one in met:
        over = row.value > one.value if bound.kind == "ceiling" else row.value < one.value
        if over:
            word = "高于上限" if bound.kind == "ceiling" else "低于下限"
            raise PackError(
                row.spot,
                f"{show_quantity(row.value, term.unit)}{word}"
                f" {show_quantity(one.value, bound.unit)}（{one.document}）",
                "请按市级文件改正；改上限须先有新的市级文件",
            )


def rank_notices(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """按“替代”关系排先后；同级而互相重叠的通知一律拒绝。"""
    by_number = {notice.number: notice for notice in notices}
    for notice in notices:
        if sum(other.number == notice.number for other in notices) > 1:
            raise PackError(notice.spot, f"文号“{notice.number}”重复", "每份通知一个文号")
        if notice.replaces and notice.replaces not in by_number:
            raise PackError(notice.spot, f"找不到被替代的“{notice.replaces}”", "请核对文号")
    older = {notice.number: _replaced(notice, by_number) for notice in notices}
    for index, one in enumerate(notices):
        for two in notices[index + 1 :]:
            if one.number in older[two.number] or two.number in older[one.number]:
                continue
            _refuse_rivals(one, two)
    return tuple(
        replace(
            notice,
            rows=tuple(replace(row, rank=1 + len(older[notice.number])) for row in notice.rows),
        )
        for notice in notices
    )


def _replaced(notice: Notice, by_number: Mapping[str, Notice]) -> list[str]:
    chain: list[str] = []
    current = notice
    while current.replaces:
        if current.replaces in (*chain, notice.number):
            raise PackError(notice.spot, "通知互相替代成了圈", "请改正 replaces")
        chain.append(current.replaces)
        current = by_number[current.replaces]
    return chain


def _refuse_rivals(one: Notice, two: Notice) -> None:
    for left in one.rows:
        for right in two.rows:
            same = (left.param, left.key) == (right.param, right.key)
            if same and left.period.overlaps(right.period):
                raise PackError(
                    right.spot,
                    f"与“{one.number}”（{left.spot}）同时规定了同一格，效力相同无法取舍",
                    "请给较新的一份写上 replaces，或改正日期",
                )
