"""医育端今日：contracted institutions and what their morning checks found."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.indicators.morning import Exceptions, morning_exceptions
from tuoyu.domains.indicators.today import institutions_today
from tuoyu.domains.institutions.models import Contract
from tuoyu.domains.institutions.selectors import latest_contracts

GUIDE_EVERY_DAYS = 92


@page("clinic:home:view", title="今日", log="查看晨检异常", sensitive=True)
def home(request: Request) -> HttpResponse:
    """医生首页：names stand in full here, since the parents agreed to it; each look is logged."""
    now, scope = clock.now(), request.actor.scope
    found = morning_exceptions(scope, now.date())
    request.audit_persons = sorted({e.child_id for e in found.rows})
    days = institutions_today(scope, now)
    contracts = latest_contracts(scope)
    names = {d.id: d.name for d in days}
    context = {
        "page_title": heading(found),
        "day_text": f"{now:%m 月 %d 日} · 签约 {len(days)} 家",
        "rows": [{"of": e, "institution": names.get(e.institution_id, "")} for e in found.rows],
        "withheld": sum(found.withheld.values()),
        "institutions": [
            {
                "of": d,
                "exceptions": sum(e.institution_id == d.id for e in found.rows),
                "withheld": found.withheld.get(d.id, 0),
                **signing(contracts.get(d.id), now.date()),
            }
            for d in days
        ],
        "today": now.date(),
    }
    return render(request, "clinic/home.html", context)


def heading(found: Exceptions) -> str:
    return f"今晨 {len(found.rows)} 例晨检异常" if found.rows else "今晨没有晨检异常"


def signing(contract: Contract | None, on: date) -> dict[str, Any]:
    """签约状态。A contract without guidance for a quarter wants a visit."""
    if contract is None:
        return {"contract": None, "state": "未签约", "tone": "danger"}
    if on not in contract.period:
        return {"contract": contract, "state": "签约已到期", "tone": "danger"}
    guided = contract.guided_on
    if guided is None:
        return {"contract": contract, "state": "尚未指导", "tone": "warn"}
    if (on - guided).days > GUIDE_EVERY_DAYS:
        return {"contract": contract, "state": "本季待指导", "tone": "warn"}
    return {"contract": contract, "state": "有效", "tone": "ok"}
