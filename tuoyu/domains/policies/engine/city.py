"""城市资料：名称、代码、主题色、区划单位、人口、审核层级、地图与演示设定。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tuoyu.core.periods import month_start, next_month
from tuoyu.domains.policies.engine.source import Fields, Node, PackError

MEASURES = (
    "resident",
    "under3",
    "births_per_10000",
    "registered",
    "slots_target",
    "income_per_capita",
)
ACCENTS = ("accent", "accent-hover", "accent-ink", "accent-wash", "accent-line")


@dataclass(frozen=True, slots=True)
class Unit:
    """区划单位：县区、功能区或乡镇街道。"""

    code: str
    name: str
    kind: str
    counted: bool
    maps_to: str
    point: tuple[str, str] | None
    townships: int | None


@dataclass(frozen=True, slots=True)
class Population:
    """人口数：哪个单位、哪一年、什么口径、多少、来源、是否估算。"""

    unit: str
    year: int
    measure: str
    value: int
    source: str
    estimate: bool
    confidence: str


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """审核环节：谁审、能做什么、是否须换人。"""

    id: str
    name: str
    role: str
    level: str
    other_person: bool


@dataclass(frozen=True, slots=True)
class City:
    """城市：不写代码即可上线所需的全部资料。"""

    slug: str
    code: str
    name: str
    brand: str
    level: str
    unit_label: str
    accents: Mapping[str, str]
    units: tuple[Unit, ...]
    population: tuple[Population, ...]
    review: tuple[ReviewStep, ...]
    settle_day: int
    map_file: Path
    map_attribution: str
    center: tuple[str, str]
    clock: datetime
    demo: Mapping[str, str]
    notes: tuple[str, ...]

    def unit(self, code: str) -> Unit | None:
        """按代码找单位。"""
        return next((unit for unit in self.units if unit.code == code), None)

    def settled_on(self, month: str) -> date:
        """某月默认的结算知悉日：次月的结算日。"""
        return month_start(next_month(month)).replace(day=self.settle_day)


def read_city(node: Node, folder: Path) -> City:
    """读 city.yaml。"""
    fields = Fields(
        node,
        "slug code name brand level unit_label theme units population review settle_day map demo",
        "notes",
    )
    units = tuple(_unit(item) for item in fields.items("units"))
    codes = [unit.code for unit in units]
    for item, unit in zip(fields.items("units"), units, strict=True):
        if codes.count(unit.code) > 1:
            raise PackError(item.spot, f"单位代码“{unit.code}”重复", "请改成各不相同的代码")
        if unit.maps_to and unit.maps_to not in codes:
            raise PackError(item.spot, f"maps_to“{unit.maps_to}”不在单位表里", "请写县区的代码")
    known = {*codes, fields.text("code")}
    population = tuple(_population(item, known) for item in fields.items("population"))
    theme = Fields(fields["theme"], "data_city " + " ".join(ACCENTS))
    outline = Fields(fields["map"], "file attribution center")
    path = folder / outline.text("file")
    if not path.is_file():
        raise PackError(outline["file"].spot, f"找不到地图文件 {path.name}", "请放在包的文件夹里")
    demo = {key: value.text() for key, value in fields["demo"].entries()}
    return City(
        slug=fields.text("slug"),
        code=fields.text("code"),
        name=fields.text("name"),
        brand=fields.text("brand"),
        level=fields.text("level"),
        unit_label=fields.text("unit_label"),
        accents={name: theme.text(name) for name in ACCENTS},
        units=units,
        population=population,
        review=tuple(_step(item) for item in fields.items("review")),
        settle_day=fields["settle_day"].integer(),
        map_file=path,
        map_attribution=outline.text("attribution"),
        center=_pair(outline["center"]),
        clock=datetime.fromisoformat(demo["clock"]),
        demo=demo,
        notes=fields.texts("notes"),
    )


def _unit(node: Node) -> Unit:
    fields = Fields(node, "code name kind", "counted maps_to point townships")
    point = fields.get("point")
    return Unit(
        code=fields.text("code"),
        name=fields.text("name"),
        kind=fields.one_of("kind", ("county", "zone", "street", "town", "township")),
        counted=fields.boolean("counted", default=True),
        maps_to=fields.text("maps_to"),
        point=None if point is None else _pair(point),
        townships=fields.integer("townships"),
    )


def _population(node: Node, known: set[str]) -> Population:
    fields = Fields(node, "unit year measure value source confidence", "estimate")
    if fields.text("unit") not in known:
        raise PackError(node.spot, f"没有单位“{fields.text('unit')}”", "请先在 units 里登记")
    return Population(
        unit=fields.text("unit"),
        year=fields["year"].integer(),
        measure=fields.one_of("measure", MEASURES),
        value=fields["value"].integer(),
        source=fields.text("source"),
        estimate=fields.boolean("estimate"),
        confidence=fields.one_of("confidence", ("F", "O", "D", "C")),
    )


def _step(node: Node) -> ReviewStep:
    fields = Fields(node, "id name role level", "other_person")
    return ReviewStep(
        id=fields.text("id"),
        name=fields.text("name"),
        role=fields.text("role"),
        level=fields.text("level"),
        other_person=fields.boolean("other_person", default=True),
    )


def _pair(node: Node) -> tuple[str, str]:
    pair = node.texts()
    if len(pair) != 2:
        raise PackError(node.spot, "经纬度应是两个数", "请写成 [118.58, 24.93]")
    return pair[0], pair[1]
