"""设备接口：pairing, roster, events; its document is /api/v1/openapi.json."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI
from ninja.errors import ValidationError

from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.attendance.services import WORDS
from tuoyu.domains.children.rules import to_bytes
from tuoyu.domains.devices.rules import is_signed, request_text
from tuoyu.domains.devices.selectors import DoorDevice, find_door_device
from tuoyu.domains.devices.services import pair_device
from tuoyu.domains.institutions.models import Institution
from tuoyu.ends.openapi import care, schemas
from tuoyu.ends.openapi.door import MAX_SKEW, receive_events
from tuoyu.ends.openapi.roster import build_roster

api = NinjaAPI(title="托育云 设备接口", version="1", urls_namespace="api", docs_url=None)


class NotTrusted(Exception):
    """签名请求未通过。"""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@api.exception_handler(NotTrusted)
def _not_trusted(request: HttpRequest, why: NotTrusted) -> HttpResponse:
    return _problem(request, why.code, why.text, 401)


@api.exception_handler(DomainError)
def _failed(request: HttpRequest, error: DomainError) -> HttpResponse:
    return _problem(request, error.code, error.text, 422)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = "、".join(sorted({str(e["loc"][-1]) for e in error.errors if e.get("loc")}))
    return _problem(request, "malformed", f"内容不合要求（{fields}），请核对后重发", 422)


def _problem(request: HttpRequest, code: str, text: str, status: int) -> HttpResponse:
    body = {"code": code, "error": text, "now": clock.now()}
    return api.create_response(request, body, status=status)


@api.post(
    "/devices/pair",
    response={200: schemas.PairOut, 400: schemas.Problem, 422: schemas.Problem},
    summary="配对设备",
    tags=["设备"],
)
def pair(request: HttpRequest, body: schemas.PairIn) -> dict[str, Any]:
    """配对设备。"""
    now = clock.now()
    device = pair_device(
        code=body.code,
        name=body.name,
        public_key=to_bytes(body.public_key),
        source=str(request.META.get("REMOTE_ADDR", "")),
        at=now,
    )
    name = Institution.objects.unscoped(reason="机构信息公开").values_list("name", flat=True)
    return {
        "device": device.pk,
        "institution": {
            "id": device.institution_id,
            "name": name.get(pk=device.institution_id),
        },
        "now": now,
    }


@api.get(
    "/devices/roster",
    response={200: schemas.Roster, 401: schemas.Problem, 422: schemas.Problem},
    by_alias=True,
    summary="当日名册（签名请求）",
    tags=["设备"],
)
def roster(
    request: HttpRequest,
    x_device: Header[str],
    x_time: Header[str],
    x_signature: Header[str],
) -> dict[str, Any]:
    """当日名册。"""
    now = clock.now()
    device = _signed(request, x_device, x_time, x_signature, now)
    return build_roster(device, now)


@api.post(
    "/attendance/events",
    response={
        200: schemas.EventsOut,
        401: schemas.Problem,
        413: schemas.Problem,
        422: schemas.Problem,
        503: schemas.Problem,
    },
    summary="上传门口事件（逐包签名）",
    tags=["考勤"],
    openapi_extra={
        "parameters": [
            {"name": "X-Device", "in": "header", "required": True, "schema": {"type": "string"}}
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schemas.EventsIn.model_json_schema()}},
        },
    },
)
def events(request: HttpRequest) -> HttpResponse:
    """上传门口事件；normally answered by the short way, which is the same function."""
    return receive_events(request)


@api.get(
    "/care/state",
    response={200: schemas.CareState, 401: schemas.Problem, 422: schemas.Problem},
    summary="班级页内容（签名请求）",
    tags=["照护"],
)
def care_state(
    request: HttpRequest,
    x_device: Header[str],
    x_time: Header[str],
    x_signature: Header[str],
) -> dict[str, Any]:
    """班级页内容。"""
    now = clock.now()
    return care.room_state(_signed(request, x_device, x_time, x_signature, now), now)


@api.post(
    "/care/unlock",
    response={200: schemas.UnlockOut, 401: schemas.Problem, 422: schemas.Problem},
    summary="核对班级口令（签名请求）",
    tags=["照护"],
)
def care_unlock(
    request: HttpRequest,
    body: schemas.UnlockIn,
    x_device: Header[str],
    x_time: Header[str],
    x_signature: Header[str],
) -> dict[str, Any]:
    """核对班级口令。"""
    now = clock.now()
    device = _signed(request, x_device, x_time, x_signature, now)
    return {"proof": care.room_unlock(device, body.user, body.pin, now), "now": now}


@api.post(
    "/care/events",
    response={
        200: schemas.EventsOut,
        401: schemas.Problem,
        413: schemas.Problem,
        422: schemas.Problem,
    },
    summary="上传班上事件（逐包签名）",
    tags=["照护"],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schemas.EventsIn.model_json_schema()}},
        },
    },
)
def care_events(request: HttpRequest, x_device: Header[str]) -> HttpResponse | dict[str, Any]:
    """上传班上事件。"""
    now = clock.now()
    if len(request.body) > care.MAX_BYTES:
        return _problem(request, "too-large", "一次发送超过 1 MB，请分批发送", 413)
    answers = care.room_events(x_device, request.body, now)
    if answers is None:
        raise NotTrusted("unpaired", WORDS["unpaired"])
    return {"answers": answers, "now": now}


def _signed(
    request: HttpRequest, device_id: str, time: str, signature: str, now: datetime
) -> DoorDevice:
    """签名请求：who, whether by its key, and whether its clock can be believed."""
    try:
        device = find_door_device(uuid.UUID(device_id), now)
        given = to_bytes(signature)
    except ValueError:
        raise NotTrusted("signature", WORDS["signature"]) from None
    if device is None:
        raise NotTrusted("unpaired", WORDS["unpaired"])
    text = request_text(str(request.method), request.get_full_path(), time, request.body)
    if not is_signed(device.key, text, given):
        raise NotTrusted("signature", WORDS["signature"])
    try:
        at = datetime.fromisoformat(time)
        off = abs(at - now) > MAX_SKEW
    except (ValueError, TypeError):
        off = True
    if off:
        raise NotTrusted("skew", "设备时钟偏差超过 10 分钟，请校准时间后再试")
    return device
