"""联络簿（班里）：today's notes by class, answered with a tap."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.messages.rules import ANSWERS
from tuoyu.domains.messages.selectors.book import Page, facts_of, picks_of, room_pages
from tuoyu.domains.messages.services.book import ANSWER, answer, see
from tuoyu.ends.institution.shell import done, number, own


@page(ANSWER, title="联络簿")
def book(request: Request) -> HttpResponse:
    """今天的联络簿；showing the notes is having seen them."""
    return _show(request)


def _show(request: Request, failed: dict[int, str] | None = None) -> HttpResponse:
    inst, now = own(request), clock.now()
    wanted = number(request.GET.get("room"))
    pages = room_pages(request.actor.scope, inst.pk, clock.day_of(now))
    rooms = dict(sorted({(p.class_id, p.class_name) for p in pages}))
    if wanted is not None and wanted not in rooms:
        raise NotFound
    shown = [p for p in pages if wanted in (None, p.class_id)]
    see(by=request.actor, child_ids=[p.child_id for p in shown if p.home], at=now)
    response = render(
        request,
        "institution/book.html",
        {
            "page_title": "联络簿",
            "rooms": _chips(rooms, pages, wanted),
            "noted": [_row(p, failed or {}) for p in shown if p.home],
            "rest": [_row(p, failed or {}) for p in shown if not p.home],
            "answers": ANSWERS,
            "room": wanted or "",
        },
    )
    response.status_code = 422 if failed else 200
    return response


def _chips(rooms: dict[int, str], pages: list[Page], wanted: int | None) -> list[dict[str, Any]]:
    base = reverse("institution:book")
    everybody = {
        "title": "全部", "url": base, "current": wanted is None,
        "count": sum(bool(p.home) for p in pages),
    }  # fmt: skip
    return [
        everybody,
        *(
            {
                "title": name,
                "url": f"{base}?room={pk}",
                "current": pk == wanted,
                "count": sum(bool(p.home) for p in pages if p.class_id == pk),
            }
            for pk, name in rooms.items()
        ),
    ]


def _row(found: Page, failed: dict[int, str]) -> dict[str, Any]:
    return {
        "page": found,
        "home": [{"one": e, "facts": facts_of(e), "is_new": e.seen_at is None} for e in found.home],
        "room": [{"one": e, "picks": picks_of(e)} for e in found.room],
        "error": failed.get(found.child_id, ""),
    }


@page(ANSWER, title="回复联络簿", log="回复联络簿", methods=("POST",))
def reply(request: Request, child_id: int) -> HttpResponse:
    """回一条。"""
    try:
        made = answer(
            by=request.actor,
            child_id=child_id,
            picks=request.POST.getlist("pick"),
            words=request.POST.get("words", ""),
            at=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        return _show(request, {child_id: error.text})
    request.audit_persons = [child_id]
    room = number(request.POST.get("room"))
    url = reverse("institution:book") + (f"?room={room}" if room else "")
    return done(request, url, f"已回复，{made.at.astimezone(clock.ZONE):%H:%M}")
