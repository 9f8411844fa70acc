"""伤害记录：draft, file, call, share, sign; the page of what still lacks a signature."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files import images
from tuoyu.core.files.download import picture
from tuoyu.core.files.services import open_file
from tuoyu.domains.children.models import Child
from tuoyu.domains.incidents import rules, services
from tuoyu.domains.incidents.models import Grade, Incident, IncidentSign, IncidentState, Kind
from tuoyu.domains.incidents.selectors import incidents as selectors
from tuoyu.domains.incidents.states import RECORD, SIGN
from tuoyu.ends.institution.shell import number, own

SPAN = 90
TONES: dict[str, str] = {Grade.MINOR: "", Grade.MODERATE: "warn", Grade.GRAVE: "danger"}


@page(RECORD, title="伤害记录")
def listing(request: Request) -> HttpResponse:
    """一览；``?show=missing`` is the page of missing signatures."""
    scope, missing = request.actor.scope, request.GET.get("show") == "missing"
    lacking = selectors.list_missing(scope)
    since = clock.today() - timedelta(days=SPAN)
    rows = lacking if missing else selectors.list_incidents(scope, since=since)
    base = reverse("institution:incidents")
    context = {
        "page_title": "伤害记录",
        "tabs": [
            {"title": "近三个月", "url": base, "current": not missing},
            {
                "title": "缺签字",
                "url": f"{base}?show=missing",
                "count": len(lacking),
                "current": missing,
                "hot": bool(lacking),
            },
        ],
        "rows": [(r, *words_of(r.it)) for r in rows],
        "missing": missing,
    }
    return render(request, "institution/incidents.html", context)


def words_of(it: Incident) -> tuple[str, str, str]:
    """类型、轻重与颜色。"""
    if it.state == IncidentState.DRAFT:
        return str(Kind(it.kind).label), "草稿", "info"
    return str(Kind(it.kind).label), str(Grade(it.grade).label), TONES[it.grade]


@page(RECORD, title="记一次伤害", log="起草伤害记录", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """起草。"""
    if request.method != "POST":
        return _form(request, None, "")
    try:
        child = number(request.POST.get("child"))
        if child is None:
            raise DomainError("child", "没有选孩子，请先选")
        made = services.draft(child_id=child, note=_note(request), by=request.actor, at=clock.now())
    except NotFound:
        raise
    except DomainError as error:
        return _form(request, None, error.text)
    request.audit_persons = [made.child_id]
    messages.success(request, "草稿已存，只有本园看得到；核对后提交")
    return redirect("institution:incident", made.pk)


@page(RECORD, title="改伤害记录", log="改伤害记录草稿", methods=("GET", "POST"))
def edit(request: Request, incident_id: int) -> HttpResponse:
    """改草稿。"""
    found = selectors.access_incident(request.actor.scope, incident_id)
    request.audit_persons = [found.child_id]
    if found.state != IncidentState.DRAFT:
        raise DomainError("filed", "记录已提交，正文不能再改；要补充或更正，请在时间线加一条")
    if request.method != "POST":
        return _form(request, found, "")
    try:
        services.revise(incident_id=found.pk, note=_note(request), by=request.actor, at=clock.now())
    except NotFound:
        raise
    except DomainError as error:
        return _form(request, found, error.text)
    messages.success(request, "草稿已改")
    return redirect("institution:incident", found.pk)


def _note(request: Request) -> services.Note:
    sent = request.POST
    return services.Note(
        happened_at=moment(sent.get("at", "")),
        place=sent.get("place_other", "").strip() or sent.get("place", ""),
        kind=sent.get("kind", ""),
        marks=sent.getlist("mark"),
        facts=sent.getlist("fact"),
        what=sent.get("what", "")[:600],
        first_aid=sent.get("first_aid", "")[:400],
        inner=sent.get("inner", "")[:400],
    )


def moment(text: str) -> datetime:
    """页面上填的时刻。"""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)
    except ValueError as error:
        raise DomainError("at", "时间没有填或写法不对，请选日期和时间") from error


def _form(request: Request, found: Incident | None, error: str) -> HttpResponse:
    sent = request.POST
    kept: dict[str, Any] = {
        k: sent.get(k, "") for k in ("at", "place", "kind", "what", "first_aid", "inner")
    }
    marks, facts = sent.getlist("mark"), sent.getlist("fact")
    if found is not None and not sent:
        kept = {
            "at": f"{found.happened_at.astimezone(clock.ZONE):%Y-%m-%dT%H:%M}",
            "place": found.place, "kind": found.kind, "what": found.what or "",
            "first_aid": found.first_aid or "", "inner": found.inner or "",
        }  # fmt: skip
        marks, facts = found.marks, found.facts
    kept["at"] = kept["at"] or f"{clock.now():%Y-%m-%dT%H:%M}"
    rows = Child.objects.visible_to(request.actor.scope)
    children = rows.filter(institution_id=own(request).pk).order_by("search", "name")
    picked = number(sent.get("child") or request.GET.get("child"))
    context = {
        "page_title": "改伤害记录" if found else "记一次伤害",
        "crumbs": [{"title": "伤害记录", "url": reverse("institution:incidents")}],
        "it": found,
        "error": error,
        "kept": kept,
        "children": [] if found else list(children.values_list("pk", "name")),
        "picked": picked,
        "places": rules.PLACES,
        "other_place": kept["place"] if kept["place"] not in rules.PLACES else "",
        "kinds": Kind.choices,
        "facts": [(c, t, c in facts, rules.is_grave(c)) for c, t in rules.FACTS.items()],
        "parts": [(c, t, c in marks) for c, t in rules.PARTS.items()],
        "marks": marks,
        "words": selectors.parts_words(marks),
        "most": f"{clock.now():%Y-%m-%dT%H:%M}",
    }
    status = 422 if error else 200
    return render(request, "institution/incident_form.html", context, status=status)


@page(RECORD, title="伤害记录", log="查看伤害记录", sensitive=True)
def detail(request: Request, incident_id: int) -> HttpResponse:
    """一份伤害记录。"""
    scope, now = request.actor.scope, clock.now()
    it = selectors.access_incident(scope, incident_id)
    request.audit_persons = [it.child_id]
    kind, grade, tone = words_of(it)
    signs = selectors.signs_of(scope, it)
    case = selectors.case_of(scope, it)
    others = selectors.colleagues(it.institution_id)
    is_director = request.actor.may(SIGN)
    mine = {s.by_user for s in signs.values() if s.who != IncidentSign.Who.PARENT}
    context = {
        "page_title": f"{it.child.name}：{kind}",
        "crumbs": [{"title": "伤害记录", "url": reverse("institution:incidents")}],
        "it": it,
        "grade": grade,
        "tone": tone,
        "is_draft": it.state == IncidentState.DRAFT,
        "marks": it.marks,
        "words": selectors.parts_words(it.marks),
        "facts": facts_of(it),
        "proposed": Grade(it.proposed).label,
        "why": rules.why(it.kind, it.facts),
        "grades": [(c, t, c == it.proposed) for c, t in Grade.choices],
        "entries": selectors.entries_of(it),
        "signs": [(str(w.label), signs.get(w)) for w in selectors.NEEDED],
        "may_sign": it.state == IncidentState.FILED
        and request.actor.user_id not in mine
        and _place_of(request, it) not in signs,
        "wants_parent": it.state == IncidentState.FILED and IncidentSign.Who.PARENT not in signs,
        "others": [(i, n) for i, n in others if i != request.actor.user_id],
        "shown": [(c, t, c in it.shows, c in rules.ALWAYS_SHOWN) for c, t in rules.SHOWN.items()],
        "is_director": is_director,
        "call_first": it.grade != Grade.MINOR and it.called_at is None,
        "may_raise": it.state == IncidentState.FILED and it.grade != Grade.GRAVE,
        "case": case,
        "case_state": case.state_of if case else None,
        "case_clock": clock_of(case, now) if case and case.closed_at is None else None,
        "now_text": f"{now:%Y-%m-%dT%H:%M}",
        "accept": images.ACCEPT,
    }
    return render(request, "institution/incident.html", context)


def _place_of(request: Request, it: Incident) -> str:
    """As whom the viewer would sign."""
    director = request.actor.may(SIGN) and it.made_by != request.actor.user_id
    return IncidentSign.Who.DIRECTOR if director else IncidentSign.Who.STAFF


def facts_of(it: Incident) -> list[dict[str, str]]:
    """记录的各项。"""
    rows = [
        ("时间", f"{it.happened_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"),
        ("地点", it.place or "—"),
        ("部位", selectors.parts_words(it.marks)),
        ("情况", "、".join(rules.FACTS[f] for f in it.facts if f in rules.FACTS) or "—"),
        ("经过", it.what or "—"),
        ("处置", it.first_aid or "—"),
        ("记录人", f"{it.made_by_name}，{it.made_at.astimezone(clock.ZONE):%m-%d %H:%M}"),
    ]
    return [{"name": k, "text": str(v)} for k, v in rows]


@page(RECORD, title="打印伤害记录", log="打印伤害记录", sensitive=True)
def printed(request: Request, incident_id: int) -> HttpResponse:
    """打印：A4, with room for signatures on paper."""
    scope = request.actor.scope
    it = selectors.access_incident(scope, incident_id)
    request.audit_persons = [it.child_id]
    inst = own(request)
    signs = selectors.signs_of(scope, it)
    context = {
        "print_title": "伤害事件记录表",
        "print_unit": inst.name,
        "print_period": f"{it.happened_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
        "portrait": True,
        "back_url": reverse("institution:incident", args=[it.pk]),
        "it": it,
        "facts": facts_of(it),
        "grade": words_of(it)[1],
        "kind": words_of(it)[0],
        "marks": it.marks,
        "words": selectors.parts_words(it.marks),
        "entries": selectors.entries_of(it),
        "signed": [(str(w.label), signs.get(w)) for w in selectors.NEEDED],
    }
    return render(request, "institution/incident_print.html", context)


@page(RECORD, title="伤害照片", log="查看伤害照片", sensitive=True)
def photo(request: Request, incident_id: int) -> HttpResponse:
    """照片。"""
    it = selectors.access_incident(request.actor.scope, incident_id)
    request.audit_persons = [it.child_id]
    if it.photo_id is None:
        raise NotFound
    return picture(*open_file(request.actor.scope, it.photo_id))
