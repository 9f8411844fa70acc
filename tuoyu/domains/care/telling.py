"""班上事件的白话：for the day's paper, the teacher's list and the family's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuoyu.domains.care import kinds
from tuoyu.domains.care.own_kinds import (
    AMOUNTS,
    AREAS,
    DIAPERS,
    DRILLS,
    MEALS,
    POSITIONS,
    PRONE_ACTS,
)

Detail = Mapping[str, Any]


def short(kind: str, detail: Detail) -> str:
    """几个字：as it stands in a narrow column beside the time."""
    if kind == "meal":
        said = f"{_name(MEALS, detail, 'what')}{_name(AMOUNTS, detail, 'amount')}{_ml(detail)}"
    elif kind == "outdoor":
        said = f"{detail.get('minutes', '')} 分钟"
    elif kind in _WORDS:
        table, key = _WORDS[kind]
        said = _name(table, detail, key)
    else:
        said = {"nap_start": "睡", "nap_end": "醒", "drink": _ml(detail).strip()}.get(kind, "")
    note = detail.get("note")
    return f"{said}（{note}）" if note else said


_WORDS: dict[str, tuple[Mapping[str, str], str]] = {
    "diaper": (DIAPERS, "what"),
    "nap_check": (POSITIONS, "position"),
    "nap_act": (PRONE_ACTS, "did"),
    "activity": (AREAS, "area"),
}


def sentence(kind: str, detail: Detail) -> str:
    """一句话：title and what was seen."""
    if kind == "count":
        return f"点人：在场 {len(detail['here'])} 人{_missing(detail)}"
    if kind == "drill":
        seconds = int(detail["seconds"])
        took = f"{seconds // 60} 分 {seconds % 60} 秒"
        return (
            f"{_name(DRILLS, detail, 'what')}演练：用时 {took}，"
            f"点到 {len(detail['here'])} 人{_missing(detail)}"
        )
    said = short(kind, detail)
    if kind in ("nap_start", "nap_end"):
        return kinds.title_of(kind)
    return f"{kinds.title_of(kind)}：{said}" if said else kinds.title_of(kind)


def _missing(detail: Detail) -> str:
    lost = len(detail["missing"])
    return f"，没有点到 {lost} 人" if lost else "，与在园人数相符"


def _name(table: Mapping[str, str], detail: Detail, key: str) -> str:
    return table.get(str(detail.get(key)), "")


def _ml(detail: Detail) -> str:
    return f" {detail['ml']} 毫升" if detail.get("ml") else ""
