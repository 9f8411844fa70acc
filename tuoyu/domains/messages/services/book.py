"""联络簿：the home note of the morning, seen by the room, answered in the evening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import push_live
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.messages.models import BookEntry
from tuoyu.domains.messages.rules import ANSWERS, CHIPS, read_heat
from tuoyu.domains.messages.selectors.people import guardian_users
from tuoyu.domains.messages.services.telling import tell

WRITE, ANSWER = "family:book:write", "inst:book:answer"
LONGEST = 200


@transaction.atomic
def write_home(
    *, by: Actor, child_id: int, heat: str, chips: Mapping[str, str], words: str, at: datetime
) -> BookEntry:
    """家里写一条；all of it by taps, words if one likes."""
    if not by.may(WRITE):
        raise NotFound
    child = access_child(by.scope, child_id)
    stay = _stay(child, clock.day_of(at))
    given = {k: v for k, v in chips.items() if v}
    for key, value in given.items():
        if key not in CHIPS or value not in CHIPS[key][1]:
            raise DomainError("chip", "没有这个选项，请刷新页面后再点")
    degree = read_heat(heat)
    said = words.strip()[:LONGEST]
    if degree is None and not given and not said:
        raise DomainError("empty", "还没有点选或填写任何一项；点一两下就可以提交")
    made = _entry(child, stay, BookEntry.Side.HOME, by, at, heat=degree, chips=given, words=said)
    push_live([f"child:{child.pk}", f"institution:{stay.institution_id}"], "book")
    return made


@transaction.atomic
def answer(*, by: Actor, child_id: int, picks: list[str], words: str, at: datetime) -> BookEntry:
    """班里回一条；every guardian reads it in the digest."""
    if not by.may(ANSWER):
        raise NotFound
    child = access_child(by.scope, child_id)
    day = clock.day_of(at)
    stay = _stay(child, day)
    if any(p not in ANSWERS for p in picks):
        raise DomainError("chip", "没有这个选项，请刷新页面后再点")
    said = words.strip()[:LONGEST]
    if not picks and not said:
        raise DomainError("empty", "还没有点选或填写回复；点一下常用语就可以提交")
    made = _entry(
        child, stay, BookEntry.Side.ROOM, by, at, heat=None, chips={"picks": picks}, words=said
    )
    _see([child.pk], day, by, at)
    tell(
        kind="book",
        users=guardian_users(child.pk, day),
        title=f"{child.name}：老师写了联络簿",
        body="，".join([*picks, said] if said else picks)[:200],
        url=f"/family/book/?child={child.pk}",
        at=at,
        child_id=child.pk,
        institution_id=stay.institution_id,
        region_code=stay.region_code,
    )
    push_live([f"child:{child.pk}"], "book")
    return made


def see(*, by: Actor, child_ids: list[int], at: datetime) -> int:
    """老师看过：what the page has just shown."""
    if not by.may(ANSWER):
        return 0
    return _see(child_ids, clock.day_of(at), by, at)


def _see(child_ids: list[int], day: date, by: Actor, at: datetime) -> int:
    rows = BookEntry.objects.visible_to(by.scope).filter(
        child_id__in=child_ids, day=day, side=BookEntry.Side.HOME, seen_at=None
    )
    return rows.update(seen_at=at, seen_by_name=by.name[:80])


def _stay(child: Child, day: date) -> Enrolment:
    found = Enrolment.all_rows.filter(child_id=child.pk, period__contains=day).first()
    if found is None:
        raise DomainError("not-enrolled", f"{child.name}今天没有入托登记，联络簿写不进去")
    return found


def _entry(
    child: Child, stay: Enrolment, side: str, by: Actor, at: datetime, **more: object
) -> BookEntry:
    return BookEntry.all_rows.create(
        child_id=child.pk,
        institution_id=stay.institution_id,
        region_code=stay.region_code,
        class_group_id=stay.class_group_id,
        day=clock.day_of(at),
        side=side,
        by_user=by.user_id or 0,
        by_name=by.name[:80],
        at=at,
        **{**more, "words": more.get("words") or None},
    )
