"""资金：来源、用途与绩效目标，读自 funds.yaml。没有数的目标是“未定”，不是零。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from tuoyu.domains.policies.engine.model import Cite
from tuoyu.domains.policies.engine.quantities import read_fraction
from tuoyu.domains.policies.engine.read_document import read_cite
from tuoyu.domains.policies.engine.source import Fields, Node, PackError

MEASURES = {"execution": "预算执行率", "timeliness": "拨付及时率", "accuracy": "拨付准确率"}
PAID_BY = ("unit", "city")


@dataclass(frozen=True, slots=True)
class FundSource:
    """资金来源；在文件里的先后就是动用的次序。"""

    id: str
    name: str
    rank: int
    cite: Cite


@dataclass(frozen=True, slots=True)
class FundUse:
    """资金用途：通常就是一条规则；由县区还是市本级支出，可用哪些来源。"""

    id: str
    name: str
    group: str
    paid_by: str
    sources: tuple[str, ...]
    cite: Cite


@dataclass(frozen=True, slots=True)
class FundGoal:
    """绩效目标：``value`` 为空即未定，由 ``set_by`` 确定；``days`` 是承诺的工作日。"""

    measure: str
    uses: tuple[str, ...]
    value: Fraction | None
    days: int | None
    set_by: tuple[str, ...]
    document: str
    fictitious: bool
    cite: Cite


@dataclass(frozen=True, slots=True)
class Funds:
    """一座城市的资金安排。"""

    sources: tuple[FundSource, ...] = ()
    uses: tuple[FundUse, ...] = ()
    goals: tuple[FundGoal, ...] = ()

    def source(self, source_id: str) -> FundSource | None:
        """按编号取来源。"""
        return next((s for s in self.sources if s.id == source_id), None)

    def use(self, use_id: str) -> FundUse | None:
        """按编号取用途。"""
        return next((u for u in self.uses if u.id == use_id), None)

    def goal(self, measure: str, use_id: str) -> FundGoal | None:
        """某用途某项的目标：点名的先于通用的。"""
        found = [g for g in self.goals if g.measure == measure and use_id in (g.uses or (use_id,))]
        return min(found, key=lambda g: not g.uses, default=None)

    def cites(self) -> Iterator[Cite]:
        """全部依据，供核对原文。"""
        for listed in (self.sources, self.uses, self.goals):
            yield from (item.cite for item in listed)


NO_FUNDS = Funds()


def read_funds(sources: list[Node], uses: list[Node], goals: list[Node]) -> Funds:
    """读资金安排；来源、用途编号须各不相同，所引须已登记。"""
    known = tuple(_source(node, rank) for rank, node in enumerate(sources))
    _once(sources, [s.id for s in known])
    declared = tuple(_use(node, {s.id for s in known}) for node in uses)
    _once(uses, [u.id for u in declared])
    return Funds(known, declared, tuple(_goal(node, {u.id for u in declared}) for node in goals))


def _once(nodes: list[Node], ids: list[str]) -> None:
    for node, name in zip(nodes, ids, strict=True):
        if ids.count(name) > 1:
            raise PackError(node.spot, f"编号“{name}”重复", "请改成各不相同的编号")


def _source(node: Node, rank: int) -> FundSource:
    fields = Fields(node, "id name cite")
    return FundSource(fields.text("id"), fields.text("name"), rank, read_cite(fields["cite"]))


def _use(node: Node, known: set[str]) -> FundUse:
    fields = Fields(node, "id name group paid_by sources cite")
    _listed(fields.items("sources"), known, "来源")
    return FundUse(
        id=fields.text("id"),
        name=fields.text("name"),
        group=fields.text("group"),
        paid_by=fields.one_of("paid_by", PAID_BY),
        sources=fields.texts("sources"),
        cite=read_cite(fields["cite"]),
    )


def _goal(node: Node, known: set[str]) -> FundGoal:
    fields = Fields(node, "measure set_by cite", "uses value days document fictitious")
    _listed(fields.items("uses"), known, "用途")
    value, measure = fields.get("value"), fields.one_of("measure", tuple(MEASURES))
    if value is not None and not fields.text("document"):
        raise PackError(value.spot, "目标值没有写明文件", "请补 document，没有文件就不要填数")
    if ("days" in fields) != (measure == "timeliness" and value is not None):
        raise PackError(node.spot, "承诺工作日 days 只随及时率的目标值填写", "请补上或删去 days")
    return FundGoal(
        measure=measure,
        uses=fields.texts("uses"),
        value=None if value is None else _share(value),
        days=fields.integer("days"),
        set_by=fields.texts("set_by"),
        document=fields.text("document"),
        fictitious=fields.boolean("fictitious"),
        cite=read_cite(fields["cite"]),
    )


def _share(node: Node) -> Fraction:
    share = read_fraction(node) / 100
    if not node.text().endswith("%") or not 0 < share <= 1:
        raise PackError(
            node.spot, f"目标值“{node.text()}”不在 0% 到 100% 之间", "请写成 95% 的样子"
        )
    return share


def _listed(items: Iterable[Node], known: set[str], what: str) -> None:
    for item in items:
        if item.text() not in known:
            raise PackError(item.spot, f"没有{what}“{item.text()}”", f"请先登记这项{what}")
