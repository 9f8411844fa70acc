"""一天的班上事件：what stands after undoing, and the naps among it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.care.models import CareEvent
from tuoyu.domains.care.rules import Check, Nap


@dataclass(frozen=True)
class Entry:
    """一条记录。``undone`` stays in the list so that a page can strike it out."""

    id: uuid.UUID
    child_id: int | None
    class_id: int | None
    kind: str
    at: datetime
    received_at: datetime
    by: int | None
    by_name: str
    detail: Mapping[str, Any]
    undone: bool = False


def day_entries(scope: Scope, institution_id: int, day: date) -> list[Entry]:
    """某机构某日的全部记录，按发生时间；undos themselves are not listed."""
    rows = (
        CareEvent.objects.visible_to(scope)
        .filter(institution_id=institution_id, day=day)
        .order_by("at", "id")
        .values_list(
            "id",
            "child_id",
            "class_group_id",
            "kind",
            "at",
            "received_at",
            "user_id",
            "by_name",
            "detail",
            "undoes",
        )
    )
    found = list(rows)
    undone = {row[9] for row in found if row[9]}
    return [
        Entry(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4].astimezone(clock.ZONE),
            row[5].astimezone(clock.ZONE),
            row[6],
            row[7],
            row[8],
            row[0] in undone,
        )
        for row in found
        if row[3] != "undo"
    ]


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """没有撤销的。"""
    return [e for e in entries if not e.undone]


def rooms_now(entries: Iterable[Entry]) -> dict[int, int]:
    """换过班的儿童此刻在哪个班：the last move of each stands."""
    return {
        e.child_id: int(e.detail["to"])
        for e in standing(entries)
        if e.kind == "move" and e.child_id is not None
    }


def naps(
    entries: Iterable[Entry], gone: Mapping[int, datetime] | None = None
) -> dict[int, list[Nap]]:
    """各儿童的每一觉，按时间；``gone``: when a child left, which ends a nap nobody ended."""
    out: dict[int, list[Nap]] = defaultdict(list)
    for e in standing(entries):
        if e.child_id is None or not e.kind.startswith("nap_"):
            continue
        mine = out[e.child_id]
        is_open = bool(mine) and mine[-1].end is None
        if e.kind == "nap_start" and not is_open:
            mine.append(Nap(e.child_id, e.class_id, e.at, None, (), e.by_name))
        elif e.kind == "nap_check" and is_open:
            check = Check(e.at, str(e.detail["position"]), e.by_name, e.received_at)
            mine[-1] = replace(mine[-1], checks=(*mine[-1].checks, check))
        elif e.kind == "nap_act" and is_open and mine[-1].checks:
            *before, last = mine[-1].checks
            done = replace(last, did=str(e.detail["did"]))
            mine[-1] = replace(mine[-1], checks=(*before, done))
        elif e.kind == "nap_end" and is_open:
            mine[-1] = replace(mine[-1], end=e.at)
    for child, left in (gone or {}).items():
        if out.get(child) and out[child][-1].end is None:
            out[child][-1] = replace(out[child][-1], end=max(left, out[child][-1].last_seen))
    return dict(out)
