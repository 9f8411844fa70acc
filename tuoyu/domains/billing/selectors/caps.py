"""收费限额：computed by the city's policy pack (rule ``price_cap``); never written in code.

Where the pack has no such rule there is no cap; where a figure is missing it is 待定, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from tuoyu.core.money import yuan_grouped
from tuoyu.core.periods import month_of
from tuoyu.domains.billing.models import ItemKind, Unit
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Book, Overlay, Resolved, evaluate_one, resolve
from tuoyu.domains.policies.engine.explain import param_line
from tuoyu.domains.policies.engine.scalar import Scalar

RULE = "price_cap"
State = Literal["none", "exempt", "open", "set"]


@dataclass(frozen=True)
class Cap:
    """一个限额：``none`` 没有规定, ``exempt`` 不适用, ``open`` 待定, ``set`` 已定。"""

    state: State
    fen: int | None
    why: str

    def refuses(self, price_fen: int) -> bool:
        """是否高于限额；exactly at the cap is allowed, an open cap refuses nothing."""
        return self.fen is not None and price_fen > self.fen


class Caps:
    """某月的限额，as known on a day."""

    def __init__(
        self,
        month: date,
        known: date,
        *,
        book: Book | None = None,
        overlay: Overlay | None = None,
    ) -> None:
        self.book = book or current_book()
        self.month = month_of(month)
        self.resolved: Resolved | None = None
        if RULE in self.book.rules:
            self.resolved = resolve(self.book, RULE, self.month, known, overlay=overlay)

    def of(self, *, inclusive: bool, unit_code: str = "", class_type: str = "") -> Cap:
        """一家机构（一个班型）的限额。"""
        if self.resolved is None:
            return Cap("none", None, "本市文件没有规定统一的收费限额，按备案价核对")
        told: dict[str, Scalar] = {
            "inclusive": inclusive,
            "county": unit_code,
            "class_type": class_type,
        }
        asked = {i.id for i in self.resolved.rule.inputs}
        outcome = evaluate_one(self.resolved, {k: v for k, v in told.items() if k in asked})
        if outcome.gate is not None:
            return Cap("exempt", None, self.resolved.rule.gates[outcome.gate].say)
        if outcome.amount_fen is None:
            return Cap("open", None, self._missing(outcome.missing))
        note = self.resolved.rule.note
        draft = f"（{self.book.pack.status_name}）" if self.book.pack.is_draft else ""
        shown = yuan_grouped(outcome.amount_fen)
        return Cap("set", outcome.amount_fen, f"{shown} 元/月{draft}：{note}")

    def _missing(self, missing: tuple[str, ...]) -> str:
        """待定的缘由，and who must set it."""
        assert self.resolved is not None
        if not self.resolved.in_force:
            return f"待定：{self.month} 不在文件施行期内"
        names = [self.book.params[m].name for m in missing if m in self.book.params]
        return f"待定：{'、'.join(names) or '参数'}尚未公布，由市级填报后生效"

    def sources(self) -> list[dict[str, Any]]:
        """参数与出处：value, document, from when."""
        if self.resolved is None:
            return []
        rows = {n: self.resolved.row(n, {}) for n in self.resolved.rule.params}
        return [param_line(self.book, name, row) for name, row in rows.items()]


def is_capped(kind: str, form: str, unit: str) -> bool:
    """限额所及：the monthly full-day care fee (the documents count no meals)."""
    return (kind, form, unit) == (ItemKind.CARE, "full_day", Unit.MONTH)
