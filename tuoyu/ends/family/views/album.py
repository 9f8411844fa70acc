"""相册与成长：what was shown of one's own child, month by month, and all of it in one file."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import month_start
from tuoyu.domains.enrolment.rules import seen_until
from tuoyu.domains.moments.models import Observation, Photo
from tuoyu.domains.moments.rules import area_title
from tuoyu.domains.moments.selectors import family
from tuoyu.domains.moments.selectors.room import picture_of
from tuoyu.ends.family.growth_book import pack
from tuoyu.ends.family.shell import Chosen, chosen, show
from tuoyu.ui.words import age

VIEW = "family:album:view"


@page(VIEW, title="相册与成长")
def album(request: Request) -> HttpResponse:
    """相册：one month a page."""
    picked = chosen(request)
    scope, child = request.actor.scope, picked.child
    photos = family.shown_photos(scope, child.pk)
    notes = family.shared_observations(scope, child.pk)
    months = family.months_of(photos, notes)
    month = _month(request.GET.get("month"), [f"{m:%Y-%m}" for m in months])
    return show(
        request,
        "family/album.html",
        "相册与成长",
        picked,
        months=[{"key": f"{m:%Y-%m}", "title": f"{m.year}年{m.month}月"} for m in months],
        month=month,
        photos=[p for p in photos if _key(p.taken_at) == month],
        notes=[_told(n) for n in notes if _key(n.seen_at) == month],
        month_age=age(child.born_on, month_start(month)) if month else "",
        all_photos=len(photos),
        all_notes=len(notes),
        ends_on=_ends_on(picked),
        back_url=reverse("family:services"),
    )


def _ends_on(picked: Chosen) -> date | None:
    """离园后看到哪一天为止；None while in care."""
    left = picked.enrolment.period.upper if picked.enrolment else None
    return seen_until(left) if left is not None and left <= clock.today() else None


def _month(text: str | None, known: list[str]) -> str:
    if not text:
        return known[0] if known else ""
    if text not in known:
        raise NotFound
    return text


def _key(at: datetime) -> str:
    return f"{at.astimezone(clock.ZONE):%Y-%m}"


def _told(note: Observation) -> dict[str, Any]:
    return {"it": note, "areas": [area_title(a) for a in note.areas]}


@page(VIEW, title="照片")
def photo(request: Request, photo_id: uuid.UUID) -> HttpResponse:
    """一张照片。"""
    found = family.own_photo(request.actor.scope, photo_id)
    return show(request, "family/photo.html", "照片", it=found, back_url=reverse("family:album"))


@page(VIEW, title="照片小图")
def thumb(request: Request, photo_id: uuid.UUID) -> HttpResponse:
    """小图。"""
    return _image(request, family.own_photo(request.actor.scope, photo_id), "thumb")


@page(VIEW, title="照片大图")
def screen(request: Request, photo_id: uuid.UUID) -> HttpResponse:
    """大图。"""
    return _image(request, family.own_photo(request.actor.scope, photo_id), "screen")


def _image(request: Request, found: Photo, size: str) -> HttpResponse:
    """Kept by the browser, but asked for each time: who may no longer see it gets 404."""
    tag = f'"{found.screen[:20]}-{size}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(picture_of(found, size), content_type="image/jpeg")
        response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@page(VIEW, title="导出相册", log="导出相册", sensitive=True)
def export(request: Request) -> HttpResponse:
    """导出：all photos and the growth book, in one file, with one tap."""
    picked = chosen(request)
    scope, child = request.actor.scope, picked.child
    request.audit_persons = [child.pk]
    packed = pack(
        child, family.shown_photos(scope, child.pk), family.shared_observations(scope, child.pk)
    )
    response = FileResponse(packed, content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, "成长相册.zip")
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # a file is streamed
