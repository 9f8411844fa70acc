"""门口的事告诉家里：arrival and leaving at once, corrections and leave in the digest.

Told from the stored events, so that a repeat tells nobody twice and a late batch is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tuoyu.core import clock
from tuoyu.domains.attendance.models import DayStatus, Dispute, Event, EventKind, Flag, Method
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.messages.models import Message
from tuoyu.domains.messages.rules import STALE
from tuoyu.domains.messages.selectors.people import guardian_users, guardian_users_of
from tuoyu.domains.messages.services.telling import tell

LOOK_BACK = timedelta(minutes=20)
AT_DOOR = (EventKind.IN, EventKind.OUT)
_HANDS = {
    Method.CODE: "凭代接码",
    Method.WALL: "老师点名",
    Method.DESK: "园方补录",
    Method.RELEASE: "园长核对后放行",
}


def tell_door(child_ids: Iterable[int], now: datetime) -> int:
    """把这些孩子刚收到的门口事件告诉监护人；answers how many messages were made."""
    ids = sorted(set(child_ids))
    rows = Event.all_rows.filter(child_id__in=ids, received_at__gte=now - LOOK_BACK)
    return tell_events([e for e in rows.order_by("at", "id") if not e.flags & Flag.SKEW], now)


def sweep(now: datetime) -> int:
    """补漏：a hint that was lost in a crash; the day's events know better."""
    places = Institution.objects.unscoped(reason="机构信息公开").values_list("pk", flat=True)
    rows = Event.all_rows.filter(
        institution_id__in=list(places),
        day=clock.day_of(now),
        received_at__gte=now - LOOK_BACK,
        kind__in=AT_DOOR,
    )
    return tell_door(rows.values_list("child_id", flat=True), now)


def tell_events(events: Sequence[Event], now: datetime) -> int:
    """逐件告知。"""
    ids = sorted({e.child_id for e in events})
    users = guardian_users_of(ids, clock.day_of(now))
    told = _told(events, users)
    names = dict(Child.all_rows.filter(pk__in=ids).values_list("pk", "name"))
    whose = _relations(ids)
    made = 0
    for event in events:
        wanted = [u for u in users.get(event.child_id, []) if (u, key_of(event)) not in told]
        if not wanted:
            continue
        kind, title, body = _words(event, names[event.child_id], whose)
        made += tell(
            kind=kind,
            users=wanted,
            title=title,
            body=body,
            url=f"/family/feed/?child={event.child_id}",
            at=event.at if event.kind in AT_DOOR else event.received_at,
            child_id=event.child_id,
            institution_id=event.institution_id,
            region_code=event.region_code,
            key=key_of(event),
            quietly=event.at < now - STALE,
        )
    return made


def key_of(event: Event) -> str:
    """去重键。"""
    return f"door:{event.pk}"


def _told(events: Sequence[Event], users: dict[int, list[int]]) -> set[tuple[int, str | None]]:
    people = {u for found in users.values() for u in found}
    rows = Message.all_rows.filter(user_id__in=people, key__in=[key_of(e) for e in events])
    return set(rows.values_list("user_id", "key"))


def _relations(child_ids: Sequence[int]) -> dict[tuple[int, int], str]:
    rows = Guardianship.all_rows.filter(child_id__in=child_ids)
    return {
        (child, guardian): str(Guardianship.Relation(relation).label)
        for child, guardian, relation in rows.values_list("child_id", "guardian_id", "relation")
    }


def _words(event: Event, name: str, whose: dict[tuple[int, int], str]) -> tuple[str, str, str]:
    """种类、标题、正文。"""
    who = whose.get((event.child_id, event.guardian_id or 0), "")
    if event.kind == EventKind.IN:
        by = f"{who}送到" if who else _HANDS.get(Method(event.method), "园方登记")
        return "arrive", f"{name}到园", f"{_hm(event.at)}，{by}{_late(event)}"
    if event.kind == EventKind.OUT:
        by = f"{who}接走" if who else _HANDS.get(Method(event.method), "园方登记")
        return "leave", f"{name}离园", f"{_hm(event.at)}，{by}{_late(event)}"
    day = f"{event.day:%m-%d}"
    if event.kind == EventKind.CORRECT:
        return "absence", f"{name} {day} 考勤已更正为「{_status(event)}」", f"原因：{event.reason}"
    if not event.set_status:
        return "absence", f"{name} {day} 的请假已撤回", f"{who or '园方'}撤回"
    what = "请假" if event.set_status == DayStatus.LEAVE else "记为缺勤"
    return "absence", f"{name} {day} {what}", f"{who or '园方'}登记：{event.reason or '未写原因'}"


def _status(event: Event) -> str:
    if event.set_status not in DayStatus.values:
        return "待核"
    times = [_hm(t) for t in (event.set_in_at, event.set_out_at) if t is not None]
    word = str(DayStatus(event.set_status).label)
    return f"{word} {'–'.join(times)}" if times else word


def _late(event: Event) -> str:
    if event.received_at - event.at > STALE:
        return f"（断网补传，{_hm(event.received_at)} 收到）"
    return ""


def _hm(instant: datetime) -> str:
    return f"{instant.astimezone(clock.ZONE):%H:%M}"


def tell_answer(dispute_id: int, at: datetime) -> int:
    """考勤异议的答复。"""
    one = Dispute.all_rows.get(pk=dispute_id)
    name = Child.all_rows.values_list("name", flat=True).get(pk=one.child_id)
    verdict = "采纳" if one.accepted else "未采纳"
    return tell(
        kind="absence",
        users=guardian_users(one.child_id, clock.day_of(at)),
        title=f"{name}：园方{verdict} {one.day:%m-%d} 异议",
        body=one.answer,
        url=f"/family/month/{one.day:%Y-%m}/?child={one.child_id}",
        at=at,
        child_id=one.child_id,
        institution_id=one.institution_id,
        region_code=one.region_code,
        key=f"dispute:{one.pk}",
    )
