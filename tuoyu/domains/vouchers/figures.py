"""批次的数字从哪里来：face, quota and window from the pack or a notice, never typed in.

A figure that no notice fills stays 待定, and the campaign cannot be opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tuoyu.core.money import yuan
from tuoyu.core.periods import month_of
from tuoyu.domains.policies.engine import Book, resolve

RULE = "voucher"
FACE, QUOTA, WINDOW = "voucher.face", "voucher.quota", "voucher.window"
_WORDS = {FACE: ("面值", "元"), QUOTA: ("数量", "张"), WINDOW: ("使用期限", "天")}
_SETTERS = {"city": "市级主管部门", "county": "县级主管部门"}


@dataclass(frozen=True)
class Figure:
    """一个数与它的出处；``value`` None is 待定, with who must set it."""

    name: str
    value: int | None
    shown: str
    source: str
    why: str = ""
    is_fictitious: bool = False


def has_vouchers(book: Book) -> bool:
    """本市的政策包里有没有托育券。"""
    return RULE in book.rules


def figures_of(book: Book, on: date, known: date) -> dict[str, Figure]:
    """面值、数量、期限：as in force in that month and known on that day."""
    resolved = resolve(book, RULE, month_of(on), known)
    return {name: _figure(book, name, resolved.value(name, {}), resolved.row(name, {}))
            for name in (FACE, QUOTA, WINDOW)}  # fmt: skip


def _figure(book: Book, name: str, value: int | None, row: Any) -> Figure:
    title, unit = _WORDS[name]
    if value is None or row is None:
        param = book.params[name]
        who = _SETTERS.get(param.set_by or "", "有权机关")
        at = f"{book.pack.document.number} {param.cite.at}"
        said = f"{param.name}待定：{at} 没有数值，由{who}发文填写"
        return Figure(title, None, "待定", at, said)
    shown = f"{yuan(value)} {unit}" if name == FACE else f"{value:,} {unit}"
    return Figure(title, value, shown, row.document, is_fictitious=row.fictitious)


def undetermined(found: Iterable[Figure], document: str) -> list[str]:
    """还缺什么：why a campaign cannot be opened yet."""
    said = [f.why for f in found if f.value is None]
    if not document.strip():
        said.append("每孩张数、月龄和可用机构须有发放通知：请填写依据文号")
    return said


def stored(found: dict[str, Figure]) -> dict[str, Any]:
    """存进批次的出处。"""
    return {name: asdict(figure) for name, figure in found.items()}
