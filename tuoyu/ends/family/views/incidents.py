"""伤害记录：only what the institution chose to show, then the signature that one has read it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock, rls
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.core.files.download import picture
from tuoyu.core.files.services import open_file
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.incidents import services
from tuoyu.domains.incidents.models import IncidentSign, Kind
from tuoyu.domains.incidents.selectors import incidents as selectors
from tuoyu.domains.incidents.states import FAMILY
from tuoyu.ends.family.shell import chosen, own_children, show

SPAN = 366


@page(FAMILY, title="伤害记录")
def listing(request: Request) -> HttpResponse:
    """发给我的伤害记录。"""
    if not own_children(request):
        return show(request, "family/nobody.html", "伤害记录")
    picked = chosen(request)
    since = clock.today() - timedelta(days=SPAN)
    rows = selectors.list_incidents(request.actor.scope, since=since, child_id=picked.child.pk)
    return show(
        request, "family/incidents.html", "伤害记录", picked,
        rows=[(r.it, str(Kind(r.it.kind).label), IncidentSign.Who.PARENT in r.signed)
              for r in rows],
        back_url=reverse("family:services"),
    )  # fmt: skip


@page(FAMILY, title="伤害记录")
def detail(request: Request, incident_id: int) -> HttpResponse:
    """一份伤害记录。"""
    seen = selectors.family_view(request.actor.scope, incident_id)
    found = selectors.access_incident(request.actor.scope, incident_id)
    signs = selectors.signs_of(request.actor.scope, found)
    facts = [
        ("时间", f"{seen.happened_at.astimezone(clock.ZONE):%m-%d %H:%M}"),
        ("地点", seen.place),
        ("类型", seen.kind),
        ("部位", selectors.parts_words(seen.marks)),
        ("经过", seen.what),
        ("处置", seen.first_aid),
        ("轻重", seen.grade),
    ]
    return show(
        request, "family/incident.html", "伤害记录", chosen(request),
        it=seen, facts=[{"name": k, "text": v} for k, v in facts if v],
        marks=list(seen.marks), words=selectors.parts_words(seen.marks),
        signed=signs.get(IncidentSign.Who.PARENT), back_url=reverse("family:incidents"),
    )  # fmt: skip


@page(FAMILY, title="签字", log="伤害记录家长签字", methods=("POST",))
def sign(request: Request, incident_id: int) -> HttpResponse:
    """签字：read, not necessarily agreed."""
    seen = selectors.family_view(request.actor.scope, incident_id)
    services.sign_parent(
        incident_id=seen.id, note=request.POST.get("note", ""), by=request.actor, at=clock.now()
    )
    request.audit_persons = [seen.child_id]
    messages.success(request, "已签字，园方已收到")
    return redirect("family:incident", seen.id)


@page(FAMILY, title="照片")
def photo(request: Request, incident_id: int) -> HttpResponse:
    """照片，园方选择给看的。"""
    seen = selectors.family_view(request.actor.scope, incident_id)
    if seen.photo_id is None:
        raise NotFound
    with rls.as_system("附件按机构存放；已核对照片给家长看"):
        return picture(*open_file(SYSTEM, seen.photo_id))
