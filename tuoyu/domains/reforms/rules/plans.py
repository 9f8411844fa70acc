"""方案的内容（overlay）：改哪几格、改成多少；成批方案再加一两条轴。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from typing import Any

from tuoyu.domains.policies.engine import Book, Overlay, Resolved, digest, resolve
from tuoyu.domains.policies.engine.model import Key
from tuoyu.domains.policies.engine.quantities import show_quantity

EDITABLE = ("open_term", "ceiling", "floor")
MOST_POINTS = 400
Cells = Mapping[str, Mapping[Key, int]]


class PlanError(ValueError):
    """方案不成立：what, why, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """一个方案。``fills``：未发通知的格也按所填测算；``follow``：已定标准的县区都跟到上限。"""

    name: str
    cells: Cells = field(default_factory=dict)
    fills: bool = False
    follow: bool = False

    def to_json(self) -> dict[str, Any]:
        """存档的写法。"""
        cells = {p: {",".join(k): v for k, v in t.items()} for p, t in self.cells.items()}
        return {"cells": cells, "fills": self.fills, "follow": self.follow}

    @property
    def is_empty(self) -> bool:
        """什么也没改。"""
        return not self.follow and not any(self.cells.values())


@dataclass(frozen=True, slots=True)
class Axis:
    """一条轴：某参数的某些格从多少到多少，每步多少（金额以分计）。"""

    param: str
    keys: tuple[Key, ...]
    first: int
    last: int
    step: int

    @property
    def values(self) -> range:
        """依次的取值（含末值）。"""
        return range(self.first, self.last + 1, self.step)

    def to_json(self) -> dict[str, Any]:
        """存档的写法。"""
        return {
            "param": self.param,
            "keys": [",".join(key) for key in self.keys],
            "first": self.first,
            "last": self.last,
            "step": self.step,
        }


def plan_of(name: str, spec: Mapping[str, Any]) -> Plan:
    """由存档读回。"""
    cells = {p: {key_of(k): v for k, v in t.items()} for p, t in spec["cells"].items()}
    return Plan(name, cells, fills=spec["fills"], follow=spec["follow"])


def axis_of(spec: Mapping[str, Any]) -> Axis:
    """由存档读回。"""
    keys = tuple(key_of(key) for key in spec["keys"])
    return Axis(spec["param"], keys, spec["first"], spec["last"], spec["step"])


def key_of(text: str) -> Key:
    """“350582,infant” → 格。"""
    return tuple(text.split(",")) if text else ()


def points_of(plan: Plan, axes: Sequence[Axis]) -> list[Plan]:
    """成批方案的每一个：first axis outermost."""
    if not axes:
        raise PlanError("没有写明要变动的参数；请至少填一条轴")
    for axis in axes:
        if axis.step <= 0 or axis.last < axis.first:
            raise PlanError("取值范围不对：止值不得小于起值，步长须大于零；请改正")
    count = 1
    for axis in axes:
        count *= len(axis.values)
    if count > MOST_POINTS:
        raise PlanError(f"共 {count} 个方案，一次最多 {MOST_POINTS} 个；请加大步长或缩小范围")
    made = []
    for values in product(*(axis.values for axis in axes)):
        cells = {name: dict(table) for name, table in plan.cells.items()}
        for axis, value in zip(axes, values, strict=True):
            cells.setdefault(axis.param, {}).update(dict.fromkeys(axis.keys, value))
        made.append(replace(plan, cells=cells))
    return made


def editable(book: Book, rule_id: str) -> list[str]:
    """可以改的参数：留待下级填写的、上限、下限；原文写死的定值不改。"""
    return [p for p in book.rule(rule_id).params if book.params[p].kind in EDITABLE]


def tables_of(
    book: Book, rule_id: str, months: Sequence[str], known: date, plan: Plan | None = None
) -> dict[str, Resolved]:
    """逐月定参。Without a plan: the baseline. The baseline's tables are never changed."""
    found = {}
    for month in months:
        base = resolve(book, rule_id, month, known)
        if plan is not None and base.in_force:
            base = resolve(book, rule_id, month, known, overlay=_overlay(plan, base))
        found[month] = base
    return found


def _overlay(plan: Plan, base: Resolved) -> Overlay:
    """当月的改动：cells without a value that month stay 待定 unless the plan fills them."""
    cells = {
        name: {k: v for k, v in table.items() if plan.fills or k in base.tables[name].cells}
        for name, table in plan.cells.items()
    }
    return Overlay(plan.name, cells, local_equals_limit=plan.follow, fills=plan.fills)


def digest_plan(plan: Plan, axes: Sequence[Axis] = ()) -> str:
    """方案散列：the name is no part of it."""
    return digest({"plan": plan.to_json(), "axes": [axis.to_json() for axis in axes]})


def check_plan(book: Book, rule_id: str, months: Sequence[str], known: date, plan: Plan) -> None:
    """方案是否成立：unknown cells and local amounts above the plan's own ceiling are refused."""
    allowed = editable(book, rule_id)
    for name in plan.cells:
        if name not in allowed:
            raise PlanError(f"参数“{name}”不能在沙盘里改；可改：{'、'.join(allowed)}")
    for month, resolved in tables_of(book, rule_id, months, known, plan).items():
        if resolved.in_force:
            _check_bounds(book, month, resolved, plan)


def _check_bounds(book: Book, month: str, resolved: Resolved, plan: Plan) -> None:
    for name, changed in plan.cells.items():
        param = book.params[name]
        bound = resolved.tables.get(param.bounded_by)
        if bound is None:
            continue
        at = [param.by.index(dimension) for dimension in bound.param.by]
        for key in changed:
            value = resolved.tables[name].cells.get(key)
            limit = bound.cells.get(tuple(key[place] for place in at))
            if value is None or limit is None:
                continue
            over = value > limit if bound.param.kind == "ceiling" else value < limit
            if over:
                raise PlanError(_over(book, name, key, value, limit, bound.param.kind))


def _over(book: Book, name: str, key: Key, value: int, limit: int, kind: str) -> str:
    param = book.params[name]
    word, mend = ("高于上限", "上限") if kind == "ceiling" else ("低于下限", "下限")
    return (
        f"{cell_name(book, key)}{param.name}填了 {show_quantity(value, param.unit)}，{word}"
        f" {show_quantity(limit, param.unit)}，按文件不能这样定；"
        f"要测算更远的数，请同时改{mend}"
    )


def cell_name(book: Book, key: Key) -> str:
    """格的名字：晋江市 乳儿班。"""
    return "".join(f"{book.name_of(code)} " for code in key)


def above_limit(tables: Mapping[str, Resolved]) -> list[tuple[str, Key]]:
    """高于方案上限的现有标准：paid at the ceiling, told as such."""
    found: dict[tuple[str, Key], None] = {}
    for resolved in tables.values():
        for name, table in resolved.tables.items():
            bound = resolved.tables.get(table.param.bounded_by)
            if bound is None or bound.param.kind != "ceiling":
                continue
            at = [table.param.by.index(dimension) for dimension in bound.param.by]
            for key, value in table.cells.items():
                limit = bound.cells.get(tuple(key[place] for place in at))
                if limit is not None and value > limit:
                    found[name, key] = None
    return list(found)
