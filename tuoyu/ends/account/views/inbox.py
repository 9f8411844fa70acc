"""消息箱与提醒设置：for everybody who signs in; the family reads its box in its own end."""

from __future__ import annotations

import json
from datetime import time, timedelta
from pathlib import Path

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.messages import services
from tuoyu.domains.messages.channels.push import public_key
from tuoyu.domains.messages.kinds import KINDS
from tuoyu.domains.messages.models import PushSubscription
from tuoyu.domains.messages.selectors.box import list_box, preference_of
from tuoyu.domains.messages.services import subscribing

SPAN = 31
WORKER = Path(__file__).resolve().parents[1] / "static/account/push_worker.js"


@page(None, title="消息", signed_in=True)
def box(request: Request) -> HttpResponse:
    """消息箱：opening it is reading it."""
    scope, now = request.actor.scope, clock.now()
    rows = list_box(scope, since=now - timedelta(days=SPAN), most=100)
    at_home = request.actor.end == "family"
    told = [
        {
            "row": m,
            "kind": KINDS[m.kind],
            "is_new": m.read_at is None and not m.is_muted,
            # A page of the family is not found in another role: say where it is instead.
            "is_elsewhere": m.url.startswith("/family/") and not at_home,
        }
        for m in rows
    ]
    services.mark_read(scope, at=now)
    context = {"page_title": "消息", "told": told, "span": SPAN}
    return render(request, "account/inbox.html", context)


@page(None, title="提醒设置", log="提醒设置", signed_in=True, methods=("GET", "POST"))
def settings(request: Request) -> HttpResponse:
    """提醒设置：quiet hours, a switch a kind, the browsers that may ring."""
    user_id = request.actor.user_id or 0
    errors: list[str] = []
    if request.method == "POST":
        try:
            services.set_preference(
                user_id=user_id,
                quiet=request.POST.get("quiet") == "1",
                hours=(_time(request, "quiet_from"), _time(request, "quiet_to")),
                muted=[k for k in KINDS if request.POST.get(f"on_{k}") != "1"],
            )
            messages.success(request, "提醒设置已保存")
            return redirect("account_message_settings")
        except DomainError as error:
            errors = [error.text]
    chosen = preference_of(user_id)
    response = render(
        request,
        "account/message_settings.html",
        {
            "page_title": "提醒设置",
            "errors": errors,
            "chosen": chosen,
            "kinds": [
                {"kind": k, "on": k.is_grave or k.code not in chosen.muted} for k in KINDS.values()
            ],
            "browsers": list(
                PushSubscription.objects.visible_to(request.actor.scope).filter(ended_at=None)
            ),
            "push_key": public_key(),
        },
    )
    response.status_code = 422 if errors else 200
    return response


def _time(request: Request, name: str) -> time:
    try:
        return time.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise DomainError("time", "免打扰的时间没有填全，请写成 21:00 这样") from error


@page(None, title="开启推送", log="开启浏览器推送", signed_in=True, methods=("POST",))
def subscribe(request: Request) -> HttpResponse:
    """这个浏览器可以响。"""
    try:
        said = json.loads(request.body)
        keys = said["keys"]
        endpoint, p256dh, auth = str(said["endpoint"]), str(keys["p256dh"]), str(keys["auth"])
    except (ValueError, KeyError, TypeError) as error:
        raise DomainError("push", "浏览器给的订阅不完整，请刷新页面后再试") from error
    services.subscribe(
        user_id=request.actor.user_id or 0,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        device=_device(request.headers.get("User-Agent", "")),
        at=clock.now(),
    )
    return JsonResponse({"done": True})


@page(None, title="关闭推送", log="关闭浏览器推送", signed_in=True, methods=("POST",))
def unsubscribe(request: Request, browser_id: int) -> HttpResponse:
    """这个浏览器不再响。"""
    done = subscribing.end(
        user_id=request.actor.user_id or 0, subscription_id=browser_id, at=clock.now()
    )
    if not done:
        raise NotFound
    messages.success(request, "已关闭这个浏览器的推送")
    return redirect("account_message_settings")


def _device(agent: str) -> str:
    """A short name that a person recognises; no more of the browser is kept."""
    where = next(
        (
            n
            for k, n in (("iPhone", "苹果手机"), ("Android", "安卓手机"), ("iPad", "平板"))
            if k in agent
        ),
        "电脑",
    )
    with_ = next(
        (n for k, n in (("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "火狐"),
                        ("Chrome", "Chrome"), ("Safari", "Safari")) if k in agent),
        "浏览器",
    )  # fmt: skip
    return f"{where} · {with_}"


@page(None, title="推送程序", why_public="浏览器取用的程序，不含任何人的资料")
def worker(request: Request) -> HttpResponse:
    """推送程序：shows what arrives, opens its page on a tap."""
    return HttpResponse(
        WORKER.read_text(),
        content_type="text/javascript; charset=utf-8",
        headers={
            "Cache-Control": "no-cache",
            "Service-Worker-Allowed": reverse("account_messages"),
        },
    )
