"""谁看过我孩子的档案：read from the audit rows that name the child."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.audit.models import AuditEvent
from tuoyu.core.audit.selectors import looked_at
from tuoyu.core.errors import DomainError
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.identity.selectors import organisations_of
from tuoyu.ends.family.shell import chosen, show

LIMIT = 50
REFUSED = "拒绝："


@page("family:access:view", title="谁看过我孩子的档案")
def access(request: Request) -> HttpResponse:
    """谁看过：who, in which role, of which unit, when, why."""
    picked = chosen(request)
    mine = [request.actor.user_id] if request.actor.user_id else []
    found = looked_at(picked.child.pk, before=_before(request), leave_out_users=mine)
    rows = list(found[: LIMIT + 1])
    earlier = ""
    if len(rows) > LIMIT:
        rows = rows[:LIMIT]
        url = reverse("family:access")
        earlier = f"{url}?child={picked.child.pk}&before={_place(rows[-1].at)}"
    units = organisations_of({(r.user_id, r.role) for r in rows if r.user_id})
    days: dict[date, list[dict[str, Any]]] = {}
    for row in rows:
        days.setdefault(clock.day_of(row.at), []).append(_told(row, units))
    return show(
        request,
        "family/access.html",
        "谁看过我孩子的档案",
        picked,
        days=list(days.items()),
        earlier=earlier,
        back_url=reverse("family:me"),
    )


def _before(request: Request) -> datetime | None:
    """翻页：microseconds since the epoch."""
    text = request.GET.get("before", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 17:
        raise DomainError("before", "翻页的位置不对，请从第一页看起")
    whole, part = divmod(int(text), 1_000_000)
    return datetime.fromtimestamp(whole, clock.ZONE).replace(microsecond=part)


def _place(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def _told(row: AuditEvent, units: dict[tuple[int, str], str]) -> dict[str, Any]:
    """一行：names of officials are shown in full — they acted in office."""
    role = ROLES.get(row.role)
    unit = units.get((row.user_id or 0, row.role), "")
    refused = row.result.removeprefix(REFUSED) if row.result.startswith(REFUSED) else ""
    return {
        "at": row.at,
        "icon": "ban" if refused else "eye",
        "who": row.actor,
        "unit": " · ".join(x for x in (unit, role.title if role else "") if x) or "平台",
        "action": row.action,
        "why": row.note,
        "refused": refused,
    }
