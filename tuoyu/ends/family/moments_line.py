"""园里的一天：meals, drinks, naps, outings, photos and observations, as lines of the timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.care.own_kinds import AMOUNTS, AREAS, DIAPERS, MEALS
from tuoyu.domains.moments.models import Observation, Photo
from tuoyu.domains.moments.rules import area_title
from tuoyu.domains.moments.selectors.family import Cared, care_of, shared_observations, shown_photos
from tuoyu.ends.family.timeline import Item, hm

_ICONS = {
    "meal": "bowl",
    "drink": "bottle",
    "diaper": "child",
    "outdoor": "sun",
    "activity": "star",
}


def tell_moments(
    scope: Scope, child_id: int, since: datetime, until: datetime | None = None
) -> list[Item]:
    """[since, until) 园里的一天。"""
    found = [*_cared(care_of(scope, child_id, since, until))]
    found += _pictured(shown_photos(scope, child_id, since=since, until=until))
    found += [_noted(n) for n in shared_observations(scope, child_id, since=since, until=until)]
    return found


def _cared(events: list[Cared]) -> list[Item]:
    out, asleep = [], None
    for event in events:
        if event.kind == "nap_start":
            asleep = event
        elif event.kind == "nap_end" and asleep is not None:
            out.append(_nap(asleep.at, event.at))
            asleep = None
        elif event.kind in _ICONS:
            out.append(Item(event.at, _ICONS[event.kind], _words(event), _note(event)))
    if asleep is not None:
        out.append(Item(asleep.at, "moon", "睡着了"))
    return out


def _nap(start: datetime, end: datetime) -> Item:
    minutes = int((end - start).total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    length = f"{hours} 小时 {rest} 分" if hours else f"{rest} 分钟"
    return Item(start, "moon", f"睡了 {length}", f"{hm(start)}–{hm(end)}")


def _words(event: Cared) -> str:
    detail = event.detail
    if event.kind == "meal":
        amount = f" {detail['ml']} 毫升" if detail.get("ml") else ""
        return f"{MEALS[detail['what']]}：{AMOUNTS[detail['amount']]}{amount}"
    if event.kind == "drink":
        return f"喝水 {detail['ml']} 毫升" if detail.get("ml") else "喝水"
    if event.kind == "diaper":
        return DIAPERS[detail["what"]]
    if event.kind == "outdoor":
        return f"户外活动 {detail['minutes']} 分钟"
    return f"活动：{AREAS[detail['area']]}"


def _note(event: Cared) -> str:
    return str(event.detail.get("note", ""))


def _pictured(photos: Iterable[Photo]) -> list[Item]:
    """同一小时的照片合成一条。"""
    out = []
    for _, group in groupby(
        photos, key=lambda p: p.taken_at.astimezone(clock.ZONE).strftime("%d%H")
    ):
        found = list(group)
        said = "；".join(dict.fromkeys(p.caption for p in found if p.caption))
        text = said or f"{len(found)} 张照片"
        out.append(Item(found[0].taken_at, "camera", text, photos=tuple(found)))
    return out


def _noted(note: Observation) -> Item:
    areas = "、".join(area_title(a) for a in note.areas)
    return Item(note.seen_at, "edit", note.text, f"老师的观察 · {areas}")


def latest_photos(scope: Scope, child_id: int, *, most: int = 6) -> list[Photo]:
    """今天的照片；on a day without any, those of the latest day that has some."""
    found = shown_photos(scope, child_id)[:40]
    if not found:
        return []
    last = clock.day_of(found[0].taken_at)
    return [p for p in found if clock.day_of(p.taken_at) == last][:most]
