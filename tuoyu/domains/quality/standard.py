"""评估标准与普惠条件：national facts, read from packs/national/quality.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine.source import Fields, Node, read_yaml

FILE = "national/quality.yaml"


@dataclass(frozen=True)
class Known:
    """查到的条文。"""

    at: str
    text: str


@dataclass(frozen=True)
class Dimension:
    """维度。``points`` is None for a condition that is met or not."""

    id: str
    name: str
    points: int | None
    known: tuple[Known, ...] = ()
    ask: str = ""
    source: str = ""


@dataclass(frozen=True)
class Standard:
    """评估标准。"""

    number: str
    name: str
    nature: str
    total: int
    veto_items: int
    grades: tuple[str, ...]
    grades_note: str
    veto_note: str
    source: str
    dimensions: tuple[Dimension, ...]
    conditions: tuple[Dimension, ...]


def read_standard(root: Path) -> Standard:
    """读国家包；the dimensions must add up to the whole."""
    top = Fields(read_yaml(root / FILE, FILE), "standard dimensions conditions")
    head = Fields(
        top["standard"],
        "number name from nature total veto_items grades grades_note veto_note source confidence",
    )
    found = Standard(
        head.text("number"),
        head.text("name"),
        head.text("nature"),
        head["total"].integer(),
        head["veto_items"].integer(),
        head.texts("grades"),
        head.text("grades_note"),
        head.text("veto_note"),
        head.text("source"),
        tuple(_dimension(n) for n in top.items("dimensions")),
        tuple(_condition(n) for n in top.items("conditions")),
    )
    summed = sum(d.points or 0 for d in found.dimensions)
    if summed != found.total:
        raise ValueError(f"{FILE}：各维度满分合计 {summed}，应为 {found.total}，请对照标准改正")
    return found


def _dimension(node: Node) -> Dimension:
    f = Fields(node, "id name points known")
    known = tuple(
        Known(k.text("at"), k.text("text"))
        for k in (Fields(n, "at text") for n in f.items("known"))
    )
    return Dimension(f.text("id"), f.text("name"), f["points"].integer(), known)


def _condition(node: Node) -> Dimension:
    f = Fields(node, "id name ask source confidence")
    return Dimension(f.text("id"), f.text("name"), None, (), f.text("ask"), f.text("source"))


@cache
def standard() -> Standard:
    """当前的评估标准。"""
    return read_standard(Path(settings.PACKS_DIR))


def dimensions_of(kind: str) -> tuple[Dimension, ...]:
    """某类申请要逐项说明的内容。"""
    return standard().dimensions if kind == "star" else standard().conditions


def star_levels() -> dict[str, str]:
    """本市的星级：code → title from the lowest up, without 「未获评」."""
    words = current_book().words.get("star_level", {})
    return {code: title for code, title in words.items() if code != "none"}


def level_title(code: str) -> str:
    """等级名。"""
    if not code:
        return "普惠性托育机构"
    return current_book().words.get("star_level", {}).get(code, code)
