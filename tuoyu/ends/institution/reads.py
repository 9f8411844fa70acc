"""机构端的读取：small joins that only these pages need; the scope comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child, Consent, Guardianship, SpecialStatus
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.selectors import list_enrolled, names_of_enrolled

GONE = "已离园儿童"


def was_here(scope: Scope, child_id: int) -> str:
    """在本机构入托过的儿童的姓名；also of one that has left, whose past days may need mending."""
    found = names_of_enrolled(scope, [child_id])
    if child_id not in found:
        raise NotFound
    return found[child_id]


def guardian_names(scope: Scope, pairs: Iterable[tuple[int, int | None]]) -> dict[object, str]:
    """(儿童, 监护人) → 关系与姓名；someone known only by another child's file is said to be so."""
    wanted = set(pairs)
    rows = Guardianship.objects.visible_to(scope).filter(
        guardian_id__in={guardian for _, guardian in wanted if guardian}
    )
    out: dict[object, str] = {}
    for g in rows.select_related("guardian"):
        out[g.child_id, g.guardian_id] = (
            f"{Guardianship.Relation(g.relation).label} {g.guardian.name}"
        )
        for child, guardian in wanted:
            if guardian == g.guardian_id:
                out.setdefault((child, guardian), f"{g.guardian.name}（与孩子没有登记关系）")
    return out


def blocked_children(scope: Scope, ids: Iterable[int]) -> set[int]:
    """登记有禁止接走之人的儿童。"""
    rows = Guardianship.objects.visible_to(scope).filter(child_id__in=list(ids), is_blocked=True)
    return set(rows.values_list("child_id", flat=True))


def search_children(
    scope: Scope, on: date, text: str, class_id: int | None
) -> models.QuerySet[Enrolment]:
    """在托儿童；by name, pinyin or initials, and by class."""
    rows = list_enrolled(scope, on).order_by("class_group_id", "child__name", "child_id")
    if class_id is not None:
        rows = rows.filter(class_group_id=class_id)
    if plain := "".join(text.lower().split()):
        found = models.Q(child__search__icontains=plain) | models.Q(child__name__icontains=plain)
        rows = rows.filter(found)
    return rows


def coming_children(scope: Scope, on: date) -> models.QuerySet[Enrolment]:
    """已登记、尚未入托。"""
    rows = Enrolment.objects.visible_to(scope).filter(period__startswith__gt=on)
    return rows.select_related("child", "class_group").order_by("period", "id")


@dataclass(frozen=True)
class ChildFile:
    """一名儿童的档案。"""

    child: Child
    enrolments: list[Enrolment]
    present: Enrolment | None
    relations: list[Guardianship]
    statuses: list[SpecialStatus]
    consents: list[Consent]


def child_file(scope: Scope, child: Child, on: date) -> ChildFile:
    """档案：enrolments newest first; people in the order they were named."""
    mine = {"child_id": child.pk}
    enrolments = list(
        Enrolment.objects.visible_to(scope)
        .filter(**mine)
        .select_related("class_group")
        .order_by("-period")
    )
    relations = Guardianship.objects.visible_to(scope).filter(**mine).select_related("guardian")
    return ChildFile(
        child,
        enrolments,
        next((e for e in enrolments if on in e.period), None),
        list(relations.order_by("-is_guardian", "id")),
        list(SpecialStatus.objects.visible_to(scope).filter(**mine).order_by("-from_on", "id")),
        list(
            Consent.objects.visible_to(scope)
            .filter(**mine)
            .select_related("guardian")
            .order_by("purpose", "-granted_at")
        ),
    )


def access_relation(scope: Scope, relation_id: int) -> Guardianship | None:
    """一条监护或接送关系。"""
    rows = Guardianship.objects.visible_to(scope).select_related("guardian")
    return rows.filter(pk=relation_id).first()
