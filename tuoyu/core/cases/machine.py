"""办件状态机：a case type is one declaration; filing, settlement, grant, hazard are all cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class State:
    """状态。``owner`` is the permission whose holders find it in their 待办."""

    title: str
    owner: str = ""
    working_days: int = 0
    tone: Literal["", "ok", "warn", "danger", "info", "accent"] = ""

    @property
    def is_open(self) -> bool:
        return bool(self.owner)


@dataclass(frozen=True)
class Move:
    """动作。``apart_from`` names earlier moves whose doers may not do this one (不相容岗位)."""

    label: str
    source: str
    target: str
    permission: str
    needs_opinion: bool = False
    apart_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseType:
    """办件类型。``path`` is the ordinary way, for the timeline of what is still to come."""

    code: str
    title: str
    first: str
    states: dict[str, State]
    moves: dict[str, Move]
    path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, move in self.moves.items():
            unknown = {move.source, move.target} - set(self.states)
            if unknown:
                raise ValueError(f"{self.code}.{name}：未声明的状态 {unknown}")
            stray = set(move.apart_from) - {"open", *self.moves}  # "open": who began the case
            if stray:
                raise ValueError(f"{self.code}.{name}：未声明的动作 {stray}")


_types: dict[str, CaseType] = {}


def register(case_type: CaseType) -> CaseType:
    """登记办件类型。"""
    if _types.get(case_type.code, case_type) != case_type:
        raise ValueError(f"办件类型 {case_type.code} 重复登记")
    _types[case_type.code] = case_type
    return case_type


def get(code: str) -> CaseType:
    return _types[code]


def all_types() -> dict[str, CaseType]:
    return dict(_types)
