"""请求的入口：who acts, and the short way for door devices."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tuoyu.config.actors import actor_for_request

Handler = Callable[[HttpRequest], HttpResponse]
DOOR = "/api/v1/attendance/"


class DoorFastPath:
    """门口设备的短路径：signed device traffic carries no cookie, so nothing about sessions, form
    tokens or pages is worked out for it. Each check it needs stands in the view itself.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == DOOR + "events" and request.method == "POST":
            from tuoyu.ends.openapi.door import receive_events

            return receive_events(request)
        return self.get_response(request)


class ActorMiddleware:
    """当前操作人：``request.actor``, worked out when first asked for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_for_request(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if "text/html" in response.get("Content-Type", ""):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
