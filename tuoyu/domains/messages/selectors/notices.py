"""通知的读取：what a family received, and who has read, receipted and signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from tuoyu.core import rls
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.messages.models import Announcement, Recipient


@dataclass(frozen=True)
class Family:
    """一户的回应：of one child, by whichever guardian came first."""

    child_id: int
    child_name: str
    class_name: str
    rows: tuple[Recipient, ...]
    people: tuple[tuple[str, Recipient], ...]
    needs: str

    @property
    def read_at(self) -> datetime | None:
        return min((r.read_at for r in self.rows if r.read_at), default=None)

    @property
    def receipt_at(self) -> datetime | None:
        return min((r.receipt_at for r in self.rows if r.receipt_at), default=None)

    @property
    def signed(self) -> Recipient | None:
        return next((r for r in self.rows if r.signed_at), None)

    @property
    def has_account(self) -> bool:
        return any(r.user_id for r in self.rows)

    @property
    def is_done(self) -> bool:
        if self.needs == "sign":
            return self.signed is not None
        return (self.receipt_at if self.needs == "receipt" else self.read_at) is not None


def needs_of(one: Announcement) -> str:
    """最重的一项要求。"""
    if one.wants_signature:
        return "sign"
    return "receipt" if one.wants_receipt else "read"


def list_notices(scope: Scope, institution_id: int) -> list[Announcement]:
    """发出的通知，新的在前，with counts of families."""
    rows = Announcement.objects.visible_to(scope).filter(institution_id=institution_id)
    counted = rows.annotate(
        families=models.Count("recipients__child_id", distinct=True),
        read=_families_with("read_at"),
        receipts=_families_with("receipt_at"),
        signatures=_families_with("signed_at"),
    )
    return list(counted.order_by("-sent_at", "-pk")[:100])


def _families_with(field: str) -> models.Count:
    given = models.Q(**{f"recipients__{field}__isnull": False})
    return models.Count("recipients__child_id", distinct=True, filter=given)


def access_notice(scope: Scope, notice_id: int, *, lock: bool = False) -> Announcement:
    """取一份通知（机构一侧）。"""
    rows = Announcement.objects.visible_to(scope)
    found = (rows.select_for_update() if lock else rows).filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    return found


def families_of(one: Announcement) -> list[Family]:
    """逐户：those that owe something first, then by class and name."""
    rows = list(Recipient.all_rows.filter(announcement=one).order_by("pk"))
    names = dict(Child.all_rows.filter(pk__in={r.child_id for r in rows}).values_list("pk", "name"))
    rooms = dict(
        ClassGroup.objects.unscoped(reason="机构信息公开")
        .filter(institution_id=one.institution_id)
        .values_list("pk", "name")
    )
    whose = _relations({r.child_id for r in rows})
    by_child: dict[int, list[Recipient]] = {}
    for row in rows:
        by_child.setdefault(row.child_id, []).append(row)
    found = [
        Family(
            child,
            names.get(child, ""),
            rooms.get(own[0].class_group_id or 0, ""),
            tuple(own),
            tuple((whose.get((child, r.guardian_id), "监护人"), r) for r in own),
            needs_of(one),
        )
        for child, own in by_child.items()
    ]
    return sorted(found, key=lambda f: (f.is_done, f.class_name, f.child_name))


def _relations(children: Iterable[int]) -> dict[tuple[int, int], str]:
    rows = Guardianship.all_rows.filter(child_id__in=list(children)).select_related("guardian")
    return {
        (g.child_id, g.guardian_id): f"{g.get_relation_display()} {g.guardian.name}" for g in rows
    }


# A family sees the text of what it received through its own row: the table of announcements itself
# belongs to the institution.
WHY = "通知正文随本人的收件行给出"


def list_received(scope: Scope, user_id: int, child_ids: Sequence[int]) -> list[Recipient]:
    """收到的通知，新的在前。"""
    rows = _own(scope, user_id).filter(child_id__in=child_ids)
    with rls.as_system(WHY):
        return list(rows.order_by("-announcement__sent_at", "-pk")[:60])


def open_received(scope: Scope, user_id: int) -> list[Recipient]:
    """还欠回执或签字的：of a child, nobody has given it yet."""
    unsigned = models.Q(announcement__wants_signature=True) & ~models.Exists(
        _same_child().filter(signed_at__isnull=False)
    )
    unreceipted = models.Q(
        announcement__wants_signature=False, announcement__wants_receipt=True
    ) & ~models.Exists(_same_child().filter(receipt_at__isnull=False))
    rows = _own(scope, user_id).filter(unsigned | unreceipted)
    with rls.as_system(WHY):
        return list(rows.order_by("-announcement__sent_at", "-pk")[:20])


def _own(scope: Scope, user_id: int) -> models.QuerySet[Recipient]:
    rows = Recipient.objects.visible_to(scope).filter(user_id=user_id)
    return rows.select_related("announcement")


def _same_child() -> models.QuerySet[Recipient]:
    return Recipient.all_rows.filter(
        announcement_id=models.OuterRef("announcement_id"), child_id=models.OuterRef("child_id")
    )


def access_received(
    scope: Scope, notice_id: int, child_id: int, user_id: int, *, lock: bool = False
) -> Recipient:
    """取本人收到的一份。"""
    rows = _own(scope, user_id).filter(announcement_id=notice_id, child_id=child_id)
    with rls.as_system(WHY):
        found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound
    return found


def answers_of(row: Recipient) -> list[tuple[str, Recipient]]:
    """同一个孩子的其他监护人回应了没有：both parents see it."""
    rows = Recipient.all_rows.filter(announcement=row.announcement, child_id=row.child_id)
    whose = _relations([row.child_id])
    return [(whose.get((r.child_id, r.guardian_id), "监护人"), r) for r in rows.order_by("pk")]
