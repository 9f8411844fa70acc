"""列表：把政策包排成办事员看得懂的表，列宽按汉字两格对齐。"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from tuoyu.domains.policies.engine.book import Book
from tuoyu.domains.policies.engine.model import Indicator
from tuoyu.domains.policies.engine.quantities import show_quantity

KIND_NAMES = {
    "ceiling": "上限",
    "floor": "下限",
    "exact": "定值",
    "target": "目标",
    "ratio": "比例",
    "open_term": "留待通知",
    "unspecified": "未规定",
}
COMPARISON_NAMES = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "track": "跟踪"}
GRAIN_NAMES = {
    "child-month": "每人每月",
    "child-year": "每人每年",
    "slot": "每个托位",
    "institution": "每家",
    "institution-package": "每家每包",
    "institution-month": "每家每月",
    "institution-year": "每家每年",
    "voucher-month": "每券每月",
    "person-certificate": "每人每证",
    "school": "每校",
}
_MAX_CELL = 46


def width(text: str) -> int:
    """显示宽度：汉字与全角符号占两格。"""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clip(text: str, limit: int = _MAX_CELL) -> str:
    """过长的截短。"""
    if width(text) <= limit:
        return text
    kept, used = "", 0
    for char in text:
        used += width(char)
        if used > limit - 2:
            break
        kept += char
    return kept + "…"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """一张对齐的表。"""
    yield ""
    yield f"【{title}】共 {len(rows)} 行"
    lines = [list(heads), *([clip(cell) for cell in row] for row in rows)]
    widths = [max(width(line[place]) for line in lines) for place in range(len(heads))]
    for number, line in enumerate(lines):
        cells = (cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()
        if number == 0:
            yield "  ".join("-" * size for size in widths)


def show_book(book: Book) -> Iterator[str]:
    """全书各表。"""
    document = book.pack.document
    yield f"{document.title}"
    yield f"文号 {document.number}　状态 {book.pack.status_name}　编码版本 {book.pack.version}"
    yield f"施行 {document.valid.start} 至 {document.valid.last_day}"
    yield f"发文 {'、'.join(document.issuers)}"
    yield f"摘要 {book.sha256}"
    yield from table("参数", ("参数", "种类", "适用", "数", "自", "依据"), _params(book))
    yield from table(
        "县区通知（“虚构”仅供演示）",
        ("单位", "文号", "知悉", "参数", "适用", "数", "自"),
        _notices(book),
    )
    yield from table("规则", ("规则", "名称", "计量", "条件（依次）", "金额", "依据"), _rules(book))
    yield from table(
        "指标",
        ("指标", "公式", "目标", "期限", "依据"),
        [_target(i) for i in book.indicators.values()],
    )
    yield from table(
        "任务",
        ("任务", "责任单位", "频次", "期限", "依据"),
        [
            (duty.name, "、".join(duty.who), duty.cadence or "—", _day(duty.due), duty.cite.at)
            for duty in book.duties.values()
        ],
    )
    yield from table(
        "解释项",
        ("编号", "问题", "所选", "签署"),
        [
            (
                item.id,
                item.ask,
                item.chosen,
                f"{item.signer} {item.signed_on}" if item.signer else "未签",
            )
            for item in book.interpretations.values()
        ],
    )


def _day(day: date | None) -> str:
    return "—" if day is None else day.isoformat()


def _params(book: Book) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for param in book.params.values():
        kind, at = KIND_NAMES[param.kind], param.cite.at
        if not param.rows:
            rows.append((param.name, kind, "—", "由通知填写" if param.set_by else "—", "—", at))
        for row in param.rows:
            scope = "、".join(book.name_of(code) for code in row.key) or "全部"
            shown = show_quantity(row.value, param.unit)
            rows.append((param.name, kind, scope, shown, str(row.period.start), at))
    return rows


def _notices(book: Book) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for notice in book.notices:
        issuer = book.name_of(notice.issuer)
        for row in notice.rows:
            param = book.params[row.param]
            codes = [code for code in row.key if code != notice.issuer]
            scope = "、".join(book.name_of(code) for code in codes) or "全部"
            rows.append(
                (
                    issuer if notice.issuer != book.city.code else book.city.name,
                    notice.number,
                    str(notice.known),
                    param.name,
                    scope,
                    show_quantity(row.value, param.unit),
                    str(row.period.start),
                )
            )
    return rows


def _rules(book: Book) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for rule in book.rules.values():
        names = "、".join(term.name for term in rule.terms)
        amount = f"取低（{names}）" if len(rule.terms) > 1 else names
        gates = "→".join(dict.fromkeys(gate.step or gate.id for gate in rule.gates))
        grain = GRAIN_NAMES.get(rule.grain, rule.grain)
        rows.append((rule.id, rule.name, grain, gates, amount, rule.cite.at))
    return rows


def _target(indicator: Indicator) -> tuple[str, ...]:
    sign = COMPARISON_NAMES[indicator.comparison]
    target = (
        "跟踪" if indicator.target is None else f"{sign} {float_free(indicator)}{indicator.unit}"
    )
    return (indicator.name, indicator.formula, target, _day(indicator.deadline), indicator.cite.at)


def float_free(indicator: Indicator) -> str:
    """目标值的显示：4.6、60，不经过浮点数。"""
    target = indicator.target
    if target is None:
        return "—"
    if target.denominator == 1:
        return str(target.numerator)
    tenths = target * 10
    return f"{tenths.numerator // 10}.{tenths.numerator % 10}"
