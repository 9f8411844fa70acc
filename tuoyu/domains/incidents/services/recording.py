"""伤害记录：a private draft, then filed with a grade; the grave ones go to the county at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.core.identifiers import opaque_id
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.incidents import rules, telling
from tuoyu.domains.incidents.models import (
    Grade,
    Incident,
    IncidentEntry,
    IncidentState,
    Kind,
)
from tuoyu.domains.incidents.selectors.incidents import access_incident, clock_on
from tuoyu.domains.incidents.states import CASE, SIGN
from tuoyu.domains.institutions.models import Institution

AHEAD = timedelta(minutes=10)  # clocks differ a little


@dataclass(frozen=True)
class Note:
    """记录所写。"""

    happened_at: datetime
    place: str
    kind: str
    marks: Sequence[str] = ()
    facts: Sequence[str] = ()
    what: str = ""
    first_aid: str = ""
    inner: str = ""


@transaction.atomic
def draft(
    *, child_id: int, note: Note, by: Actor, at: datetime, number: int | None = None
) -> Incident:
    """起草：nobody but the institution sees it. ``number``: its id, when it is drawn."""
    child = access_child(by.scope, child_id)
    inst = Institution.objects.unscoped(reason="机构信息公开").get(pk=by.institution_id)
    if child.institution_id != inst.pk:
        raise DomainError("not-here", "这个孩子现在不在本园，不能登记；请核对姓名")
    made = Incident(
        id=number or opaque_id(),
        child=child,
        institution_id=inst.pk,
        region_code=inst.region_code,
        made_by=by.user_id or 0,
        made_by_name=by.name,
    )
    return _begin(made, note, at)


@transaction.atomic
def draft_of_event(
    *,
    event_id: uuid.UUID,
    child_id: int,
    institution_id: int,
    region_code: str,
    note: Note,
    user_id: int,
    name: str,
    at: datetime,
) -> Incident:
    """由现场记录起草；the same event makes one draft."""
    known = Incident.all_rows.filter(event_id=event_id).first()
    if known is not None:
        return known
    made = Incident(
        child_id=child_id,
        institution_id=institution_id,
        region_code=region_code,
        event_id=event_id,
        made_by=user_id,
        made_by_name=name,
    )
    return _begin(made, note, at)


def _begin(made: Incident, note: Note, at: datetime) -> Incident:
    made.state, made.made_at = IncidentState.DRAFT, at
    made.shows = [*rules.ALWAYS_SHOWN, "what", "grade"]
    _write(made, note, at)
    made.save(force_insert=True)
    return made


@transaction.atomic
def revise(*, incident_id: int, note: Note, by: Actor, at: datetime) -> Incident:
    """改草稿；what has been filed is put right by an entry of the timeline."""
    found = access_incident(by.scope, incident_id, lock=True)
    _must_be_draft(found)
    _write(found, note, at)
    found.save()
    return found


def _write(it: Incident, note: Note, at: datetime) -> None:
    if note.happened_at > at + AHEAD:
        raise DomainError("future", "发生时间晚于现在，请改正")
    if note.kind not in Kind.values:
        raise DomainError("kind", "没有选类型，请从所列类型中选")
    it.happened_at, it.place, it.kind = note.happened_at, note.place.strip()[:40], note.kind
    it.marks = [p for p in rules.PARTS if p in set(note.marks)]
    it.facts = [f for f in rules.FACTS if f in set(note.facts)]
    it.what, it.first_aid = note.what.strip() or None, note.first_aid.strip() or None
    it.inner = note.inner.strip() or None
    it.proposed = rules.propose(it.kind, it.facts)


@transaction.atomic
def add_entry(*, incident_id: int, at: datetime, what: str, by: Actor, made_at: datetime) -> None:
    """时间线加一条。"""
    found = access_incident(by.scope, incident_id)
    if not what.strip():
        raise DomainError("entry", "没有写情况，请补写后再提交")
    if at > made_at + timedelta(minutes=1):
        raise DomainError("future", "时间晚于现在，请改正")
    IncidentEntry.all_rows.create(
        incident=found, institution_id=found.institution_id, region_code=found.region_code, at=at,
        what=what.strip()[:200], by_name=by.name, made_at=made_at,
    )  # fmt: skip


@transaction.atomic
def set_photo(*, incident_id: int, photo_id: int, by: Actor) -> Incident:
    """附照片：one, of the place or the wound; whether the family sees it is said apart."""
    found = access_incident(by.scope, incident_id, lock=True)
    found.photo_id = photo_id
    found.save(update_fields=["photo_id"])
    return found


@transaction.atomic
def file(*, incident_id: int, grade: str, grade_note: str, by: Actor, at: datetime) -> Incident:
    """提交：with a grade that a person decided; less than suggested asks for a reason."""
    found = access_incident(by.scope, incident_id, lock=True)
    _must_be_draft(found)
    missing = rules.faults(
        kind=found.kind, place=found.place, marks=found.marks, facts=found.facts,
        what=found.what or "", first_aid=found.first_aid or "",
    )  # fmt: skip
    if missing:
        raise DomainError("incomplete", "；".join(missing))
    if grade not in Grade.values:
        raise DomainError("grade", "没有定轻重，请选一项")
    if grade != found.proposed and not grade_note.strip():
        raise DomainError(
            "grade-note",
            f"系统按情况建议「{Grade(found.proposed).label}」，改定为「{Grade(grade).label}」"
            "须写明理由，请补写后再提交",
        )
    found.state, found.filed_at = IncidentState.FILED, at
    found.grade, found.grade_note = grade, grade_note.strip()[:120]
    found.save(update_fields=["state", "filed_at", "grade", "grade_note"])
    telling.tell_directors(found, at)
    if grade == Grade.GRAVE:
        report(found, by, at)
    return found


@transaction.atomic
def raise_grade(*, incident_id: int, reason: str, by: Actor, at: datetime) -> Incident:
    """改定为严重：what looked light in the morning may not be so in the evening; never back."""
    found = access_incident(by.scope, incident_id, lock=True)
    if found.state != IncidentState.FILED or found.grade == Grade.GRAVE:
        raise DomainError("grade", "这份记录不能再改定为严重；请刷新页面看最新情况")
    if not reason.strip():
        raise DomainError("grade-note", "改定为严重须写明理由，请补写后再提交")
    found.grade, found.grade_note = Grade.GRAVE, reason.strip()[:120]
    found.save(update_fields=["grade", "grade_note"])
    add_entry(
        incident_id=found.pk, at=at, what=f"改定为严重：{found.grade_note}", by=by, made_at=at
    )
    report(found, by, at)
    return found


def report(found: Incident, by: Actor, at: datetime) -> None:
    """上报县级：opened at once; due by the county's own clock, or 待定 when none is set."""
    inst = Institution.objects.unscoped(reason="机构信息公开").get(pk=found.institution_id)
    limit = clock_on(found.region_code, found.happened_at)
    rule = f"时限 {limit.minutes} 分钟（{limit.document}）" if limit else "时限待定：县级未设定"
    case = cases.open_case(
        type_code=CASE,
        title=f"{inst.name}：严重伤害上报"[:120],
        subject_id=found.pk,
        institution_id=found.institution_id,
        region_code=found.region_code,
        by=by,
        at=at,
        detail=f"{Kind(found.kind).label}；{rule}"[:200],
        url=f"/gov/incidents/{found.pk}/",
    )
    if limit is not None:
        due = found.happened_at + timedelta(minutes=limit.minutes)
        with rls.as_system("时限由县级设定推出，不由上报人改"):
            Case.all_rows.filter(pk=case.pk).update(
                arrived_at=min(found.happened_at, at), due_at=due
            )
    telling.tell_county(found, inst.name, at)


@transaction.atomic
def choose_shown(*, incident_id: int, shows: Sequence[str], by: Actor) -> Incident:
    """给家长看哪些：time, place, kind and first aid always; the inner note never."""
    found = access_incident(by.scope, incident_id, lock=True)
    if not by.may(SIGN):
        raise DomainError("not-yours", "给家长看哪些由园长决定，请园长办理")
    if found.shared_at is not None and not set(found.shows) <= set(shows) | set(rules.ALWAYS_SHOWN):
        raise DomainError("shown", "已经发给家长的内容不能收回；只能再多给看几项")
    found.shows = [s for s in rules.SHOWN if s in rules.ALWAYS_SHOWN or s in set(shows)]
    found.save(update_fields=["shows"])
    return found


def _must_be_draft(found: Incident) -> None:
    if found.state != IncidentState.DRAFT:
        raise DomainError("filed", "记录已提交，正文不能再改；要补充或更正，请在时间线加一条")
