"""园长放行：the recorded way out when a pick-up was refused in red."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.selectors import list_refused_pickups, list_releases, today_board
from tuoyu.domains.attendance.services import WORDS, NewEvent, grant_release, record
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.ends.institution import reads
from tuoyu.ends.institution.forms import ReleaseForm
from tuoyu.ends.institution.shell import ask, by, day_of, done, number, own

PERMISSION = "inst:release:grant"


@page(PERMISSION, title="接走放行")
def releases(request: Request) -> HttpResponse:
    """被拒的接走与放行。"""
    scope, inst, day = request.actor.scope, own(request), day_of(request.GET.get("day"))
    refused = list(list_refused_pickups(scope, day).filter(institution_id=inst.pk))
    granted = list(list_releases(scope, day).filter(institution_id=inst.pk))
    ids = [r.child_id for r in refused] + [g.child_id for g in granted]
    names = names_of_enrolled(scope, ids)
    people = reads.guardian_names(scope, ((r.child_id, r.guardian_id) for r in refused))
    context = {
        "page_title": "接走放行",
        "day": day,
        "refused": [
            {
                "it": r,
                "name": names.get(r.child_id, reads.GONE),
                "who": people.get((r.child_id, r.guardian_id), "身份不明"),
                "why": _short(r.code),
                "released": any(g.child_id == r.child_id and g.at >= r.at for g in granted),
            }
            for r in refused
        ],
        "granted": [{"it": g, "name": names.get(g.child_id, reads.GONE)} for g in granted],
    }
    return render(request, "institution/releases.html", context)


def _short(code: str) -> str:
    return {
        "blocked": "登记为禁止接走",
        "unknown-bearer": "没有接走授权",
        "no-release": "没有放行记录",
    }.get(code, WORDS.get(code, "身份核对未通过"))


@page(PERMISSION, title="登记放行", log="登记放行", methods=("GET", "POST"))
def grant(request: Request) -> HttpResponse:
    """登记放行：who, which document was checked, why; the leaving itself if asked."""
    scope, inst, now = request.actor.scope, own(request), clock.now()
    seen = today_board(scope, inst.pk, clock.day_of(now), now)
    here = [c for r in seen.rooms for c in r.children if c.state == "in"]
    refused = {
        r.child_id: _short(r.code)
        for r in reversed(list_refused_pickups(scope, seen.day).filter(institution_id=inst.pk))
    }
    back = reverse("institution:releases")

    def act(data: dict[str, Any]) -> HttpResponse:
        child_id = data["child"]
        grant_release(
            scope=scope,
            child_id=child_id,
            bearer=data["bearer"],
            document=data["document"],
            reason=data["reason"],
            refused_because=refused.get(child_id, "园长主动登记"),
            by=by(request),
            by_name=request.actor.name,
            at=now,
        )
        if data["leaves"]:
            event = NewEvent(child_id, EventKind.OUT, now, Method.RELEASE, user_id=by(request))
            answer = record(institution_id=inst.pk, events=[event], at=now)[0]
            if answer.outcome == "refused":
                raise DomainError(answer.code, answer.text)
        request.audit_persons = [child_id]
        request.audit_note = f"放行给 {data['bearer']}：{data['reason']}"
        name = next(c.name for c in here if c.child_id == child_id)
        ending = "并登记离园" if data["leaves"] else "，30 分钟内由门口登记离园"
        return done(request, back, f"已放行{name}，由 {data['bearer']} 接走{ending}")

    form = ReleaseForm(
        request.POST or None,
        children=[(c.child_id, c.name) for c in here],
        initial={"child": number(request.GET.get("child"))},
    )
    return ask(
        request,
        form,
        act,
        title="登记放行",
        verb="放行",
        back=back,
        note="先当面核对证件，再电话问监护人；放行由您负责，记录不能删改。",
        note_kind="warn",
    )
