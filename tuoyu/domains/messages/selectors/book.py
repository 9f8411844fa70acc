"""联络簿的读取：a child's day, and a room's day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tuoyu.core.scope import Scope
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.messages.models import BookEntry
from tuoyu.domains.messages.rules import CHIPS, heat_text


@dataclass(frozen=True)
class Page:
    """一个孩子的一天。"""

    child_id: int
    name: str
    class_id: int
    class_name: str
    home: tuple[BookEntry, ...]
    room: tuple[BookEntry, ...]


def facts_of(entry: BookEntry) -> list[tuple[str, str]]:
    """家里那条的各项：name and value, in the order of the form."""
    found = [("体温", heat_text(entry.heat))] if entry.heat is not None else []
    chips = entry.chips if isinstance(entry.chips, dict) else {}
    found += [(title, str(chips[key])) for key, (title, _) in CHIPS.items() if key in chips]
    return found


def picks_of(entry: BookEntry) -> list[str]:
    """班里那条点选的话。"""
    chips = entry.chips if isinstance(entry.chips, dict) else {}
    return [str(p) for p in chips.get("picks", [])]


def entries_of(scope: Scope, child_id: int, start: date, end: date) -> list[BookEntry]:
    """[start, end) 的联络簿，先后有序。"""
    rows = BookEntry.objects.visible_to(scope).filter(
        child_id=child_id, day__gte=start, day__lt=end
    )
    return list(rows.order_by("at", "pk"))


def room_pages(
    scope: Scope, institution_id: int, day: date, class_id: int | None = None
) -> list[Page]:
    """一园（或一班）当天：children with a note first."""
    stays = Enrolment.objects.visible_to(scope).filter(
        institution_id=institution_id, period__contains=day
    )
    if class_id is not None:
        stays = stays.filter(class_group_id=class_id)
    rows = list(stays.select_related("child", "class_group"))
    entries = BookEntry.objects.visible_to(scope).filter(
        institution_id=institution_id, day=day, child_id__in=[s.child_id for s in rows]
    )
    kept = list(entries.order_by("at", "pk"))
    pages = [_page(s, kept) for s in rows]
    return sorted(pages, key=lambda p: (not p.home, bool(p.room), p.class_id, p.name))


def _page(stay: Enrolment, entries: Sequence[BookEntry]) -> Page:
    own = [e for e in entries if e.child_id == stay.child_id]
    return Page(
        stay.child_id,
        stay.child.name,
        stay.class_group_id,
        stay.class_group.name,
        tuple(e for e in own if e.side == BookEntry.Side.HOME),
        tuple(e for e in own if e.side == BookEntry.Side.ROOM),
    )


def unseen_count(scope: Scope, institution_id: int, day: date) -> int:
    """今天还没看过的家里来信。"""
    rows = BookEntry.objects.visible_to(scope).filter(
        institution_id=institution_id, day=day, side=BookEntry.Side.HOME, seen_at=None
    )
    return rows.count()
