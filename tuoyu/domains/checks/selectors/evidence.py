"""证据：the rows behind each hit in words, with the ids of sheets and events.

Names are read within the reader's scope: an institution is not told who the other one's child is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.db.models.query import QuerySet

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.checks.models import CheckHit, Finding
from tuoyu.domains.checks.selectors.findings import hits_of
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.publicity.rules import mask
from tuoyu.domains.workforce.models import Staff

SHOWN = 40


@dataclass(frozen=True)
class Row:
    """证据的一行。"""

    day: str
    time: str
    who: str
    fact: str
    refs: str


@dataclass(frozen=True)
class HitTold:
    """一条命中的说明。"""

    kind: str
    subject: str
    measured: int
    threshold: int
    rows: list[Row] = field(default_factory=list)
    child_id: int | None = None


@dataclass
class _Names:
    """证据里出现的名字，each table asked once."""

    children: dict[int, str] = field(default_factory=dict)
    staff: dict[int, str] = field(default_factory=dict)
    rooms: dict[int, str] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)


def evidence_of(scope: Scope, finding: Finding) -> list[HitTold]:
    """各项命中及其证据。"""
    hits = hits_of(scope, finding)
    names = _names(scope, hits)
    return [
        HitTold(
            kind=hit.get_kind_display(),
            subject=_subject(hit, names),
            measured=hit.measured,
            threshold=hit.threshold,
            rows=[_row(r, names) for r in hit.evidence[:SHOWN]],
            child_id=hit.subject_id if hit.kind == CheckHit.Subject.CHILD else None,
        )
        for hit in hits
    ]


def _names(scope: Scope, hits: list[CheckHit]) -> _Names:
    wanted: dict[str, set[int]] = {"child": set(), "staff": set(), "room": set(), "other": set()}
    for hit in hits:
        if hit.kind in wanted:
            wanted[hit.kind].add(hit.subject_id)
        for row in hit.evidence:
            for key, ids in wanted.items():
                if row.get(key) is not None:
                    ids.add(int(row[key]))
    public = "机构信息公开"
    return _Names(
        children=_of(Child.objects.visible_to(scope), wanted["child"]),
        staff=_of(Staff.objects.visible_to(scope), wanted["staff"]),
        rooms=_of(ClassGroup.objects.unscoped(reason=public), wanted["room"]),
        places=_of(Institution.objects.unscoped(reason=public), wanted["other"]),
    )


def _of(rows: QuerySet[Any, Any], ids: set[int]) -> dict[int, str]:
    assert issubclass(rows.model, Model)
    return dict(rows.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _subject(hit: CheckHit, names: _Names) -> str:
    if hit.kind == CheckHit.Subject.CHILD:
        return _child(hit.subject_id, names)
    if hit.kind == CheckHit.Subject.STAFF:
        return names.staff.get(hit.subject_id, "已离职员工")
    if hit.kind == CheckHit.Subject.ROOM:
        return names.rooms.get(hit.subject_id, "班级")
    if hit.kind == CheckHit.Subject.PHONE:
        return "同一手机号（号码不显示）"
    return "全园"


def _child(child_id: int, names: _Names) -> str:
    name = names.children.get(child_id)
    return mask(name) if name else "已离园儿童"


def _row(row: dict[str, Any], names: _Names) -> Row:
    who = ""
    if row.get("child") is not None:
        who = _child(int(row["child"]), names)
    elif row.get("staff") is not None:
        who = names.staff.get(int(row["staff"]), "已离职员工")
    elif row.get("room") is not None:
        who = names.rooms.get(int(row["room"]), "班级")
    refs = [f"日考勤 {s}" for s in row.get("sheets") or [] if s]
    refs += [f"事件 {str(e)[:8]}…{str(e)[-4:]}" for e in row.get("events") or []]
    return Row(
        day=str(row.get("day") or "—"),
        time=_span(row.get("from"), row.get("to")),
        who=who,
        fact=_fact(row, names),
        refs="、".join(refs),
    )


def _fact(row: dict[str, Any], names: _Names) -> str:
    said = []
    if row.get("other") is not None:
        said.append(f"同时在{names.places.get(int(row['other']), '另一家机构')}")
    if row.get("n") is not None:
        unit = "人" if row.get("fen") is None else "天到托"
        of = f"，核定 {row['of']}" if row.get("of") is not None else ""
        said.append(f"{row['n']} {unit}{of}")
    if row.get("fen") is not None:
        said.append(f"用券 {int(row['fen']) // 100} 元")
    if row.get("fee_fen") is not None and int(row["fee_fen"]) <= 0:
        said.append("账单无保育费")
    if row.get("guardian") is not None:
        said.append(f"监护人（接送人）编号 {row['guardian']}")
    return "；".join(said)


def _span(since: str | None, until: str | None) -> str:
    if not since:
        return "—"
    first = _time(since)
    return first if not until or until == since else f"{first}–{_time(until)}"


def _time(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(clock.ZONE):%H:%M:%S}"
