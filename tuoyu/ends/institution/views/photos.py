"""照片：shoot first, tag later, publish; each face only with its guardian's consent."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.images import ACCEPT, read_picture
from tuoyu.domains.attendance.selectors import today_board
from tuoyu.domains.moments.models import Photo, PhotoState
from tuoyu.domains.moments.rules import PUBLISH_AT
from tuoyu.domains.moments.selectors import room
from tuoyu.domains.moments.services import photos as services
from tuoyu.ends.institution.shell import by, day_of, number, own

RECORD = "inst:moment:record"
MOST_AT_ONCE = 30
_BADGES = {
    "todo": ("待标记", "warn"),
    "ready": ("待发布", "info"),
    "held": ("暂不发布", ""),
    PhotoState.PUBLISHED: ("已发布", "ok"),
    PhotoState.WITHHELD: ("不发布", "danger"),
}


@page(RECORD, title="照片")
def photos(request: Request) -> HttpResponse:
    """某日的照片，和今天还没有照片的孩子（帮老师想起，不是定额）。"""
    scope, day, inst = request.actor.scope, day_of(request.GET.get("day")), own(request)
    wanted = number(request.GET.get("room"))
    faces = _faces(request, day)
    rooms = {f.class_group_id: f.class_name for f in faces}
    if wanted is not None and wanted not in {c.pk for c in inst.classes.all()}:
        raise NotFound
    found = room.list_photos(scope, day, wanted)
    tiles = [_tile(p) for p in found]
    lacking = [
        f for f in faces if not f.has_photo and f.may_tag and wanted in (None, f.class_group_id)
    ]
    context = {
        "page_title": "照片",
        "day": day,
        "is_today": day == clock.today(),
        "tiles": tiles,
        "todo": sum(t["mark"] == "todo" for t in tiles),
        "ready": sum(t["mark"] == "ready" for t in tiles),
        "lacking": lacking,
        "chips": _chips(rooms, wanted, day),
        "room_id": wanted or "",
        "left_over": room.left_over_day(scope, day),
        "accept": ACCEPT,
        "hour": PUBLISH_AT,
        "most": MOST_AT_ONCE,
    }
    return render(request, "institution/photos.html", context)


def _faces(request: Request, day: date) -> list[room.Face]:
    """到园的儿童；on a past day all who were enrolled."""
    scope, now = request.actor.scope, clock.now()
    if day != clock.today():
        return room.list_faces(scope, day)
    board = today_board(scope, request.actor.institution_id, day, now)
    came = [c.child_id for r in board.rooms for c in r.children if c.state in ("in", "out")]
    return room.list_faces(scope, day, came)


def _tile(photo: Photo) -> dict[str, Any]:
    mark = _mark(photo)
    text, kind = _BADGES[mark]
    tags = list(photo.tags.all())
    names = "、".join(t.child.name for t in tags[:3]) + (
        f"等 {len(tags)} 人" if len(tags) > 3 else ""
    )
    return {"photo": photo, "mark": mark, "badge": text, "kind": kind, "names": names}


def _mark(photo: Photo) -> str:
    if photo.state != PhotoState.DRAFT:
        return str(photo.state)
    if photo.is_held:
        return "held"
    return "ready" if photo.tags.all() else "todo"


def _chips(rooms: dict[int, str], wanted: int | None, day: date) -> list[dict[str, Any]]:
    base = reverse("institution:photos")
    tail = "" if day == clock.today() else f"&day={day}"
    whole = {"title": "全部", "url": f"{base}?{tail[1:]}", "current": wanted is None}
    return [whole] + [
        {"title": name, "url": f"{base}?room={pk}{tail}", "current": pk == wanted}
        for pk, name in rooms.items()
    ]


@page(RECORD, title="传照片", log="上传照片", methods=("POST",))
def upload(request: Request) -> HttpResponse:
    """收照片：one that is refused does not hold up the others."""
    inst, now, sent = own(request), clock.now(), request.FILES.getlist("photo")
    wanted = number(request.POST.get("room"))
    if wanted is not None and not inst.classes.filter(pk=wanted).exists():
        raise NotFound
    back = reverse("institution:photos") + (f"?room={wanted}" if wanted else "")
    if not sent:
        raise DomainError("no-photo", "还没有选照片，请点「拍照或选照片」后再上传")
    if len(sent) > MOST_AT_ONCE:
        raise DomainError(
            "many", f"一次最多传 {MOST_AT_ONCE} 张，这次选了 {len(sent)} 张，请分几次上传"
        )
    made, refused = [], []
    for file in sent:
        try:
            shot = services.Shot(read_picture(file), now, wanted)
            made.append(services.add_photo(institution=inst, shot=shot, by=by(request), at=now))
        except DomainError as error:
            refused.append(f"{file.name}：{error.text}")
    for text in refused:
        messages.error(request, text)
    request.audit_note = f"{len(made)} 张"
    if not made:
        if len(refused) == 1:
            raise DomainError("photo", refused[0])
        return redirect(back)
    messages.success(request, f"已收到 {len(made)} 张，请标出照片里是谁")
    return redirect("institution:photo", photo_id=made[0].pk)


@page(RECORD, title="标记照片", log="处理照片", methods=("GET", "POST"))
def photo(request: Request, photo_id: uuid.UUID) -> HttpResponse:
    """一张照片：who is in it, a word, and when it goes out."""
    found = room.access_photo(request.actor.scope, photo_id)
    if request.method == "POST":
        return _act(request, found)
    day = clock.day_of(found.taken_at)
    named = set(found.tags.values_list("child_id", flat=True))
    faces = _faces(request, day)
    have = {f.id for f in faces}
    faces += list(room.list_faces(request.actor.scope, clock.today(), named - have))
    groups = _by_room(faces, found.class_group_id)
    text, kind = _BADGES[_mark(found)]
    context = {
        "page_title": "标记照片" if found.state == PhotoState.DRAFT else "照片",
        "it": found,
        "is_draft": found.state == PhotoState.DRAFT,
        "is_withheld": found.state == PhotoState.WITHHELD,
        "badge": text,
        "kind": kind,
        "named": named,
        "groups": groups,
        "hour": PUBLISH_AT,
        "back": reverse("institution:photos"),
        "next": _next_todo(request, found),
    }
    return render(request, "institution/photo.html", context)


def _by_room(faces: list[room.Face], first: int | None) -> list[tuple[str, list[room.Face]]]:
    """按班分组，照片所在的班在前。"""
    groups: dict[int, list[room.Face]] = {first: []} if first is not None else {}
    for face in faces:
        groups.setdefault(face.class_group_id, []).append(face)
    return [(found[0].class_name, found) for found in groups.values() if found]


def _next_todo(request: Request, before: Photo) -> Photo | None:
    """下一张没有标记的：so that a batch is tagged in one go."""
    rows = room.list_photos(request.actor.scope, clock.day_of(before.taken_at))
    return next((p for p in rows if p.pk != before.pk and _mark(p) == "todo"), None)


def _act(request: Request, found: Photo) -> HttpResponse:
    scope, user, now, do = request.actor.scope, by(request), clock.now(), request.POST.get("do")
    request.audit_persons = list(found.tags.values_list("child_id", flat=True))
    if do == "remove":
        services.remove_photo(scope=scope, photo_id=found.pk, by=user, at=now)
        return _after(request, None, "已删除，照片内容已抹去")
    if do == "withhold":
        services.withhold(scope=scope, photo_id=found.pk)
        return _after(request, found, "已记为不发布：画面里有未同意拍照的孩子，谁家都看不到")
    if do not in ("save", "publish"):
        raise NotFound
    children = [c for v in request.POST.getlist("child") if (c := number(v)) is not None]
    services.tag_children(scope=scope, photo_id=found.pk, child_ids=children, by=user, at=now)
    services.describe(
        scope=scope,
        photo_id=found.pk,
        caption=request.POST.get("caption", ""),
        is_held=request.POST.get("held") == "1",
    )
    request.audit_persons = children
    if do == "save":
        return _after(request, found, f"已保存，{PUBLISH_AT:%H:%M} 自动发布")
    services.publish_photo(scope=scope, photo_id=found.pk, by=user, at=now)
    return _after(request, found, f"已发布给 {len(children)} 家")


def _after(request: Request, found: Photo | None, text: str) -> HttpResponse:
    messages.success(request, text)
    following = _next_todo(request, found) if found is not None else None
    if following is not None:
        return redirect("institution:photo", photo_id=following.pk)
    return redirect("institution:photos")


@page(RECORD, title="发布照片", log="发布照片", methods=("POST",))
def publish(request: Request) -> HttpResponse:
    """标好的一次发布。"""
    scope, now = request.actor.scope, clock.now()
    ready = [p for p in room.list_photos(scope, clock.today()) if _mark(p) == "ready"]
    request.audit_persons = sorted({t.child_id for p in ready for t in p.tags.all()})
    for each in ready:
        services.publish_photo(scope=scope, photo_id=each.pk, by=by(request), at=now)
    messages.success(request, f"已发布 {len(ready)} 张")
    return redirect("institution:photos")


@page(RECORD, title="照片小图")
def thumb(request: Request, photo_id: uuid.UUID) -> HttpResponse:
    """小图。"""
    return _image(request, room.access_photo(request.actor.scope, photo_id), "thumb")


@page(RECORD, title="照片大图", log="看照片", sensitive=True)
def screen(request: Request, photo_id: uuid.UUID) -> HttpResponse:
    """大图：each look is written for the families of the children in it."""
    found = room.access_photo(request.actor.scope, photo_id)
    request.audit_persons = list(found.tags.values_list("child_id", flat=True))
    return _image(request, found, "screen")


def _image(request: Request, found: Photo, size: str) -> HttpResponse:
    """Kept by the browser, but asked for each time: who may no longer see it gets 404."""
    tag = f'"{found.screen[:20]}-{size}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(room.picture_of(found, size), content_type="image/jpeg")
        response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response
