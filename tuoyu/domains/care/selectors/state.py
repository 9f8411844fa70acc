"""班级页要的全部：what a tablet keeps to go on without network, as plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.selectors import ratio_board, staff_on_duty
from tuoyu.domains.care.rules import months_old
from tuoyu.domains.care.selectors.days import Entry
from tuoyu.domains.care.selectors.people import list_actors
from tuoyu.domains.care.selectors.rooms import DayNow, day_now
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import Institution


def build_state(scope: Scope, institution: Institution, now: datetime) -> dict[str, Any]:
    """某机构此刻的班级页内容；children as placed, so the ratio counts who is really there."""
    seen = day_now(scope, institution.pk, now)
    staff = staff_on_duty(scope, institution.pk, now)
    ratios = ratio_board(scope, institution.pk, now, seen.board, staff)
    return {
        "now": now.isoformat(timespec="milliseconds"),
        "day": clock.day_of(now).isoformat(),
        "institution": {"id": institution.pk, "name": institution.name},
        "rooms": [
            {"id": r.class_id, "name": r.name, "type": r.class_type} for r in seen.board.rooms
        ],
        "sleep": {
            "under_12": seen.intervals.under_12,
            "under_24": seen.intervals.under_24,
            "from_24": seen.intervals.from_24,
        },
        "children": _children(scope, seen),
        "people": [
            {"id": p.user_id, "name": p.name, "role": p.role_title, "pin": p.has_pin}
            for p in list_actors(institution.pk, now)
        ],
        "ratios": [
            {"room": r.class_id, "state": r.state, "text": r.text, "staff": r.staff} for r in ratios
        ],
        "events": [_event(e) for e in seen.entries],
    }


def _children(scope: Scope, seen: DayNow) -> list[dict[str, Any]]:
    moved = {r.class_id: r for r in seen.board.rooms}
    kids = [(c, r.class_id) for r in moved.values() for c in r.children]
    wanted = [c.child_id for c, _ in kids if c.has_allergy]
    allergies = {
        c.pk: c.allergy or "" for c in Child.objects.visible_to(scope).filter(pk__in=wanted)
    }
    return [
        {
            "id": c.child_id,
            "name": c.name,
            "months": months_old(c.born_on, seen.board.day),
            "room": room,
            "own": c.class_id,
            "state": c.state,
            "in_at": c.in_at.isoformat() if c.in_at else None,
            "out_at": c.out_at.isoformat() if c.out_at else None,
            "allergy": allergies.get(c.child_id, ""),
        }
        for c, room in kids
    ]


def _event(e: Entry) -> dict[str, Any]:
    return {
        "id": str(e.id),
        "child": e.child_id,
        "room": e.class_id,
        "kind": e.kind,
        "at": e.at.isoformat(),
        "by": e.by_name,
        "detail": dict(e.detail),
        "undone": e.undone,
    }
