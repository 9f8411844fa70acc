"""机构端共用的小件：read what was asked for, answer a form in the drawer or on a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from tuoyu.core import clock
from tuoyu.core.access import Request
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.sheets import MEDIA_TYPE
from tuoyu.core.periods import add_months, month_start
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.institutions.selectors import access_institution


def own(request: Request) -> Institution:
    """本机构。"""
    return access_institution(request.actor.scope, request.actor.institution_id)


def by(request: Request) -> int:
    """操作人编号。"""
    if request.actor.user_id is None:
        raise NotFound
    return request.actor.user_id


def day_of(text: str | None) -> date:
    """日期；empty is today, an unreadable one is not found."""
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error


def month_of(text: str | None) -> date:
    """月份（首日）；empty is this month."""
    if not text:
        return clock.today().replace(day=1)
    try:
        return month_start(text)
    except ValueError as error:
        raise NotFound from error


def number(text: str | None) -> int | None:
    """编号；empty is none, an unreadable one is not found."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound
    return int(text)


def neighbours(month: date) -> dict[str, str]:
    """前后月份，写作 2025-09。"""
    return {
        "key": f"{month:%Y-%m}",
        "before": f"{add_months(month, -1):%Y-%m}",
        "after": f"{add_months(month, 1):%Y-%m}",
    }


def back_to(request: Request, default: str) -> str:
    """办完回到哪里：only to a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted and url_has_allowed_host_and_scheme(wanted, None) else default


def done(request: Request, url: str, text: str) -> HttpResponse:
    """办成：say so on the next page."""
    messages.success(request, text)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def fragment(request: Request, name: str, title: str, **context: Any) -> HttpResponse:
    """抽屉里的一块；opened by its address it is a page of its own."""
    in_drawer = bool(request.headers.get("HX-Request"))
    shell = "institution/drawer.html" if in_drawer else "institution/alone.html"
    context |= {"page_title": title, "body": f"institution/{name}", "in_drawer": in_drawer}
    response = render(request, shell, context)
    response.headers["Vary"] = "HX-Request"
    return response


def ask(
    request: Request,
    form: forms.Form,
    act: Callable[[dict[str, Any]], HttpResponse],
    *,
    title: str,
    verb: str,
    back: str,
    **context: Any,
) -> HttpResponse:
    """填表办事：GET shows the form; POST acts, or shows it again with what was wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            return act(form.cleaned_data)
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(None, error.text)
    context = {"url": request.path} | context
    response = fragment(request, "_form.html", title, form=form, verb=verb, back=back, **context)
    response.status_code = 422 if request.method == "POST" else 200
    return response


def download(name: str, body: bytes) -> HttpResponse:
    """下载一个工作簿。"""
    response = HttpResponse(body, content_type=MEDIA_TYPE)
    file = quote(f"{name}.xlsx")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{file}"
    )
    return response
