"""测算结果的导出：several sheets, the receipt among them; cells are never read as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tuoyu.core.access import Actor
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.reforms.models import Scenario
from tuoyu.domains.reforms.rules.plans import plan_of
from tuoyu.domains.reforms.selectors.inputs import source_of
from tuoyu.domains.reforms.selectors.scenarios import institution_rows
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.government.export import safe, stamp
from tuoyu.ends.government.views import sandbox_words as words

Value = str | int | Decimal | date | None
MONEY = ("现行（元）", "方案（元）", "方案且都跟到上限（元）", "增减（元）")


def workbook_of(scenario: Scenario, actor: Actor) -> bytes:
    """一个方案的工作簿。"""
    book = Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    _sheet(book, "凭据", ("项", "内容"), _receipt(scenario, actor))
    if scenario.is_sweep:
        table = words.sweep_table(current_book(), scenario)
        heads = (*table["axes"], "应付（元）", "比现行（元）", "增加", "减少", "待定")
        _sheet(
            book,
            "成批结果",
            heads,
            (
                (*r["at"], _yuan(r["fen"]), _yuan(r["delta_fen"]), r["up"], r["down"], r["open"])
                for r in table["rows"]
            ),
        )
    else:
        _single(book, scenario)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _single(book: Workbook, scenario: Scenario) -> None:
    pack, units = current_book(), unit_names()
    rule = pack.rule(scenario.rule)
    _sheet(
        book,
        "三个数",
        ("", *(f"{title}（元）" for _, title in words.VARIANTS)),
        ((row["name"], *map(_yuan, row["values"])) for row in words.three(scenario, rule)),
    )
    for by, title in words.GROUPS.items():
        rows = words.grouped(pack, scenario, by, units)
        heads = (title, *MONEY, "增加", "减少", "涉及儿童", "机构增", "机构减", "待定")
        _sheet(
            book,
            f"按{title}",
            heads,
            (
                (r["name"], *_money(r), r["up"], r["down"], r["children"],
                 r["institutions_up"], r["institutions_down"], r["new_open"])
                for r in rows
            ),
        )  # fmt: skip
    kinds = dict(Kind.choices)
    _sheet(
        book,
        "逐家结果",
        ("机构", "单位", "类型", *MONEY, "涉及儿童", "待定"),
        (
            (r["name"], units.get(r["unit"], r["unit"]), kinds.get(r["kind"], r["kind"]),
             *_money(r), r["children"], r["new_open"])
            for r in institution_rows(scenario)
        ),
    )  # fmt: skip


def _money(row: dict[str, Any]) -> tuple[Decimal | str, ...]:
    return (*(_yuan(row[f"{key}_fen"]) for key, _ in words.VARIANTS), _yuan(row["delta_fen"]))


def _receipt(scenario: Scenario, actor: Actor) -> Iterable[tuple[Value, Value]]:
    pack = current_book()
    source = source_of(scenario.rule)
    unit = source.unit if source else "人月"
    spec = scenario.spec["plan"] if scenario.is_sweep else scenario.spec
    yield "名称", scenario.name
    yield "用途", "测算，不据此支付"
    yield "规则", pack.rule(scenario.rule).name
    for told in words.plan_told(pack, plan_of(scenario.name, spec)):
        yield "方案", told
    if not scenario.is_sweep:
        for told in words.sentences(pack, scenario, unit):
            yield "结论", told
    yield "重放月份", "、".join(scenario.months)
    yield "知悉截止日", scenario.known_on
    yield "提出", f"{scenario.made_by_name}"
    yield "提出时间", scenario.made_at
    yield "凭据", scenario.receipt
    yield "政策包散列", scenario.pack_sha256
    yield "输入散列", scenario.input_sha256
    yield "方案散列", scenario.overlay_sha256
    yield "结果散列", scenario.output_sha256
    yield "导出", stamp(actor.name, actor.organisation)


def _sheet(
    book: Workbook, title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    sheet = book.create_sheet(title)
    sheet.append([safe(name) for name in head])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([_cell(value) for value in row])
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"
            elif isinstance(cell.value, Decimal):
                cell.number_format = "#,##0.00"
    for place, name in enumerate(head, 1):
        sheet.column_dimensions[get_column_letter(place)].width = max(14, len(name) * 2 + 4)
    sheet.freeze_panes = "B2"


def _cell(value: Value) -> str | int | Decimal | date:
    """金额是数，可在表里再合计；文字按通例防公式。"""
    return value if isinstance(value, Decimal) else safe(value)


def _yuan(fen: int | None) -> Decimal | str:
    """分化元，两位小数，不经过浮点数；全部待定的写“待定”。"""
    return "待定" if fen is None else Decimal(fen).scaleb(-2)
