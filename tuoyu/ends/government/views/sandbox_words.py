"""沙盘的话与图：from the answer's numbers to sentences, tables and chart options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuoyu.core.money import yuan_grouped
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.policies.engine import Book, Rule
from tuoyu.domains.policies.engine.quantities import show_quantity
from tuoyu.domains.reforms.models import Scenario
from tuoyu.domains.reforms.rules.plans import Plan, axis_of, plan_of
from tuoyu.domains.reforms.rules.reading import axis_title, plan_words
from tuoyu.domains.reforms.selectors.scenarios import shown

GROUPS = {"unit": "单位", "kind": "机构类型", "cls": "班型", "month": "月份"}
VARIANTS = (("base", "现行"), ("new", "方案"), ("move", "方案且都跟到上限"))
WHY_OPEN = {
    "fact": "缺考勤或其他事实（待核、未登记）",
    "notice": "县区没有通知，标准待定",
    "term": "当月不在文件施行期",
}
_SENTENCE_LIMIT = "上限与县定之间的空间"


def roles_of(rule: Rule) -> set[str]:
    """规则有没有上限、县定两项。"""
    return {term.role for term in rule.terms}


def has_limit(rule: Rule) -> bool:
    """能不能谈“上限与县定之间的空间”。"""
    return {"limit", "set"} <= roles_of(rule)


def signed(fen: int) -> str:
    """多 16,000.00 元／少 …／不变。"""
    if fen == 0:
        return "不变"
    return f"{'多' if fen > 0 else '少'} {yuan_grouped(abs(fen))} 元"


def sentences(book: Book, scenario: Scenario, unit: str) -> list[str]:
    """一段话：what changes, the room, and what it costs if all move."""
    rule, t = book.rule(scenario.rule), scenario.results["totals"]
    plan = plan_of(scenario.name, scenario.spec)
    delta = t["new_fen"] - t["base_fen"]
    only_limits = bool(plan.cells) and not plan.follow and all(
        book.params[name].kind == "ceiling" for name in plan.cells
    )  # fmt: skip
    if delta == 0 and only_limits:
        first = (
            f"只改上限，应付不变：仍为 {yuan_grouped(t['base_fen'])} 元。"
            "上限不是应付数，县（市、区）没有另定标准之前，一分也不会多付。"
        )
    elif delta == 0 and t["up"] == 0:
        first = f"按此方案，应付不变，仍为 {yuan_grouped(t['base_fen'])} 元。"
    else:
        first = (
            f"按此方案，应付由 {yuan_grouped(t['base_fen'])} 元变为"
            f" {yuan_grouped(t['new_fen'])} 元，{signed(delta)}；"
            f"增加的 {t['up']:,} {unit}，减少的 {t['down']:,} {unit}。"
        )
    told = [first]
    if t["settled"]:
        told.append(
            f"其中由待定转为已定的 {t['settled']:,} {unit}，{yuan_grouped(t['settled_fen'])} 元。"
        )
    if has_limit(rule):
        room = t["new_limit_fen"] - t["new_set_fen"]
        told.append(
            f"{_SENTENCE_LIMIT}为 {yuan_grouped(room)} 元（应付的 {t['new_paid']:,} {unit}合计）；"
            f"已定标准的县（市、区）若都跟到上限，应付为 {yuan_grouped(t['move_fen'])} 元，"
            f"比现行{signed(t['move_fen'] - t['base_fen'])}。"
        )
    return told


def plan_told(book: Book, plan: Plan) -> list[str]:
    """方案内容，逐条。"""
    told = plan_words(book, plan.cells)
    if plan.follow:
        told.append("已定标准的县（市、区）都跟到上限")
    if plan.fills:
        told.append("没有通知的县（市、区）也按所填测算")
    return told or ["沿用现行参数"]


def facts(scenario: Scenario, unit: str) -> list[dict[str, str]]:
    """概要条。"""
    t = scenario.results["totals"]
    delta = t["new_fen"] - t["base_fen"]
    sign = "+" if delta > 0 else ""
    who = [{"name": "涉及儿童", "text": f"{t['children']:,}", "note": "人，结果有变"}]
    if not any(row["children"] for row in scenario.institutions) and unit != "人月":
        up, down = t["institutions_up"], t["institutions_down"]
        who = [{"name": "涉及机构", "text": f"{up + down:,}", "note": f"家，增 {up} 减 {down}"}]
    return [
        {"name": "现行应付", "text": yuan_grouped(t["base_fen"]), "note": "元"},
        {"name": "方案应付", "text": yuan_grouped(t["new_fen"]), "note": "元"},
        {"name": "增减", "text": f"{sign}{yuan_grouped(delta)}", "note": "元"},
        *who,
        {"name": "待定", "text": f"{t['new_open']:,}", "note": f"{unit}，不作零"},
    ]


def three(scenario: Scenario, rule: Rule) -> list[dict[str, Any]]:
    """上限、县定、实付三行，现行与方案分列，从不合成一个数。"""
    t = scenario.results["totals"]
    rows = [("实付", "按条件取低后应付", "fen")]
    if "set" in roles_of(rule):
        rows.insert(0, ("县定", "县（市、区）所定标准合计", "set_fen"))
    if "limit" in roles_of(rule):
        rows.insert(0, ("上限", "文件“不高于”之数合计，不是应付", "limit_fen"))
    return [
        {"name": name, "note": note, "values": [t[f"{v}_{key}"] for v, _ in VARIANTS]}
        for name, note, key in rows
    ]


def group_name(book: Book, by: str, code: str, units: Mapping[str, str]) -> str:
    """分组的名字。"""
    if by == "unit":
        return units.get(code, code)
    if by == "kind":
        return dict(Kind.choices).get(code, code)
    if by == "month":
        return f"{code[:4]} 年 {int(code[5:])} 月"
    return book.name_of(code) if code else "不分班型"


def grouped(
    book: Book, scenario: Scenario, by: str, units: Mapping[str, str]
) -> list[dict[str, Any]]:
    """一种分组的各行。"""
    return [
        {
            **shown(row),
            "code": row[by],
            "name": group_name(book, by, row[by], units),
        }
        for row in scenario.results["by"][by]
    ]


def bars(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """现行、方案、都跟到上限的并列柱（元）。"""
    long = len(rows) > 6
    return {
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [row["name"] for row in rows],
            "axisLabel": {"interval": 0, "rotate": 35 if long else 0},
        },
        "yAxis": {"type": "value", "name": "元"},
        "series": [
            {
                "type": "bar",
                "name": title,
                "barMaxWidth": 18,
                "itemStyle": {"color": colour},
                "data": [yuan_of(row[f"{key}_fen"]) for row in rows],
            }
            for (key, title), colour in zip(VARIANTS, ("@c2", "@c1", "@c3"), strict=True)
        ],
    }


def bar_rows(rows: list[dict[str, Any]]) -> list[list[str]]:
    """与图同数的表。"""
    return [[row["name"], *(text_of(row[f"{key}_fen"]) for key, _ in VARIANTS)] for row in rows]


def yuan_of(fen: int | None) -> int | None:
    """画图用的整元；待定不画，不作零。"""
    return None if fen is None else fen // 100


def text_of(fen: int | None) -> str:
    """表里的数。"""
    return "待定" if fen is None else yuan_grouped(fen)


def sweep_table(book: Book, scenario: Scenario) -> dict[str, Any]:
    """成批方案：heads, rows and chart. Lines by the second axis, along the first."""
    axes = [axis_of(axis) for axis in scenario.spec["axes"]]
    points, base = scenario.results["points"], scenario.results["base"]["base_fen"]
    units = [book.params[axis.param].unit for axis in axes]
    rows = [
        {
            "at": [show_quantity(v, u) for v, u in zip(point["at"], units, strict=True)],
            "fen": point["new_fen"],
            "delta_fen": point["new_fen"] - base,
            "up": point["up"],
            "down": point["down"],
            "open": point["new_open"],
            "room_fen": point["new_limit_fen"] - point["new_set_fen"],
        }
        for point in points
    ]
    series: dict[str, list[int]] = {}
    for point in points:
        second = show_quantity(point["at"][1], units[1]) if len(axes) > 1 else "方案应付"
        series.setdefault(second, []).append(point["new_fen"] // 100)
    shown = dict(list(series.items())[:6])
    option = {
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 28, "containLabel": True},
        "xAxis": {
            "type": "category",
            "name": "",
            "data": [show_quantity(v, units[0]) for v in axes[0].values],
        },
        "yAxis": {"type": "value", "name": "元"},
        "series": [
            {"type": "line", "name": name, "data": data, "symbol": "circle", "symbolSize": 5}
            for name, data in shown.items()
        ],
    }
    return {
        "axes": [axis_title(book, axis) for axis in axes],
        "rows": rows,
        "base_fen": base,
        "option": option,
        "left_out": len(series) - len(shown),
    }
