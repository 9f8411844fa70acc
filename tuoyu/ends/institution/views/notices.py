"""园所通知：write, see who has read, receipted and signed, remind with one tap."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.messages.models import Announcement
from tuoyu.domains.messages.selectors.notices import access_notice, families_of, list_notices
from tuoyu.domains.messages.services import announcing
from tuoyu.ends.institution.shell import done, number, own

VIEW, SEND = "inst:notice:view", "inst:notice:send"


@page(VIEW, title="通知")
def listing(request: Request) -> HttpResponse:
    """发出的通知。"""
    inst = own(request)
    rows = list_notices(request.actor.scope, inst.pk)
    rooms = _rooms(inst.pk)
    return render(
        request,
        "institution/notices.html",
        {
            "page_title": "通知",
            "rows": [{"one": n, "to": _to(n, rooms), "open": _owing(n)} for n in rows],
        },
    )


def _rooms(institution_id: int) -> dict[int, str]:
    rows = ClassGroup.objects.unscoped(reason="机构信息公开").filter(institution_id=institution_id)
    return dict(rows.order_by("pk").values_list("pk", "name"))


def _to(one: Announcement, rooms: dict[int, str]) -> str:
    return "、".join(rooms.get(c, "") for c in one.class_ids) or "全园"


def _owing(one: Any) -> int:
    """还欠着的户数（``one`` is counted by the selector）。"""
    if one.wants_signature:
        return int(one.families - one.signatures)
    return int(one.families - (one.receipts if one.wants_receipt else one.read))


@page(SEND, title="发通知", log="发通知", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """发通知：to all or to some classes; receipt and signature are asked for separately."""
    inst, errors = own(request), []
    if request.method == "POST":
        try:
            made = announcing.announce(
                by=request.actor,
                title=request.POST.get("title", ""),
                body=request.POST.get("body", ""),
                class_ids=[c for c in map(number, request.POST.getlist("room")) if c],
                wants_receipt=request.POST.get("receipt") == "1",
                wants_signature=request.POST.get("signature") == "1",
                at=clock.now(),
            )
            request.audit_note = made.title
            families = made.recipients.values("child_id").distinct().count()
            url = reverse("institution:notice", args=[made.pk])
            return done(request, url, f"已发给 {families} 户")
        except NotFound:
            raise
        except DomainError as error:
            errors = [error.text]
    picked = set(request.POST.getlist("room"))
    fresh = request.method == "GET"
    response = render(
        request,
        "institution/notice_new.html",
        {
            "page_title": "发通知",
            "errors": errors,
            "rooms": [(pk, name, str(pk) in picked) for pk, name in _rooms(inst.pk).items()],
            "title": request.POST.get("title", ""),
            "body": request.POST.get("body", ""),
            "receipt": fresh or request.POST.get("receipt") == "1",
            "signature": request.POST.get("signature") == "1",
            "crumbs": [{"title": "通知", "url": reverse("institution:notices")}],
        },
    )
    response.status_code = 422 if errors else 200
    return response


@page(VIEW, title="通知回执")
def detail(request: Request, notice_id: int) -> HttpResponse:
    """谁看了、谁回执、谁签字：those that still owe something first."""
    own(request)
    one = access_notice(request.actor.scope, notice_id)
    families = families_of(one)
    return render(
        request,
        "institution/notice.html",
        {
            "page_title": one.title,
            "one": one,
            "to": _to(one, _rooms(one.institution_id)),
            "families": families,
            "owing": sum(not f.is_done for f in families),
            "facts": [
                {"name": "发给", "text": f"{len(families)} 户"},
                {"name": "看过", "text": f"{sum(f.read_at is not None for f in families)} 户"},
                *_asked(one, families),
                {"name": "已提醒", "text": f"{one.reminders} 次"},
            ],
            "may_send": request.actor.may(SEND),
            "next_by_sms": one.reminders >= 1,
            "crumbs": [{"title": "通知", "url": reverse("institution:notices")}],
        },
    )


def _asked(one: Announcement, families: list[Any]) -> list[dict[str, str]]:
    found = []
    if one.wants_receipt:
        count = sum(f.receipt_at is not None for f in families)
        found.append({"name": "回执", "text": f"{count} 户"})
    if one.wants_signature:
        count = sum(f.signed is not None for f in families)
        found.append({"name": "签字", "text": f"{count} 户"})
    return found


@page(SEND, title="提醒未回应的家庭", log="提醒回执", methods=("POST",))
def remind(request: Request, notice_id: int) -> HttpResponse:
    """一键提醒。"""
    families, sms = announcing.remind(by=request.actor, notice_id=notice_id, at=clock.now())
    request.audit_note = f"提醒 {families} 户"
    told = f"已提醒 {families} 户" + (f"，另备短信 {sms} 条" if sms else "")
    return done(request, reverse("institution:notice", args=[notice_id]), told)
