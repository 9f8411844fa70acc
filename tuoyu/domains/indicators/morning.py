"""今日晨检异常：sealed evidence, opened for the contracted doctor within the parents' consent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import Event, EventKind, Flag
from tuoyu.domains.children.models import Child, Consent
from tuoyu.domains.children.selectors import consenting


@dataclass(frozen=True)
class CheckException:
    """一条晨检异常。"""

    child_id: int
    name: str
    born_on: date
    institution_id: int
    at: datetime
    temperature: str
    symptoms: str


@dataclass(frozen=True)
class Exceptions:
    """异常名单；``withheld`` counts, by institution, those whose parents have not consented."""

    rows: list[CheckException]
    withheld: dict[int, int]


def morning_exceptions(scope: Scope, day: date) -> Exceptions:
    """今日晨检异常：only children whose guardian shares with the doctor; nothing else is opened."""
    asked = Event.objects.visible_to(scope).filter(day=day, kind=EventKind.IN)
    sealed = asked.exclude(evidence=None).defer("evidence")
    heads = list(sealed.values_list("id", "child_id", "institution_id", "flags"))
    heads = [h for h in heads if not h[3] & Flag.SKEW]
    shared = consenting({h[1] for h in heads}, Consent.Purpose.CLINIC, day)
    withheld: dict[int, int] = {}
    for _, child, institution, _ in heads:
        if child not in shared:
            withheld[institution] = withheld.get(institution, 0) + 1
    wanted = [h[0] for h in heads if h[1] in shared]
    children = {c.pk: c for c in Child.objects.visible_to(scope).filter(pk__in=shared)}
    rows = []
    for event in asked.filter(pk__in=wanted).order_by("at"):
        found = _read(event.evidence)
        if found is not None and event.child_id in children:
            rows.append(_row(event, children[event.child_id], found))
    return Exceptions(rows, withheld)


def _read(evidence: str | None) -> dict[str, object] | None:
    """Evidence without temperature or symptoms is no exception."""
    found = json.loads(evidence) if evidence else {}
    return found if found.get("temperature") or found.get("symptoms") else None


def _row(event: Event, child: Child, found: dict[str, object]) -> CheckException:
    symptoms = found.get("symptoms")
    return CheckException(
        child_id=child.pk,
        name=child.name,
        born_on=child.born_on,
        institution_id=event.institution_id,
        at=event.at,
        temperature=str(found.get("temperature") or ""),
        symptoms="、".join(str(s) for s in symptoms) if isinstance(symptoms, list) else "",
    )
