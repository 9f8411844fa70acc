"""县级：receive and close a grave report; say how fast it must be made, and on what ground."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.incidents.models import CountyClock
from tuoyu.domains.incidents.selectors.incidents import access_incident, case_of


@transaction.atomic
def receive(*, incident_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """接收。"""
    case = _case(incident_id, by)
    return cases.move(case_id=case.pk, name="receive", by=by, at=at, opinion=opinion)


@transaction.atomic
def close(*, incident_id: int, by: Actor, at: datetime, opinion: str) -> Case:
    """办结。"""
    case = _case(incident_id, by)
    return cases.move(case_id=case.pk, name="close", by=by, at=at, opinion=opinion)


def _case(incident_id: int, by: Actor) -> Case:
    found = case_of(by.scope, access_incident(by.scope, incident_id))
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def set_clock(*, minutes: int, document: str, by: Actor, at: datetime) -> CountyClock:
    """设定上报时限：from now on; what was reported before keeps its own."""
    if not 1 <= minutes <= 7 * 24 * 60:
        raise DomainError("minutes", "时限应在 1 分钟至 7 天之间，请改正")
    if not document.strip():
        raise DomainError("document", "时限须有依据文件，请填写文号；没有文件就保持「待定」")
    return CountyClock.all_rows.create(
        region_code=by.region_code, minutes=minutes, document=document.strip()[:80], from_at=at,
        set_by_name=by.name,
    )  # fmt: skip
