"""伤害记录的读取：for the institution whole, for the family only what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from tuoyu.core import clock, rls
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.incidents import rules
from tuoyu.domains.incidents.models import (
    CountyClock,
    Grade,
    Incident,
    IncidentEntry,
    IncidentSign,
    IncidentState,
    Kind,
)
from tuoyu.domains.incidents.states import CASE

NEEDED = (IncidentSign.Who.STAFF, IncidentSign.Who.DIRECTOR, IncidentSign.Who.PARENT)


def access_incident(scope: Scope, incident_id: int, *, lock: bool = False) -> Incident:
    """取一份伤害记录；outside the scope, or a draft for the family, it is not found."""
    rows = _visible(scope)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.select_related("child").filter(pk=incident_id).first()
    if found is None:
        raise NotFound
    return found


def _visible(scope: Scope) -> QuerySet[Incident]:
    rows = Incident.objects.visible_to(scope)
    if scope.kind == "family":
        return rows.filter(shared_at__isnull=False)
    if scope.kind == "region":
        return rows.filter(state=IncidentState.FILED)
    return rows


@dataclass(frozen=True)
class Row:
    """一览的一行。"""

    it: Incident
    signed: frozenset[str]

    @property
    def missing(self) -> list[str]:
        """还缺谁的签字。"""
        if self.it.state == IncidentState.DRAFT:
            return []
        return [str(IncidentSign.Who(w).label) for w in NEEDED if w not in self.signed]


def list_incidents(scope: Scope, *, since: date, child_id: int | None = None) -> list[Row]:
    """伤害记录，新的在前。"""
    rows = _visible(scope).filter(happened_at__gte=clock.at(since))
    if child_id is not None:
        rows = rows.filter(child_id=child_id)
    found = list(rows.select_related("child").order_by("-happened_at")[:200])
    return with_signs(scope, found)


def with_signs(scope: Scope, found: Sequence[Incident]) -> list[Row]:
    """配上签字。"""
    signs: dict[int, set[str]] = {}
    rows = IncidentSign.objects.visible_to(scope).filter(incident__in=[i.pk for i in found])
    for incident_id, who in rows.values_list("incident_id", "who"):
        signs.setdefault(incident_id, set()).add(who)
    return [Row(i, frozenset(signs.get(i.pk, ()))) for i in found]


def list_missing(scope: Scope) -> list[Row]:
    """缺签字的：filed ones, the oldest first."""
    rows = _visible(scope).filter(state=IncidentState.FILED)
    rows = rows.annotate(signed=Count("signs")).filter(signed__lt=len(NEEDED))
    found = list(rows.select_related("child").order_by("happened_at")[:300])
    return [r for r in with_signs(scope, found) if r.missing]


def signs_of(scope: Scope, incident: Incident) -> dict[str, IncidentSign]:
    """各方签字。"""
    rows = IncidentSign.objects.visible_to(scope).filter(incident=incident)
    return {s.who: s for s in rows}


def entries_of(incident: Incident) -> list[IncidentEntry]:
    """时间线。The caller has been shown the incident; a family only when it was chosen."""
    with rls.as_system("已核对可见伤害记录；时间线随记录"):
        rows = IncidentEntry.objects.unscoped(reason="随已核对的伤害记录")
        return list(rows.filter(incident=incident).order_by("at", "id"))


@dataclass(frozen=True)
class FamilyView:
    """家长看到的：only the chosen fields; what is not shown is not read into the page."""

    id: int
    child_id: int
    child_name: str
    happened_at: datetime
    place: str
    kind: str
    marks: tuple[str, ...]
    first_aid: str
    what: str | None
    grade: str | None
    timeline: tuple[IncidentEntry, ...]
    photo_id: int | None
    shared_at: datetime | None


def family_view(scope: Scope, incident_id: int) -> FamilyView:
    """给家长的一份。"""
    it = access_incident(scope, incident_id)
    shows = set(it.shows)
    return FamilyView(
        it.pk,
        it.child_id,
        it.child.name,
        it.happened_at,
        it.place,
        str(Kind(it.kind).label),
        tuple(it.marks),
        it.first_aid or "",
        it.what if "what" in shows else None,
        str(Grade(it.grade).label) if "grade" in shows else None,
        tuple(entries_of(it)) if "timeline" in shows else (),
        it.photo_id if "photo" in shows else None,
        it.shared_at,
    )


def list_to_sign(scope: Scope, child_id: int | None = None) -> list[Incident]:
    """家长待签的。"""
    rows = _visible(scope).exclude(signs__who=IncidentSign.Who.PARENT)
    if child_id is not None:
        rows = rows.filter(child_id=child_id)
    return list(rows.select_related("child").order_by("-happened_at")[:20])


def clock_on(region_code: str, at: datetime) -> CountyClock | None:
    """某时生效的县级上报时限；None is 待定."""
    rows = CountyClock.all_rows.filter(region_code=region_code, from_at__lte=at)
    return rows.order_by("-from_at", "-pk").first()


def case_of(scope: Scope, incident: Incident) -> Case | None:
    """上报县级的办件。"""
    return Case.objects.visible_to(scope).filter(type=CASE, subject_id=incident.pk).first()


def cases_by_incident(scope: Scope, ids: list[int]) -> dict[int, Case]:
    """各记录的上报办件。"""
    rows = Case.objects.visible_to(scope).filter(type=CASE, subject_id__in=ids)
    return {c.subject_id: c for c in rows if c.subject_id is not None}


def colleagues(institution_id: int, on: date | None = None) -> list[tuple[int, str]]:
    """本园有账号的同事，可作见证人。"""
    day = on or clock.today()
    with rls.as_system("见证人从本园任职名单选"):
        rows = Assignment.objects.filter(
            institution_ids__contains=[institution_id], role__in=["director", "teacher"],
            from_on__lte=day,
        ).filter(Q(to_on=None) | Q(to_on__gt=day))  # fmt: skip
        found = {a.user_id: a.user.name for a in rows.select_related("user")}
    return sorted(found.items(), key=lambda x: x[1])


def colleague(institution_id: int, user_id: int) -> str:
    """一位同事的姓名。"""
    name = dict(colleagues(institution_id)).get(user_id)
    if name is None:
        raise DomainError("witness", "见证人不在本园名单里，请从列表中选")
    return name


def parts_words(marks: tuple[str, ...] | list[str]) -> str:
    """部位，写成文字。"""
    return "、".join(rules.PARTS[m] for m in marks if m in rules.PARTS) or "没有可见的伤"


def list_cases(scope: Scope) -> list[Case]:
    """上报县级的各件，没办结的、快到时限的在前。"""
    rows = Case.objects.visible_to(scope).filter(type=CASE)
    order = (F("closed_at").desc(nulls_first=True), F("due_at").asc(nulls_last=True), "-pk")
    return list(rows.order_by(*order)[:200])
