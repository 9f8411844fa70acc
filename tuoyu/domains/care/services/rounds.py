"""漏查：found by the worker each minute, once for each child and due time; told to the director."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.events import publish, push_live
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.care.events import RoundMissed
from tuoyu.domains.care.models import CareEvent, MissedRound
from tuoyu.domains.care.selectors.rooms import RoomSleep, day_now
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.messages.selectors import staff_users
from tuoyu.domains.messages.services import tell

DIRECTOR = "inst:room:set"
WITHIN = timedelta(hours=12)


def find_missed_rounds(now: datetime) -> int:
    """查出过点的巡视；how many rounds were newly found missed."""
    sleeping = CareEvent.all_rows.filter(
        day=clock.day_of(now), kind="nap_start", at__gt=now - WITHIN
    )
    ids = sleeping.values_list("institution_id", flat=True).distinct()
    return sum(_look(institution_id, now) for institution_id in sorted(ids))


def _look(institution_id: int, now: datetime) -> int:
    red = [r for r in day_now(SYSTEM, institution_id, now).sleep if r.overdue]
    if not red:
        return 0
    inst = Institution.objects.unscoped(reason="机构信息公开").get(pk=institution_id)
    found = 0
    with transaction.atomic():
        for room in red:
            new = _keep(inst, room, now)
            if new:
                _tell(inst, room, now)
            found += new
    return found


def _keep(inst: Institution, room: RoomSleep, now: datetime) -> int:
    rows = [
        MissedRound(
            institution_id=inst.pk,
            region_code=inst.region_code,
            class_group_id=room.class_id,
            child_id=s.child.child_id,
            day=clock.day_of(now),
            due_at=s.due_at,
            found_at=now,
        )
        for s in room.overdue
        if s.due_at is not None
    ]
    known = MissedRound.all_rows.filter(child_id__in=[r.child_id for r in rows], day=rows[0].day)
    seen = set(known.values_list("child_id", "due_at"))
    fresh = [r for r in rows if (r.child_id, r.due_at) not in seen]
    MissedRound.all_rows.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _tell(inst: Institution, room: RoomSleep, now: datetime) -> None:
    """The director hears of it once for each missed round, with the room's name, not a child's."""
    since = room.since or now
    publish(RoundMissed(inst.pk, inst.region_code, room.class_id, len(room.overdue), since, now))
    push_live([f"institution:{inst.pk}"], "care")
    tell(
        kind="act",
        users=staff_users(inst.pk, DIRECTOR),
        title=f"{room.name}睡眠巡视漏查",
        body=f"{since:%H:%M} 应查，现有 {len(room.overdue)} 人没有查到，请马上到班查看。",
        url=reverse("institution:home") + "#sleep",
        at=now,
        institution_id=inst.pk,
        region_code=inst.region_code,
        key=f"round:{room.class_id}:{since:%Y%m%d%H%M}",
    )
