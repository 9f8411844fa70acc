"""奖补项目的声明：what one programme is, in data. See docs/how-to/add-a-programme.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tuoyu.domains.grants.facts import Facts


@dataclass(frozen=True)
class Subject:
    """申报的一个对象：a place, a child, a package … ``once`` is held by one application only."""

    kind: str
    label: str
    once: str
    id: int | None = None
    key: str = ""
    place_id: int | None = None
    typed: dict[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Paper:
    """一项申报材料。``known`` tells what the platform has already, so that it is not asked for."""

    code: str
    name: str
    required: bool = True
    hint: str = ""
    known: Callable[[Facts], str] | None = None

    @property
    def is_uploaded(self) -> bool:
        """是否须上传。"""
        return self.known is None


@dataclass(frozen=True)
class Programme:
    """奖补项目。

    ``rule`` is the rule of the pack: the programme is offered where the pack has it. The inputs
    of the rule are found by name in ``facts.INPUTS``; those in ``reviewer`` are given by the
    reviewer and stay open until then; those in ``typed`` are asked of the applicant, line by line.
    """

    rule: str
    who: str
    subjects: Callable[[Facts], list[Subject]]
    unit: str
    papers: tuple[Paper, ...] = ()
    fits: Callable[[Facts], str] | None = None
    path: Literal["county", "city"] = "county"
    applicant: Literal["institution", "school"] = "institution"
    payee: Literal["institution", "person", "school"] = "institution"
    is_monthly: bool = False
    needs_close: bool = False
    picks: bool = False
    reviewer: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    less: Callable[[Facts], tuple[int, str]] | None = None
    is_low_risk: bool = False
    simulates_only: bool = False
