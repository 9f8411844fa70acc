"""给第三方登录页补上页面声明：so that the route walk finds every route declared."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from tuoyu.core.access import Page


def declared(
    view: Callable[..., Any], title: str, *, why_public: str = "", signed_in: bool = False
) -> Callable[..., HttpResponse]:
    """声明：the view keeps its own checks (allauth's), we say who may come and why."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    inner.page = Page(  # type: ignore[attr-defined]
        None, title, why_public=why_public, signed_in=signed_in, methods=("GET", "POST")
    )
    return inner
