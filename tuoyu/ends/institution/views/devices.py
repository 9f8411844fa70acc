"""门口设备：a pairing code shown once, the paired tablets, and taking one out of use."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.devices.selectors import list_devices
from tuoyu.domains.devices.services import CODE_LIVES, make_pairing_code, revoke_device
from tuoyu.ends.institution.shell import by, done, own

PERMISSION = "inst:device:pair"


@page(PERMISSION, title="门口设备")
def devices(request: Request) -> HttpResponse:
    """门口设备。"""
    return _devices(request)


def _devices(request: Request, **more: Any) -> HttpResponse:
    rows = list(list_devices(request.actor.scope).filter(institution_id=own(request).pk))
    context = {
        "page_title": "门口设备",
        "using": [d for d in rows if d.revoked_at is None],
        "gone": [d for d in rows if d.revoked_at is not None],
        "door_url": request.build_absolute_uri("/kiosk/"),
        "room_url": request.build_absolute_uri(reverse("institution:tablet")),
    }
    return render(request, "institution/devices.html", context | more)


@page(PERMISSION, title="生成配对码", log="生成配对码", methods=("POST",))
def code(request: Request) -> HttpResponse:
    """生成配对码：shown in this answer and nowhere else."""
    now = clock.now()
    made = make_pairing_code(
        scope=request.actor.scope, institution_id=own(request).pk, by=by(request), at=now
    )
    minutes = int(CODE_LIVES.total_seconds() // 60)
    return _devices(
        request,
        code=f"{made[:4]} {made[4:]}",
        until=now + CODE_LIVES,
        minutes=minutes,
        left=f"剩 {minutes} 分",
    )


@page(PERMISSION, title="停用设备", log="停用设备", methods=("POST",))
def revoke(request: Request, device_id: uuid.UUID) -> HttpResponse:
    """停用：what it sent before stays; it can send nothing more."""
    device = revoke_device(scope=request.actor.scope, device_id=device_id, at=clock.now())
    request.audit_note = f"停用 {device.name}"
    return done(request, reverse("institution:devices"), f"{device.name} 已停用")
