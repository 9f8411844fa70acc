"""页面与权限：the first lock. Every route declares itself with ``@page`` (or ``declare`` for API
routes); the same object feeds menu, breadcrumb, buttons, 操作日志 and the repeat-submit guard.

A page that is not among one's permissions answers 「没有找到」, the same as a foreign row.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tuoyu.core import audit, clock, rls
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import NOTHING, Scope

P = ParamSpec("P")


@dataclass(frozen=True)
class Actor:
    """当前操作人：who acts, in which role, over which rows."""

    user_id: int | None
    name: str
    role: str
    role_title: str
    end: str
    permissions: frozenset[str]
    scope: Scope = NOTHING
    assignment_id: int | None = None
    organisation: str = ""
    region_code: str = ""
    region_name: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    @property
    def institution_id(self) -> int:
        """本机构：for roles bound to exactly one."""
        if len(self.scope.institution_ids) != 1:
            raise NotFound
        return next(iter(self.scope.institution_ids))


ANONYMOUS = Actor(None, "访客", "anonymous", "访客", "public", frozenset())


@dataclass(frozen=True)
class Page:
    """页面声明。"""

    permission: str | None
    title: str
    log: str = ""
    sensitive: bool = False
    methods: tuple[str, ...] = ("GET",)
    why_public: str = ""
    signed_in: bool = False
    name: str = field(default="", compare=False)


class Request(HttpRequest):
    """带操作人的请求（由中间件填好）。"""

    actor: Actor
    audit_persons: list[int]
    audit_note: str
    unread: int  # set by a page that has counted the messages; the shell shows it as well


def page(
    permission: str | None,
    *,
    title: str,
    log: str = "",
    sensitive: bool = False,
    methods: Iterable[str] = ("GET",),
    why_public: str = "",
    signed_in: bool = False,
) -> Callable[[Callable[Concatenate[Request, P], HttpResponse]], Callable[..., HttpResponse]]:
    """声明一个页面。

    ``permission`` is ``domain:object:verb``; None needs ``why_public`` (or ``signed_in`` for a page
    open to every signed-in person). ``log`` is the verb written to the 操作日志 for each write;
    ``sensitive`` writes one for reads as well.
    """
    if permission is None and not (why_public or signed_in):
        raise ValueError(f"{title}：公开页面须写明理由")
    spec = Page(permission, title, log, sensitive, tuple(methods), why_public, signed_in)

    def wrap(
        view: Callable[Concatenate[Request, P], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def inner(raw: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request = cast(Request, raw)
            return _serve(spec, view, request, args, kwargs)

        inner.page = spec  # type: ignore[attr-defined]
        return inner

    return wrap


def _serve(
    spec: Page, view: Callable[..., HttpResponse], request: Request, args: Any, kwargs: Any
) -> HttpResponse:
    request.audit_persons, request.audit_note = [], ""
    if request.method not in (*spec.methods, "HEAD"):
        return HttpResponse(status=405, headers={"Allow": ", ".join(spec.methods)})
    if not spec.why_public and request.actor.user_id is None:
        return _to_login(request)
    if spec.permission is not None and not request.actor.may(spec.permission):
        _refuse(spec, request, "无此权限")
        return not_found(request)
    try:
        with transaction.atomic():
            rls.enter(request.actor.scope)
            _guard_repeat(request)
            response = view(request, *args, **kwargs)
            if response.status_code < 400 and (spec.sensitive or (_writes(request) and spec.log)):
                _log(spec, request, "完成")
            rls.leave()  # before the rollback is marked: after it nothing may be executed
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response
    except NotFound:
        _refuse(spec, request, "没有找到")
        return not_found(request)
    except DomainError as error:
        _refuse(spec, request, error.text)
        return failure(request, error)


def _writes(request: HttpRequest) -> bool:
    return request.method not in ("GET", "HEAD")


def _to_login(request: HttpRequest) -> HttpResponse:
    target = f"{settings.LOGIN_URL}?next={request.get_full_path()}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": settings.LOGIN_URL})
    return HttpResponseRedirect(target)


def _log(spec: Page, request: Request, result: str) -> None:
    audit.record(
        actor=request.actor,
        action=spec.log or f"查看{spec.title}",
        target=request.path,
        persons=request.audit_persons,
        note=request.audit_note,
        result=result,
        at=clock.now(),
    )


def _refuse(spec: Page, request: Request, why: str) -> None:
    """A refusal is written in its own short transaction: the refused work is rolled back."""
    if request.actor.user_id is None:
        return
    with transaction.atomic():
        _log(spec, request, f"拒绝：{why}"[:200])


def _guard_repeat(request: HttpRequest) -> None:
    """重复提交：a form's hidden ``submit_key`` is accepted once."""
    key = request.POST.get("submit_key") if _writes(request) else None
    if not key:
        return
    from tuoyu.core.audit.models import SubmitKey

    try:
        with transaction.atomic():
            SubmitKey.objects.create(key=uuid.UUID(key), used_at=clock.now())
    except ValueError as error:
        raise DomainError("bad-key", "表单已失效，请刷新页面后重新提交") from error
    except IntegrityError as error:
        raise DomainError(
            "repeat", "这份表单已经提交过，没有重复处理；请刷新页面查看结果"
        ) from error


def not_found(request: HttpRequest) -> HttpResponse:
    """「没有找到」：the one answer for no right, foreign and missing."""
    return render(request, "404.html", status=404)


def failure(request: HttpRequest, error: DomainError) -> HttpResponse:
    """业务错误页；htmx requests get the fragment in place."""
    fragment = bool(request.headers.get("HX-Request"))
    name = "ui/c/error.html" if fragment else "400.html"
    return render(request, name, {"error": error}, status=422)


def declared(view: Any) -> Page | None:
    """取视图的声明；None means that the route has not declared itself."""
    found = getattr(view, "page", None)
    return found if isinstance(found, Page) else None


@dataclass(frozen=True)
class AccessView:
    """给页面外壳用的一小份访问信息（``request.access``）。"""

    person_name: str
    role_title: str
    organisation: str
    region_name: str
    demo: bool
    clock: datetime
    city_name: str
    city_theme: str
    roles: list[dict[str, Any]] = field(default_factory=list)
