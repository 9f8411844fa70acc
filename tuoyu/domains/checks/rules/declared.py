"""核验规则的声明：what a rule looks for, its parameters, and its one query over a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "内部核验参数"


@dataclass(frozen=True)
class Param:
    """参数：a whole number with its default; an officer may change it, giving a reason."""

    code: str
    title: str
    default: int
    unit: str
    why: str
    least: int = 0
    most: int = 10_000
    source: str = SOURCE


@dataclass(frozen=True)
class Rule:
    """核验规则。

    ``sql`` reads ``month_events`` and ``month_sheets`` (the month's rows, made once a run) and the
    tables themselves; it is given ``lo``, ``hi``, ``workdays`` and its parameters, and answers
    rows of (institution_id, kind, subject_id, measured, threshold, evidence).
    ``needs`` are tables that must exist, and ``basis`` is the condition that the month has what
    the rule looks at; else it is 不适用 for that month and says ``without``.
    """

    code: str
    title: str
    looks_for: str
    figure: str
    caveat: str
    params: tuple[Param, ...]
    sql: str
    needs: tuple[str, ...] = ()
    basis: str = ""
    without: str = ""

    def defaults(self) -> Mapping[str, int]:
        return {p.code: p.default for p in self.params}

    def param(self, code: str) -> Param | None:
        return next((p for p in self.params if p.code == code), None)
