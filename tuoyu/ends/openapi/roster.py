"""门口名册：all that a tablet needs for one day without network."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.selectors import (
    ChildToday,
    ratio_board,
    staff_on_duty,
    today_board,
)
from tuoyu.domains.children import rules
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.children.pickup_selectors import day_salt, list_pickers, list_pickup_codes
from tuoyu.domains.children.pickup_services import ensure_secret
from tuoyu.domains.devices.selectors import DoorDevice
from tuoyu.domains.institutions.models import Institution
from tuoyu.ui.words import age


def build_roster(device: DoorDevice, now: datetime) -> dict[str, Any]:
    """某设备今日的名册。"""
    scope = Scope(kind="institutions", institution_ids=frozenset({device.institution_id}))
    day = clock.day_of(now)
    inst = Institution.objects.visible_to(scope).get(pk=device.institution_id)
    board = today_board(scope, inst.pk, day, now)
    staff = staff_on_duty(scope, inst.pk, now)
    children = {c.child_id: c for room in board.rooms for c in room.children}
    links = list(list_pickers(scope, children, day))
    with_allergy = [pk for pk, c in children.items() if c.has_allergy]
    allergies = {
        c.pk: c.allergy or "" for c in Child.objects.visible_to(scope).filter(pk__in=with_allergy)
    }
    pickers, siblings = _pickers(links, now), _siblings(links)
    return {
        "now": now,
        "day": day,
        "institution": {
            "id": inst.pk,
            "name": inst.name,
            "opens_at": f"{inst.opens_at:%H:%M}",
            "closes_at": f"{inst.closes_at:%H:%M}",
        },
        "day_salt": rules.to_text(day_salt(inst.pk, day)),
        "classes": [{"id": r.class_id, "name": r.name, "type": r.class_type} for r in board.rooms],
        "children": [
            {
                **_child(c, now),
                "allergy": allergies.get(pk, ""),
                "siblings": siblings[pk],
                "pickers": pickers[pk],
            }
            for pk, c in children.items()
        ],
        "codes": [
            {
                "id": row.pk,
                "child": row.child_id,
                "hash": rules.to_text(bytes(row.code_index)),
                "bearer": row.bearer,
            }
            for row in list_pickup_codes(scope, children, day)
            if row.cancelled_at is None and row.used_at is None
        ],
        "staff": [
            {
                "id": s.staff_id,
                "name": s.name,
                "class": s.class_id,
                "on_duty": s.is_on_duty,
                "certified": s.is_certified,
            }
            for s in staff
        ],
        "ratios": [
            {
                "class": r.class_id,
                "name": r.name,
                "ratio": r.ratio,
                "present": r.present,
                "required": r.required,
                "staff": r.staff,
                "state": r.state,
                "text": r.text,
            }
            for r in ratio_board(scope, inst.pk, now, board, staff)
        ],
    }


def _child(c: ChildToday, now: datetime) -> dict[str, Any]:
    return {
        "id": c.child_id,
        "name": c.name,
        "age": age(c.born_on, clock.day_of(now)),
        "class": c.class_id,
        "usual": f"{c.usual_in:%H:%M}" if c.usual_in else "",
        "status": c.state,
        "in_at": c.in_at,
        "out_at": c.out_at,
    }


def _pickers(links: list[Guardianship], now: datetime) -> dict[int, list[dict[str, Any]]]:
    """Each guardian's key is for this one day; the secret itself never leaves the platform."""
    day = clock.day_of(now)
    keys: dict[int, str] = {}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        if link.guardian_id not in keys:
            keys[link.guardian_id] = rules.to_text(rules.day_key(ensure_secret(link.guardian), day))
        found[link.child_id].append(
            {
                "id": link.guardian_id,
                "relation": Guardianship.Relation(link.relation).label,
                "name": link.guardian.name,
                "blocked": link.is_blocked,
                "day_key": keys[link.guardian_id],
            }
        )
    return found


def _siblings(links: list[Guardianship]) -> dict[int, list[int]]:
    """Children of one guardian in this institution."""
    family: dict[int, set[int]] = defaultdict(set)
    for link in links:
        if link.is_guardian and not link.is_blocked:
            family[link.guardian_id].add(link.child_id)
    found: dict[int, set[int]] = defaultdict(set)
    for members in family.values():
        for child in members:
            found[child] |= members - {child}
    return defaultdict(list, {child: sorted(others) for child, others in found.items()})
