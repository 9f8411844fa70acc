"""计时托、临时托：where there are seats, book in few taps, cancel."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.bookings import rules, services
from tuoyu.domains.bookings.models import Opening
from tuoyu.domains.bookings.rules import clock_words
from tuoyu.domains.bookings.selectors import lists
from tuoyu.domains.bookings.selectors.supply import half_hours
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.enrolment.rules import age_problem
from tuoyu.domains.institutions.selectors import access_public
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show

MAKE = "family:booking:make"
NOON = 12 * 60
WEEK = "一二三四五六日"


@page(MAKE, title="计时托与临时托")
def bookings(request: Request) -> HttpResponse:
    """我的预约，and the institutions that have opened hours."""
    if not own_children(request):
        return show(request, "family/nobody.html", "计时托与临时托")
    picked, now = chosen(request), clock.now()
    rows = lists.list_mine(request.actor.scope, picked.child.pk)
    coming = [r for r in rows if r.booking.is_live and now < r.booking.period.upper]
    own = picked.enrolment.institution_id if picked.enrolment else 0
    places = sorted(lists.list_places(now), key=lambda p: p.institution.pk != own)
    return show(
        request,
        "family/bookings.html",
        "计时托与临时托",
        picked,
        coming=[(r, r.has_begun(now), r.is_free_until(now)) for r in reversed(coming)],
        past=[r for r in rows if r not in coming][:10],
        places=places,
        units=unit_names(),
        back_url=reverse("family:services"),
    )


@page(MAKE, title="选时段")
def place(request: Request, institution_id: int) -> HttpResponse:
    """选时段：remaining seats by the half hour."""
    picked = chosen(request)
    return _place(request, picked, institution_id, "")


def _place(
    request: Request, picked: Chosen, institution_id: int, fault: str, status: int = 200
) -> HttpResponse:
    now = clock.now()
    inst = access_public(institution_id, clock.day_of(now))
    terms = lists.find_terms(institution_id)
    if terms is None:
        raise NotFound
    days = lists.open_days(institution_id, now)
    day = _day(request, days)
    rooms = [] if day is None else lists.openings_on(institution_id, day)
    response = show(
        request,
        "family/booking_new.html",
        inst.name,
        picked,
        inst=inst,
        terms=terms,
        fault=fault,
        days=[(d, f"{d:%m-%d}", f"周{WEEK[d.weekday()]}", d == day) for d in days],
        day=day,
        rooms=[_room(picked, o, now) for o in rooms],
        kept=request.POST,
        back_url=f"{reverse('family:bookings')}?child={picked.child.pk}",
    )
    response.status_code = status
    return response


def _day(request: Request, days: list[date]) -> date | None:
    asked = request.POST.get("day") or request.GET.get("day")
    found = next((d for d in days if f"{d:%Y-%m-%d}" == asked), None)
    return found or (days[0] if days else None)


def _room(picked: Chosen, opening: Opening, now: Any) -> dict[str, Any]:
    """一个班：its half hours, what may be chosen, or why not."""
    group = opening.class_group
    kind = current_book().national.class_types[group.class_type]
    halves = half_hours(opening, now)
    started = [h for h in halves if clock.at(opening.day, *divmod(h.minute, 60)) <= now]
    ahead = [h for h in halves if h not in started]
    prices = lists.prices_of(opening.institution_id, group.class_type, opening.day)
    return {
        "opening": opening,
        "name": group.name,
        "why_not": _in_care(picked, opening)
        or age_problem(kind, picked.child.born_on, opening.day),
        "halves": ahead,
        "prices": prices,
        "presets": _presets(rules.free_runs(ahead)),
        "starts": [clock_words(h.minute) for h in ahead if h.seats > 0],
        "ends": [clock_words(h.minute + rules.STEP) for h in ahead if h.seats > 0],
    }


def _in_care(picked: Chosen, opening: Opening) -> str:
    """那天本来就在托：said before anything is filled in."""
    stay = picked.enrolment
    if stay is None or stay.form != ServiceForm.FULL_DAY or opening.day not in stay.period:
        return ""
    return f"{picked.child.name}这一天本来就在{stay.institution.name}全日托，不用预约"


def _presets(runs: list[tuple[int, int]]) -> list[dict[str, str]]:
    """现成的几段：morning, afternoon, whole; each without a gap."""
    if not runs:
        return []
    start, end = max(runs, key=lambda r: r[1] - r[0])
    found = [("整段", start, end)]
    if start < NOON < end:
        found = [("上午", start, NOON), ("下午", NOON, end), ("全天", start, end)]
    return [
        {
            "title": title,
            "value": f"{a}-{b}",
            "note": f"{clock_words(a)}–{clock_words(b)}",
        }
        for title, a, b in found
    ]


@page(MAKE, title="预约托位", log="预约计时托", methods=("POST",))
def book(request: Request, opening_id: int) -> HttpResponse:
    """预约；what was typed stays when it does not work."""
    picked = chosen(request)
    opening = Opening.objects.unscoped(reason=lists.PUBLIC).filter(pk=opening_id).first()
    if opening is None:
        raise NotFound
    try:
        made = services.book(
            wish=_wish(request, opening_id, picked), by=request.actor, at=clock.now()
        )
    except NotFound:
        raise
    except DomainError as error:
        return _place(request, picked, opening.institution_id, error.text, 422)
    request.audit_persons = [picked.child.pk]
    (row,) = lists.rows_of([made])
    request.audit_note = f"{made.day} {row.span}"
    messages.success(
        request, f"已预约 {made.day:%m-%d} {row.span}，{made.cancel_until:%m-%d %H:%M} 前可免费取消"
    )
    return redirect(f"{reverse('family:bookings')}?child={picked.child.pk}")


def _wish(request: Request, opening_id: int, picked: Chosen) -> services.Wish:
    data = request.POST
    preset = data.get("when", "")
    if preset and preset != "own":
        start, _, end = preset.partition("-")
    else:
        start, end = data.get("from", ""), data.get("to", "")
    return services.Wish(
        opening_id=opening_id,
        child_id=picked.child.pk,
        from_minute=_minute(start),
        to_minute=_minute(end),
        form=data.get("form", ""),
        is_well=data.get("well") == "1",
        health_note=data.get("note", "")[:200],
    )


def _minute(text: str) -> int:
    """540 或 09:00。"""
    hour, colon, rest = text.partition(":")
    if not colon and text.isdecimal() and len(text) < 5:
        return int(text)
    if colon and hour.isdecimal() and rest.isdecimal() and len(text) <= 5:
        return int(hour) * 60 + int(rest)
    raise DomainError("hours", "没有选起止时间，请选一段或填写起止时间")


@page(MAKE, title="取消预约", log="取消计时托预约", methods=("POST",))
def cancel(request: Request, booking_id: int) -> HttpResponse:
    """取消。"""
    found = services.cancel(booking_id=booking_id, by=request.actor, at=clock.now())
    request.audit_persons, request.audit_note = [found.child_id], f"{found.day}"
    late = found.cancelled_at is not None and found.cancelled_at >= found.cancel_until
    messages.success(
        request,
        "已取消；已过免费取消的时限，园方会看到" if late else "已取消，没有费用",
    )
    return redirect(f"{reverse('family:bookings')}?child={found.child_id}")
